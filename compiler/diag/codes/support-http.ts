/** Fields that are not honoured (compiler/decode/support): HTTP connection manager and routes. */
export const supportHttpCodes = {
  KM1350: {
    title: "scoped routes",
    explain:
      "The route table is chosen by a key taken from the request's headers (SRDS). That is not compiled: connections of the chain are left to a proxy. Use rds or route_config.",
  },
  KM1351: {
    title: "client address taken from the request",
    explain:
      "A detection extension makes a header name the client's address, and with it what is internal and which x-envoy headers are removed. Routes can depend on these, so the chain is left to a proxy. xff_num_trusted_hops is honoured.",
  },
  KM1352: {
    title: "early header mutation",
    explain:
      "An extension changes request headers before routes are matched, so matching the head as it came would decide wrongly. The chain is left to a proxy. Mutations that need no match belong into request_headers_to_add.",
  },
  KM1353: {
    title: "header validation extension",
    explain:
      "An extension decides which heads are valid and how paths are normalised. A stock Envoy refuses the field, and its effect is not known here: the chain is left to a proxy.",
  },
  KM1354: {
    title: "scheme by destination port",
    explain:
      "forward_proto_config sets x-forwarded-proto, and with it the scheme that routes match, by the port in a PROXY protocol header. That header is not read here: the chain is left to a proxy.",
  },
  KM1355: {
    title: "options of HTTP/2 and HTTP/3 connections",
    explain:
      "Window sizes, stream limits, keepalives and the like concern the connection that Envoy ends and starts anew. HTTP/2 is not read here: where no request decides, the client's own connection reaches the endpoint with the settings the two agree on; otherwise the connection is left to a proxy (KM2900).",
  },
  KM1356: {
    title: "local replies not rewritten",
    explain:
      "local_reply_config changes headers or body of answers that Envoy makes itself, such as 404 and 503. Here such answers have Envoy's plain headers and body (a changed status leaves the chain to a proxy: KM1366). Clients that depend on the rewritten form should be served by a proxy.",
  },
  KM1357: {
    title: "connection after a bad request",
    explain:
      "The field lets Envoy keep an HTTP/1.1 connection open after an invalid message. Here the connection is closed after the 400 answer, which every client must expect.",
  },
  KM1358: {
    title: "internal clients by Unix socket",
    explain: "Clients that come by a Unix socket would count as internal. Only TCP connections are steered, so there are none.",
  },
  KM1359: {
    title: "filters for upgraded requests",
    explain:
      "Requests that are upgraded (websocket, CONNECT) pass a filter chain of their own, which may decide on them. The connection manager's chain is left to a proxy.",
  },
  KM1360: {
    title: "scheme of the upstream",
    explain: "match_upstream makes the :scheme sent to the endpoint follow the upstream's transport. HTTP/1.1 requests carry no scheme.",
  },
  KM1361: {
    title: "limits on response heads",
    explain: "Envoy would refuse or check heads of responses. Responses are not read here: the client sees what the endpoint sent.",
  },
  KM1362: {
    title: "other rules for valid HTTP/1 heads",
    explain:
      "The field makes Envoy accept or read heads that it refuses by default (custom methods, content-length beside chunked, ignored upgrades). Deciding by the default rules could answer 400 where Envoy forwards, so the chain is left to a proxy.",
  },
  KM1363: {
    title: "how a message is written",
    explain:
      "The field concerns the bytes Envoy writes when it encodes a message anew (case of header names, trailers, absolute targets). Here the client's bytes are what the endpoint gets.",
  },
  KM1364: {
    title: "limit of responses on a connection manager",
    explain:
      "max_response_headers_kb limits what Envoy takes from endpoints, so it belongs to a cluster. Envoy refuses a connection manager that sets it, and the listener is rejected here too.",
  },
  KM1365: {
    title: "headers that name the proxy itself",
    explain:
      "add_user_agent sets x-envoy-downstream-service-cluster and -node, and user-agent where the client sends none, to the names in the proxy's bootstrap, before a route is looked for. A snapshot does not hold these names, and routes may match on them. The filter chain is left to a proxy.",
  },
  KM1366: {
    title: "status of local replies",
    explain:
      "A mapper of local_reply_config gives answers that Envoy makes itself another status, where its filter, one for access logs, fits. These filters are not read here, so the status would be wrong: the chain is left to a proxy.",
  },
  KM1370: {
    title: "route specifier",
    explain:
      "A route specifier is an extension that runs after matching and may return another route. What it returns is not known here: the table, virtual host or route it stands on is left to a proxy.",
  },
  KM1371: {
    title: "virtual hosts on demand (VHDS)",
    explain:
      "Virtual hosts are fetched when a request for them comes, so the snapshot does not hold them all and answering 404 could be wrong. Traffic of this table is left to a proxy. Send the virtual hosts inside the table.",
  },
  KM1372: {
    title: "cluster specifier plugins",
    explain:
      "The table declares plugins that choose clusters. They are not run; each route that names one is left to a proxy and has a diagnostic of its own.",
  },
  KM1373: {
    title: "virtual host matcher",
    explain:
      "The virtual host chooses its routes by a tree of generic matchers. That tree is not compiled: requests to this virtual host are left to a proxy. Other virtual hosts of the table are not touched.",
  },
  KM1374: {
    title: "filter action",
    explain:
      "The route hands its requests to a filter that decides what happens. Which filter that is, and what it does, is not modelled: requests of the route are left to a proxy.",
  },
  KM1375: {
    title: "match on filter state",
    explain:
      "The route matches on what earlier filters recorded about the request. Those filters are not run, so whether it matches is not known: a request that comes as far as this route is left to a proxy, and is never tried on the routes below.",
  },
  KM1376: {
    title: "cluster specifier plugin",
    explain:
      "An extension chooses the cluster of each request. It is not run: requests of the route are left to a proxy. Use cluster, weighted_clusters or cluster_header.",
  },
  KM1377: {
    title: "rewrite by template or format",
    explain:
      "The path or host is rewritten by a URI template or by a format string. Only prefix_rewrite, regex_rewrite and the host_rewrite fields with a literal, a header or a regular expression are done here; requests of this route are left to a proxy rather than sent on unchanged.",
  },
  KM1378: {
    title: "internal redirect",
    explain:
      "Envoy would catch a redirect in the endpoint's response and send the request to the new place itself. Responses are not read here, so requests of the route are left to a proxy.",
  },
  KM1380: {
    title: "early data policy",
    explain:
      "The policy says which requests may travel in TLS 1.3 early data. Connections steered here are plaintext as the application made them, so none do.",
  },
  KM1381: {
    title: "total weight",
    explain:
      "Envoy takes shares of the sum of the clusters' weights and ignores the deprecated total_weight, whatever it says. The same is done here. The field can be left out.",
  },
  KM1382: {
    title: "CONNECT options",
    explain:
      "The route ends CONNECT tunnels and changes what they carry (a PROXY protocol header) or what counts as one (POST). Requests of the route are left to a proxy.",
  },
  KM1383: {
    title: "formatted response body",
    explain:
      "The body of the direct response is made from a format string with values of the request. Requests of the route are left to a proxy. A literal body is answered here.",
  },
  KM1384: {
    title: "match on dynamic metadata",
    explain:
      "The route matches on metadata that filters record about a request. Routes are chosen before filters run (one that lets the route be chosen again leaves its chain to a proxy), so that there is none: the match fails, and holds where it is inverted. Which filter, path and value it names makes no difference.",
  },
} as const;
