/** Fields that are not honoured (compiler/decode/support): endpoints, clusters, load balancing, filters, authorization. */
export const supportClusterCodes = {
  KM1401: {
    title: "stale endpoints",
    explain:
      "Envoy forgets an assignment that was not renewed in this time. Here an assignment holds until the control plane sends the next one.",
  },
  KM1402: {
    title: "endpoint discovery of a locality (LEDS)",
    explain:
      "The locality's endpoints come from a discovery service of their own and are not in the snapshot. The cluster is left to a proxy. Send the endpoints inside the assignment.",
  },
  KM1403: {
    title: "endpoint by name",
    explain:
      "endpoint_name points at an endpoint that is declared elsewhere. Envoy does not implement it and refuses an endpoint without an address; the assignment is rejected.",
  },
  KM1404: {
    title: "metadata of an endpoint",
    explain:
      "Endpoint metadata selects subsets and transport sockets. Both are judged for the cluster as a whole: a cluster with subsets is left to a proxy, and one that would give some endpoints TLS has a diagnostic of its own. Other metadata decides nothing.",
  },
  KM1405: {
    title: "further addresses of an endpoint",
    explain:
      "Envoy tries the other addresses of an endpoint when the first does not answer (happy eyeballs). Here one address is connected to, the first, or the first of the family that happy_eyeballs_config names (but none where no connection gets, KM2444), and the client sees its failure. Put the address that clients reach first.",
  },
  KM1406: {
    title: "active health checks",
    explain:
      "Envoy would probe endpoints itself and take those that fail out of use. Here the health that the control plane states (health_status) is all that counts. A control plane that relies on Envoy's probes should state health itself.",
  },
  KM1411: {
    title: "protocol of the upstream",
    explain:
      "The cluster fixes the HTTP version spoken to its endpoints, and Envoy translates for clients that speak another. Here the client's bytes reach the endpoint: an HTTP/1.1 client of an HTTP/2 endpoint gets no translation. Nothing is lost where both speak the same, as gRPC clients and servers do.",
  },
  KM1412: {
    title: "how name servers are asked",
    explain:
      "The field tunes how the name servers of a DNS cluster are asked: by TCP, how long, how often, in which order, how long answers and sockets are kept. The daemon asks the same servers in its own way: in their order, two seconds for the first try, by UDP, and by TCP where an answer does not fit. Nothing is lost where every server of the cluster gives the same answers and takes UDP.",
  },
  KM1413: {
    title: "transport socket matcher",
    explain:
      "Which endpoints are spoken to in TLS is chosen by a tree of generic matchers. It is not compiled, and plaintext could be wrong: the cluster is left to a proxy.",
  },
  KM1414: {
    title: "upstream extension",
    explain:
      "An extension makes the connections to the endpoints (a tunnel, UDP, an HTTP to TCP bridge). It is not modelled: the cluster is left to a proxy.",
  },
  KM1415: {
    title: "circuit breakers",
    explain: "Thresholds of a single endpoint are not kept: connections and requests are not counted here, so none is refused (KM2424).",
  },
  KM1416: {
    title: "outlier detection",
    explain:
      "Envoy takes an endpoint out of use for a while when its responses fail. Responses are not read here; an endpoint leaves when the control plane says so.",
  },
  KM1417: {
    title: "TLS details of upstream HTTP",
    explain:
      "SNI and certificate checks taken from the request, and the choice of HTTP version by ALPN, only matter on TLS connections to endpoints. A cluster that needs TLS is left to a proxy.",
  },
  KM1418: {
    title: "source address of upstream connections",
    explain:
      "Envoy would connect from this address. Here the client itself connects, from its own address; rules at the endpoint that expect the bound one do not see it. An endpoint of another IP version than that address is refused, as Envoy's connections to it fail (KM2445); a connection to its original destination (ORIGINAL_DST) passes, whatever the version.",
  },
  KM1419: {
    title: "upstream connection pool",
    explain:
      "The field concerns Envoy's pool of connections to endpoints. There is no pool: each connection of a client is one connection to an endpoint, with the client's own socket options.",
  },
  KM1420: {
    title: "changed original destination",
    explain:
      "The cluster connects to the original destination with another port, or to an address kept in metadata. Passing the connection on unchanged would go elsewhere, so the cluster is left to a proxy.",
  },
  KM1421: {
    title: "waiting for host names",
    explain:
      "wait_for_warm_on_init says whether Envoy waits for the first answers of a DNS cluster before it uses the cluster. The daemon waits two seconds at most for names that have no answer yet, then applies the rest of the mesh; the addresses follow when they come. Where the field is false, Envoy uses the cluster without addresses until then and fails its connections. While the daemon waits, what ran before runs on, an older version of the cluster too, so no connection is worse off.",
  },
  KM1422: {
    title: "addresses of families without network",
    explain:
      "filter_unroutable_families leaves out IPv4 or IPv6 addresses where the proxy has no network interface of that family. The daemon's network is not the workload's, so it can't know which addresses those are: the cluster is left to a proxy. Choose the family by dns_lookup_family instead.",
  },
  KM1430: {
    title: "tuning of a load balancing policy",
    explain:
      "The field changes how the policy measures load (number of choices, bias by active requests, slow start). The policy keeps its kind, the endpoint and locality weights, health and priorities; the fine tuning is not kept.",
  },
  KM1431: {
    title: "hash function of a ring",
    explain:
      "The ring's hash function would decide which key goes to which endpoint. No key is hashed here: each connection draws by weight, which is the share that every such ring approximates. The sizes of rings and tables are checked as Envoy checks them.",
  },
  KM1432: {
    title: "zone-aware routing",
    explain:
      "Endpoints of the proxy's own zone are preferred, weighed by how the proxies themselves are spread over zones. The snapshot names neither zone nor spread, so the cluster is left to a proxy. Locality weights and priorities, which the control plane computes, are honoured.",
  },
  KM1433: {
    title: "subsets by metadata",
    explain:
      "The route's metadata_match chooses among subsets of the endpoints. Subsets are not compiled: the cluster is left to a proxy rather than spread over all endpoints.",
  },
  KM1434: {
    title: "when endpoint changes take effect",
    explain:
      "Envoy would merge changes, wait for health checks, or close connections on a change. Here a change holds from the next connection on, and running connections stay.",
  },
  KM1435: {
    title: "health for overridden hosts",
    explain:
      "The field says which endpoints may be chosen by a filter that names the endpoint (stateful session). A chain with such a filter is left to a proxy; without one the field does nothing.",
  },
  KM1436: {
    title: "weights from load reports",
    explain:
      "Envoy would weigh endpoints by the load they report (ORCA). No report is read here. Until Envoy has reports, it uses the same weights as here.",
  },
  KM1437: {
    title: "endpoint named by the request",
    explain: "A header or metadata of the request names the endpoint to use. That is not compiled: the cluster is left to a proxy.",
  },
  KM1440: {
    title: "limits of the TLS inspector",
    explain:
      "The field makes Envoy close connections whose ClientHello is malformed or too long. The decision is not modelled: the listener is left to a proxy.",
  },
  KM1441: {
    title: "read size of the TLS inspector",
    explain:
      "How many bytes Envoy reads at first while it looks for a ClientHello, which decides nothing about one. An http_inspector behind it sees a request line of up to 64 KiB where this is less than 16384, and of 16 KiB where it is not: that is done here, too. Between 8193 and 16383, Envoy takes 8192 bytes to as many as this that have no line end, with nothing behind them, for no HTTP; here more is waited for.",
  },
  KM1442: {
    title: "original source options",
    explain:
      "Envoy needs a mark and a bind mode to connect from the client's address. Here the client itself connects, so its address is kept without them.",
  },
  KM1443: {
    title: "checks of the router",
    explain:
      "The router filter would answer 400 or reset for some requests by this field. That decision is not modelled: the chain is left to a proxy.",
  },
  KM1444: {
    title: "upstream filters of the router",
    explain:
      "Filters run after the cluster is chosen and may change or refuse the request. They are not modelled: the chain is left to a proxy.",
  },
  KM1445: {
    title: "fault for some clusters or clients",
    explain:
      "The fault applies only to requests for one upstream cluster or from some downstream nodes. Applying it to all would be wrong, so what it stands on is left to a proxy.",
  },
  KM1446: {
    title: "speed of responses",
    explain: "response_rate_limit slows responses down. Here they pass at full speed; abort and delay are done.",
  },
  KM1447: {
    title: "fault by request header",
    explain:
      "The request's own x-envoy-fault headers say whether and how it is aborted or delayed. That is not modelled: what the fault stands on is left to a proxy.",
  },
  KM1448: {
    title: "body of an aborted request",
    explain: "The answer to an aborted request would have this body. It has the right status and Envoy's usual body.",
  },
  KM1450: {
    title: "authorization by a generic matcher",
    explain:
      "The RBAC filter's rules are a tree of generic matchers. They are not compiled: the chain is left to a proxy that judges them, and nothing is allowed meanwhile.",
  },
  KM1451: {
    title: "shadow authorization rules",
    explain:
      "Shadow rules never refuse a request: what they would have done goes to statistics and logs, or tells an ext_authz filter whom to ask. They are not judged here, and a chain with ext_authz is left to a proxy as a whole.",
  },
  KM1452: {
    title: "content of an authorization policy",
    explain:
      "Policies of an RBAC filter are not read here. A chain whose RBAC filter can refuse anything is left to a proxy as a whole, which judges them; rules that only log refuse nothing.",
  },
  KM1453: {
    title: "content of a filter that waits to be asked",
    explain:
      "JWT authentication, OAuth2, CSRF protection, Lua code, rate limits and header mutations refuse or change nothing until a rule of theirs, or a route's settings, asks them to. What does is left to a proxy (KM2201 for the chain, KM2208 or KM2219 for a route), which reads this setting.",
  },
  KM1460: {
    title: "upstream filters of a cluster",
    explain:
      "Filters run between router and endpoint and may change or refuse the request. They are not modelled: the cluster is left to a proxy.",
  },
  KM1461: {
    title: "TLS parameters",
    explain:
      "Certificates, SNI and protocol versions of a TLS context are not read, since no TLS is spoken here. What happens to the traffic stands in the transport socket's own diagnostic: a chain or cluster that needs TLS is left to a proxy; endpoints that only offer the mesh's TLS are reached in plaintext.",
  },
} as const;
