/** Fields that are not honoured (compiler/decode/support): what concerns connections, and what many messages share. */
export const supportCodes = {
  KM1301: {
    title: "setting of a listening socket",
    explain:
      "Envoy opens a socket for a listener and tunes it with this field. Here no socket is opened: a program in the kernel decides at connect(), so there is nothing to tune. Nothing is lost for traffic that Envoy would have taken with its default settings.",
  },
  KM1302: {
    title: "timeout or lifetime not kept",
    explain:
      "Envoy ends a request or a connection that lasts longer than this. Here client and endpoint are connected without a proxy between them, so nothing ends it; 0s, which means no limit, is what happens. Set the timeout in the client or the server, or send the service through a waypoint proxy.",
  },
  KM1303: {
    title: "retry not done",
    explain:
      "Envoy would try a failed request or connection again, perhaps at another endpoint. Here the client sees the first failure. Retry in the client, or send the service through a waypoint proxy.",
  },
  KM1304: {
    title: "buffer limit not kept",
    explain:
      "Envoy holds back what one side sends faster than the other reads, up to this limit. Here the kernel's own TCP flow control does that between client and endpoint, and bodies are not buffered.",
  },
  KM1305: {
    title: "affinity by hash not kept",
    explain:
      "Envoy sends what has the same hash (of a header, a cookie, the source address) to the same endpoint or cluster. Here each connection draws by weight, so shares are right over many different hashes, and stickiness is lost. Where requests can only have one hash (of a header that a route matches exactly, of one client) Envoy sends all of them to one place, and here they are shared. A service that needs it should be left to a waypoint proxy.",
  },
  KM1306: {
    title: "mirror not done",
    explain:
      "Envoy would send a copy of the request to another cluster and throw the answer away. No copy is sent; the request itself goes where it should. Leave the service to a waypoint proxy where the mirrored traffic is needed.",
  },
  KM1307: {
    title: "response not changed",
    explain:
      "The field adds, removes or rewrites response headers. Responses go from endpoint to client without being read, so the client sees them as the endpoint sent them. Where the change matters, make it in the server or leave the service to a waypoint proxy.",
  },
  KM1308: {
    title: "Envoy's own request headers not sent",
    explain:
      "Envoy adds or rewrites headers such as x-forwarded-for, x-request-id, via and x-forwarded-client-cert on the way. The endpoint sees the request as the client wrote it, apart from the route's own request_headers_to_add and request_headers_to_remove. An application that reads these headers needs a proxy in front of it.",
  },
  KM1309: {
    title: "CORS headers not added",
    explain:
      "Envoy's CORS filter answers preflight requests itself and adds access-control headers to responses. Which preflight requests it answers is decided as Envoy does; the headers of responses are left to the server. Serve browsers through a gateway that runs the filter.",
  },
  KM1310: {
    title: "rate limit descriptors without effect",
    explain:
      "Descriptors are what a rate limit filter asks its service about; without such a filter they do nothing, in Envoy neither. Where a chain has the filter, requests of the route are left to a proxy (KM2219), which then reads them.",
  },
  KM1311: {
    title: "runtime key not looked up",
    explain:
      "Envoy lets its runtime (a file layer, RTDS, the admin page) override this value under a key. There is no runtime here: the default value of the resource holds. Change the resource instead.",
  },
  KM1312: {
    title: "config source not asked",
    explain:
      "The field says where Envoy gets a resource from, or how long it waits for it. The compiler takes every resource from the snapshot it is given and asks nobody. A resource that only another source has is missing from the snapshot, which has its own diagnostic.",
  },
  KM1313: {
    title: "setting of a part that is left to a proxy",
    explain:
      "The field stands inside something that is left to a proxy as a whole (metadata subsets, a dynamic forward proxy, the PROXY protocol). It is not read, since whoever handles that part reads it. The diagnostic of the enclosing part says what happens to the traffic.",
  },
  KM1314: {
    title: "not implemented by Envoy",
    explain:
      "The field is part of the API, but Envoy 1.40 does nothing with it. Nothing is done with it here either. It can be left out of the resource.",
  },
  KM1315: {
    title: "connect timeout not kept",
    explain:
      "Envoy gives up connecting, or waiting for a TLS handshake, after this time. Here the client connects itself, so its own timeout and the kernel's count (tcp_syn_retries). Set the timeout in the client.",
  },
  KM1320: {
    title: "filter chain matcher",
    explain:
      "The listener chooses its filter chain by a tree of generic matchers instead of filter_chain_match. That tree is not compiled, so connections to the listener are left to a proxy. Write the choice as filter_chain_match where it can be.",
  },
  KM1321: {
    title: "filter chain discovery",
    explain:
      "The listener gets its filter chains from a discovery service of its own, so the snapshot does not hold them all. Connections to the listener are left to a proxy. Send the chains inside the listener.",
  },
  KM1322: {
    title: "API listener",
    explain:
      "An API listener has no address: gRPC libraries that speak xDS read it to configure themselves. No connection can reach it, so nothing is compiled for it.",
  },
  KM1323: {
    title: "UDP listener options",
    explain:
      "Only TCP connections are steered. UDP and QUIC listeners are left out, so their options have no effect; datagrams go where the application sends them.",
  },
  KM1324: {
    title: "filter discovery (ECDS)",
    explain:
      "The filter's configuration comes from a discovery service of its own and is not in the snapshot, so it is not known what the filter does. The chain (or cluster) it stands in is left to a proxy. Put the configuration into typed_config.",
  },
  KM1325: {
    title: "PROXY protocol on a filter chain",
    explain:
      "With use_proxy_proto the first bytes of a connection name the addresses that decide. They are not read at connect(), so the listener is left to a proxy. Remove the deprecated field if no load balancer sends such a header.",
  },
  KM1326: {
    title: "address suffix in a filter chain match",
    explain:
      "Envoy never implemented address_suffix and suffix_len and refuses a listener that sets them. The listener is rejected here too. Use prefix_ranges.",
  },
  KM1330: {
    title: "TCP in an HTTP tunnel",
    explain:
      "tunneling_config wraps the connection into an HTTP CONNECT request. Only a proxy can do that, so connections of this chain are left to one. They are never forwarded without the tunnel.",
  },
  KM1331: {
    title: "on-demand clusters",
    explain:
      "Envoy would ask the control plane for the cluster at the first connection. A snapshot is compiled before any connection is made, so connections of this chain are left to a proxy. Send the clusters with the listener.",
  },
  KM1332: {
    title: "when the TCP proxy connects upstream",
    explain:
      "The field tells Envoy to wait with its upstream connection, or to close idle ones while draining. Here the client's own connect() is the connection to the endpoint. Nothing is to be done.",
  },
  KM1333: {
    title: "PROXY protocol header to the endpoint",
    explain:
      "The values would be put into the PROXY protocol header that an upstream transport socket of that kind sends. A cluster with such a transport socket is left to a proxy; for other clusters the values do nothing, in Envoy neither.",
  },
  KM1341: {
    title: "network namespace of an address",
    explain:
      "The address belongs to a network namespace named by a file on Envoy's machine. Where programs act is decided by the cgroup they are attached to, so the address would be taken in the wrong namespace. The resource is rejected; compile a snapshot for that namespace alone.",
  },
  KM1342: {
    title: "content in a file of the proxy",
    explain:
      "The content stands in a file or an environment variable of the machine that runs Envoy, which the compiler must not read: a bundle depends on the snapshot alone. What needs the content is left to a proxy. Write it as inline_string or inline_bytes.",
  },
  KM1343: {
    title: "watched directory",
    explain: "Envoy reloads a file when this directory changes. Content that is inline never changes by itself, and no file is read here.",
  },
  KM1345: {
    title: "string matcher extension",
    explain:
      "The string is matched by an extension of Envoy whose meaning is not known here. The rule it stands in is left to a proxy when a request comes as far as it; it is never taken as matching or not matching. Use exact, prefix, suffix, contains or safe_regex.",
  },
  KM1346: {
    title: "size limit of a regular expression",
    explain:
      "The deprecated max_program_size limits how large a regular expression RE2 may compile. The compiler has its own limit (see docs on limits), and an expression past it is a punt. The field can be left out.",
  },
  KM1390: {
    title: "metadata",
    explain: "Metadata is for filters, logs and statistics that read it by key. None of the decisions made here looks at it.",
  },
  KM1391: {
    title: "statistics of Envoy",
    explain:
      "The field names, filters or adds statistics of Envoy. Traffic is counted here by reason, source and destination, not under Envoy's names.",
  },
  KM1392: {
    title: "access log",
    explain:
      "Access logs are written by Envoy per request or connection. Here connections are counted in the kernel and no log lines are written.",
  },
  KM1393: {
    title: "tracing",
    explain:
      "Envoy would start, name or sample spans for the request. No spans are made here; trace headers that the application sends pass untouched.",
  },
} as const;
