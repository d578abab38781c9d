/** KM22xx, KM23xx: binding names and checking what Envoy checks of HTTP connection managers and routes. */
export const resolveHttpCodes = {
  KM2201: {
    title: "HTTP filter that decides",
    explain:
      "The filter may refuse a request, choose its endpoint, or change what is matched (RBAC, ext_authz, JWT, rate limit, Lua, wasm and the like). It fails closed: the chain is left to a proxy. is_optional makes no difference, as Envoy does know the filter.",
  },
  KM2202: {
    title: "unknown HTTP filter",
    explain: "What the filter does is not known, so it may decide. The chain is left to a proxy, even if the filter is optional.",
  },
  KM2203: {
    title: "HTTP filter not run",
    explain: "The filter observes, or changes bodies and responses only. It does not change where requests go and is not run.",
  },
  KM2204: {
    title: "router missing or not last",
    explain:
      "The HTTP filters end with the router, or with a filter that answers requests itself, and nothing follows it; those between router and endpoint end with the upstream codec. Envoy refuses any other order. The resource is rejected.",
  },
  KM2205: {
    title: "no router",
    explain:
      "Without HTTP filters Envoy accepts the listener and never answers a request. The chain is left to a proxy. End http_filters with the router.",
  },
  KM2206: {
    title: "route configuration missing",
    explain:
      "The HTTP connection manager asks for a route configuration that the snapshot does not hold. Every request is answered 404, as Envoy does when it gets none.",
  },
  KM2207: {
    title: "fault left to a proxy",
    explain: "Faults of one share of a weighted route, or of a second fault filter, are injected by a proxy only.",
  },
  KM2208: {
    title: "route switches on a deciding filter",
    explain:
      "Settings of a route, virtual host or table switch on an HTTP filter that may refuse or redirect a request and that is disabled, or has nothing to do by itself, for the chain. Requests of the route are left to a proxy.",
  },
  KM2209: {
    title: "settings for a filter that no chain has",
    explain:
      "typed_per_filter_config names a filter by its configured name; no HTTP connection manager of the snapshot has one of that name. Envoy ignores the settings too.",
  },
  KM2210: {
    title: "filter settings without effect",
    explain: "The settings are for a filter that does not change where requests go. They have no effect here.",
  },
  KM2211: {
    title: "route configuration that no listener asks for",
    explain:
      "Responses of routes hold only what changed, and never say what is gone: a sequence of them keeps a configuration whose listener was deleted. Envoy has unsubscribed from it, so it is not compiled. A snapshot without any listener is taken as it is.",
  },
  KM2212: {
    title: "HTTP/3 on a TCP listener",
    explain: "codec_type HTTP3 needs a QUIC listener. Envoy refuses the listener, and it is rejected here.",
  },
  KM2213: {
    title: "upgrade named twice",
    explain:
      "Each upgrade_type stands once in upgrade_configs, compared without case. Envoy refuses the table or listener, and it is rejected here.",
  },
  KM2214: {
    title: "filter settings that say nothing",
    explain:
      "A FilterConfig in typed_per_filter_config has a config, or disabled: true. Envoy refuses an empty one, and it is rejected here.",
  },
  KM2215: {
    title: "no source of routes or endpoints",
    explain:
      "rds and eds_cluster_config name the service that sends routes or endpoints. Envoy refuses a listener or cluster that does not, and it is rejected here, though the snapshot is asked whatever service is named.",
  },
  KM2216: {
    title: "options that exclude each other",
    explain:
      "strip_any_host_port and strip_matching_host_port, or original_ip_detection_extensions and use_remote_address or xff_num_trusted_hops, or access_log_options and one of the older fields for the same, are both set. Envoy refuses the listener, and it is rejected here.",
  },
  KM2217: {
    title: "active faults are not counted",
    explain:
      "max_active_faults bounds how many requests are delayed or aborted at the same time. Requests are not counted here: all that the percentages choose are. A limit of 0 switches the faults off, here as in Envoy.",
  },
  KM2218: {
    title: "preflight requests left to a proxy",
    explain:
      "Whether Envoy's CORS filter answers the preflight requests to this route (OPTIONS with origin and access-control-request-method) can't be told from the route alone: some HTTP chain lacks the filter, has it off or runs a fault filter after it; two CORS filters have settings; the filter is on for a share of requests or of the route; or the deprecated field cors is set. They are left to a proxy; all other requests are decided. With the CORS filter in every HTTP chain, behind the fault filter, as Istio has it, preflight requests are decided too.",
  },
  KM2219: {
    title: "route with rate limits",
    explain:
      "The route or its virtual host has rate limits, and an HTTP chain of the snapshot has the rate limit filter, which asks a service whether such a request may pass. Requests of the route are left to a proxy; those of routes without rate limits are decided, as the filter lets them pass.",
  },
  KM2220: {
    title: "gRPC-Web left to a proxy",
    explain:
      "The grpc_web filter turns requests of gRPC-Web (content-type application/grpc-web...) into plain gRPC, and the responses back. That is not done here: such requests of the routes that a chain with the filter uses are left to a proxy; all others are decided.",
  },
  KM2221: {
    title: "optional filter that is skipped",
    explain:
      "The filter has is_optional and no typed_config. Envoy finds no filter by its name and goes on without it, and so does this. Where it is the last one there is no router: the chain is left to a proxy.",
  },
  KM2222: {
    title: "route without the router filter",
    explain:
      "Settings of a route, virtual host or table switch off the router filter, which forwards requests, redirects and answers them. In Envoy such a request gets no answer at all, unless another filter gives one. Requests of the route are left to a proxy.",
  },
  KM2223: {
    title: "rate limit filter that Envoy refuses",
    explain:
      "A local rate limit with two descriptors of the same entries, with both local_cluster_rate_limit and a limit of each connection, or, in the settings of a route, without token_bucket; a limit in a filter's own list (rate_limits) that has a stage, a disable_key or, in a local one, a limit, or whose hits_addend is two things or no format. Envoy refuses it, and it is rejected here, whether the filter is on or not.",
  },
  KM2301: {
    title: "domain twice in a table",
    explain:
      "Domains are compared in lower case; each may stand once in a table, * too. Envoy refuses the table (or the listener that holds it), and it is rejected here.",
  },
  KM2305: {
    title: "regular expression refused",
    explain:
      "Expressions are RE2: no look-around, no back-references, repetitions of at most 1000, and not empty. Envoy refuses the resource, and it is rejected here.",
  },
  KM2307: {
    title: "ignore_case with safe_regex",
    explain:
      "ignore_case works on exact, prefix, suffix and contains. With safe_regex Envoy refuses the table, and it is rejected here. Write (?i) into the expression.",
  },
  KM2309: {
    title: "uri_template refused",
    explain:
      "The template breaks a rule of Envoy's templates: at most 5 variables of at most 16 letters, no glob after **, no two slashes in a row. The table is rejected.",
  },
  KM2310: {
    title: "path matcher left to a proxy",
    explain: "The path is matched by an extension that is not compiled. Requests that come as far as this route are left to a proxy.",
  },
  KM2311: {
    title: "append and append_action",
    explain: "A header mutation with both the deprecated append and append_action is refused by Envoy. The table is rejected.",
  },
  KM2312: {
    title: "header that can't be mutated",
    explain: "Pseudo headers and host can't be added or removed by header mutations. Envoy refuses the table, and it is rejected here.",
  },
  KM2313: {
    title: "two path rewrites",
    explain:
      "A route takes one of prefix_rewrite, regex_rewrite, path_rewrite_policy and path_rewrite. Envoy refuses the table, and it is rejected here.",
  },
  KM2316: {
    title: "CONNECT tunnel left to a proxy",
    explain:
      "With connect_config Envoy ends the CONNECT request and sends the tunnel's bytes to the cluster. CONNECT requests of the route are left to a proxy.",
  },
  KM2317: {
    title: "weighted cluster without weight",
    explain: "Each entry of weighted_clusters needs a weight; 0 is one. Envoy refuses the table, and it is rejected here.",
  },
  KM2318: {
    title: "sum of weights out of range",
    explain: "The weights of a route must sum to 1 to 4294967295. Envoy refuses the table, and it is rejected here.",
  },
  KM2319: {
    title: "weighted entry names no cluster, or two",
    explain: "An entry of weighted_clusters has either name or cluster_header. Envoy refuses the table, and it is rejected here.",
  },
  KM2320: {
    title: "unknown cluster in a table that validates",
    explain:
      "Inline tables (and others with validate_clusters: true) must name clusters that exist. Envoy refuses the listener or table, and it is rejected here. Add the cluster or set validate_clusters: false.",
  },
  KM2321: {
    title: "cluster missing",
    explain:
      "A rule names a cluster that the snapshot does not hold, or that was rejected. That is legal: requests are answered 503 (or cluster_not_found_response_code), connections of a tcp_proxy are closed.",
  },
  KM2322: {
    title: "metadata_match without effect",
    explain:
      "metadata_match chooses one of a cluster's subsets. Clusters with subsets are left to a proxy; for others it has no effect, in Envoy neither.",
  },
  KM2323: {
    title: "direct_response body too long",
    explain:
      "The body may have max_direct_response_body_size_bytes, 4096 unless set; 0 is no limit. Envoy refuses the table, and it is rejected here.",
  },
  KM2326: {
    title: "prefix_rewrite without a prefix",
    explain: "prefix_rewrite does not go with a path_match_policy. Envoy refuses the table, and it is rejected here.",
  },
  KM2327: {
    title: "upgrade of another kind left to a proxy",
    explain:
      "A route may allow or forbid upgrades apart from the connection manager. For websocket and CONNECT that is compiled; requests that ask for another upgrade which the route names are left to a proxy, the route's other requests are decided. Or set upgrade_configs of the connection manager instead: there every type is compiled.",
  },
  KM2328: {
    title: "header value that is no format",
    explain:
      "In the value of a header mutation, % begins an operator such as %REQ(x-a)% or %REQ(x-a):10%, and %% stands for a %. Envoy refuses the table for an operator that it does not know, or with wrong parameters, and it is rejected here.",
  },
  KM2329: {
    title: "header value of a running proxy",
    explain:
      "The operator's value (a time, an id, the proxy's environment, metadata of the configuration) can't be worked out here. Answers leave the header out of what the upstream sees.",
  },
  KM2324: {
    title: "virtual host with matcher and routes",
    explain: "A virtual host has either a generic matcher or routes. Envoy refuses the table, and it is rejected here.",
  },
  KM2325: {
    title: "connect_config for another upgrade",
    explain: "connect_config belongs to upgrade_type CONNECT or CONNECT-UDP. Envoy refuses it with others, and the table is rejected here.",
  },
  KM2331: {
    title: "rewrite by a template that does not fit",
    explain:
      "path_template_rewrite is a path with variables of the route's path_match_policy in it. This one is none, or names another variable, or the route matches by something else. Envoy refuses the table, and it is rejected here.",
  },
  KM2332: {
    title: "internal_only_headers that a request has to have",
    explain:
      "internal_only_headers names the host, :path, :method or :scheme. From external clients Envoy takes it away, and answers requests without it in ways of its own. Tables that do so are left to a proxy.",
  },
  KM2333: {
    title: "unknown cluster specifier plugin",
    explain:
      "A route names a plugin that cluster_specifier_plugins of its table does not hold. Envoy refuses the table, and it is rejected here.",
  },
  KM2334: {
    title: "generic matcher that chooses no routes",
    explain:
      "The generic matcher of a virtual host looks at headers of the request or at filter state, and its first match decides, which is a route. Envoy refuses the table for other inputs and actions and for keep_matching, and it is rejected here.",
  },
  KM2335: {
    title: "circuit breaker that is shut for a route",
    explain:
      "The route has priority HIGH, and a cluster that it can lead to has thresholds of that priority of which one is 0 (max_pending_requests, max_requests or max_connection_pools): Envoy refuses its requests, always. Requests of the route are left to a proxy; those of priority DEFAULT are not.",
  },
} as const;
