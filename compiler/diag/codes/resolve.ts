/** KM2xxx: binding names and checking what Envoy checks. 20 snapshot, 21 listeners, 22 HTTP, 23 routes, 24 clusters. */
export const resolveCodes = {
  KM2001: {
    title: "name used twice",
    explain:
      "Two resources of one kind have one name. The first by path is used, the other is rejected, as Envoy keeps one resource per name. Rename or remove one.",
  },
  KM2101: {
    title: "listener address missing or no IP address",
    explain:
      "A listener binds IP addresses; Envoy resolves no names for them. The listener is rejected. Write a literal IPv4 or IPv6 address.",
  },
  KM2102: {
    title: "two listeners on one address",
    explain:
      'Envoy refuses a second listener with an address that another one has ("duplicate address"). Resources are taken in the order of their names, so the second by name is rejected. Give it another address or merge the two.',
  },
  KM2103: {
    title: "inbound listener not compiled",
    explain:
      "traffic_direction INBOUND marks connections that come to the workload. Only connections that workloads make are steered. The listener has no effect.",
  },
  KM2104: {
    title: "address takes no TCP connection",
    explain:
      "UDP listeners, Unix sockets and internal listeners take no TCP connection from a client on this machine. The listener or the address has no effect.",
  },
  KM2105: {
    title: "listener filter left to a proxy",
    explain:
      "A listener filter other than the TLS and HTTP inspectors and original_dst may refuse a connection or replace its addresses, so that nothing after it can be decided here. The whole listener is left to a proxy.",
  },
  KM2106: {
    title: "listener without filter chain",
    explain:
      "Envoy refuses a TCP listener with no filter chain at all. The listener is rejected. Add filter_chains or default_filter_chain.",
  },
  KM2107: {
    title: "listener on port 0",
    explain: "Port 0 asks the system for any port when Envoy binds. No client connects to port 0, so the address takes no connection here.",
  },
  KM2108: {
    title: "inspector on for some ports only",
    explain:
      "filter_disabled switches an inspector off for some destination ports, this listener takes connections to all ports, and a chain asks for what the inspector finds. The listener is left to a proxy.",
  },
  KM2109: {
    title: "ipv4_compat of an address that is not ::",
    explain:
      "Where any address of a listener sets ipv4_compat, its first address must be :: or an IPv4-mapped one. Envoy refuses the listener, and it is rejected here.",
  },
  KM2110: {
    title: "prefix is no IP range",
    explain: "address_prefix must be a literal IP address without a slash; the length stands in prefix_len. The listener is rejected.",
  },
  KM2111: {
    title: "partial wildcard in server_names",
    explain:
      "In server_names a wildcard stands for whole labels at the start (*.example.com). Envoy refuses * alone, *foo.com and a.*.com. The listener is rejected.",
  },
  KM2112: {
    title: "two filter chains with the same match",
    explain: "Envoy refuses a listener of which two chains have equal filter_chain_match. The listener is rejected.",
  },
  KM2113: {
    title: "overlapping filter chains",
    explain:
      "Two chains take some connections equally well: a value stands in the same list of both and all other criteria are equal. Envoy refuses the listener, and it is rejected here.",
  },
  KM2114: {
    title: "prefix of length 0 beside none",
    explain:
      "One chain has an explicit 0.0.0.0/0 or ::/0, another with the same criteria before it has no prefix. Envoy stores both alike and takes one of them, not always the same after a restart. The listener is rejected instead of guessing.",
  },
  KM2115: {
    title: "too many combinations of criteria",
    explain:
      "Each combination of the listed values is an entry of the chain tree. More than 1048576 in one listener are rejected. Split the listener.",
  },
  KM2116: {
    title: "addresses of two protocols",
    explain:
      "The additional addresses of a listener have the protocol of its address, TCP or UDP. Envoy refuses a mixture, and the listener is rejected here.",
  },
  KM2117: {
    title: "filter or transport socket without configuration",
    explain:
      "Envoy finds filters and transport sockets by the type of typed_config, no longer by name. The resource is rejected. Add typed_config, if only with an @type.",
  },
  KM2120: {
    title: "chain terminates TLS",
    explain:
      "The chain's transport socket decrypts what clients send. Only a proxy in user space can do that: connections that reach the chain are left to it.",
  },
  KM2121: {
    title: "network filter that decides",
    explain:
      "The filter before tcp_proxy or the HTTP connection manager may refuse a connection or choose where it goes (RBAC, ext_authz, rate limit, wasm and the like). It fails closed: the chain is left to a proxy, never run without the filter.",
  },
  KM2122: {
    title: "terminal filter in the wrong place",
    explain:
      "A chain ends with tcp_proxy or the HTTP connection manager, and with nothing else known. Envoy refuses any other order. The listener is rejected.",
  },
  KM2123: {
    title: "unknown network filter",
    explain: "What the filter does is not known, so it may decide. The chain is left to a proxy, never run without the filter.",
  },
  KM2124: {
    title: "telemetry filter not run",
    explain: "The filter only counts or exchanges metadata for statistics. It does not change where connections go and is not run.",
  },
  KM2125: {
    title: "protocol statistics filter not run",
    explain:
      "The filter reads the protocol (MongoDB, MySQL, ZooKeeper) for statistics. It does not change where connections go and is not run.",
  },
  KM2127: {
    title: "filter that Envoy does not have",
    explain:
      "The type is neither Envoy's nor Istio's. Envoy refuses the listener, and it is rejected here. An optional HTTP filter is left to a proxy instead.",
  },
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
    explain: "The HTTP filters end with the router, and only with it. Envoy refuses any other order. The listener is rejected.",
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
      "Settings of a route, virtual host or table switch on an HTTP filter that may refuse or redirect a request and that is disabled, or has no rules, for the chain. Requests of the route are left to a proxy.",
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
  KM2306: {
    title: "single-byte expression left to a proxy",
    explain: "RE2's \\C matches one byte, also inside a UTF-8 character. Requests that reach the rule are left to a proxy.",
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
    explain: "A route takes one of prefix_rewrite and regex_rewrite. Envoy refuses the table, and it is rejected here.",
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
    explain: "The body may have max_direct_response_body_size_bytes, 4096 unless set. Envoy refuses the table, and it is rejected here.",
  },
  KM2326: {
    title: "prefix_rewrite without a prefix",
    explain: "prefix_rewrite does not go with a path_match_policy. Envoy refuses the table, and it is rejected here.",
  },
  KM2327: {
    title: "upgrade of another kind left to a proxy",
    explain:
      "A route may allow or forbid upgrades apart from the connection manager. For websocket and CONNECT that is compiled; a route that names another upgrade is left to a proxy with all its requests. Set upgrade_configs of the connection manager instead: there every type is compiled.",
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
    explain: "connect_config belongs to upgrade_type CONNECT. Envoy refuses it with others, and the table is rejected here.",
  },
  KM2402: {
    title: "cluster type left to a proxy",
    explain:
      "Aggregate, dynamic forward proxy, Redis and other extension clusters find their endpoints, or choose another cluster, while requests come. What goes to the cluster is left to a proxy.",
  },
  KM2403: {
    title: "policy does not go with the cluster type",
    explain:
      "ORIGINAL_DST clusters take CLUSTER_PROVIDED and no other policy; the other types never take it. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2404: {
    title: "endpoint source does not go with the cluster type",
    explain:
      "EDS clusters need eds_cluster_config and only they have it; ORIGINAL_DST clusters have no load_assignment. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2405: {
    title: "endpoints missing",
    explain:
      "The snapshot holds no ClusterLoadAssignment for this EDS cluster (service_name, else the cluster's name). The cluster exists and has no endpoint: 503, or a closed connection.",
  },
  KM2406: {
    title: "LOGICAL_DNS with several endpoints",
    explain: "A LOGICAL_DNS cluster has exactly one locality with one endpoint. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2407: {
    title: "back-off of host names upside down",
    explain: "dns_failure_refresh_rate has a max_interval below its base_interval. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2408: {
    title: "upstream filter left to a proxy",
    explain: "A filter between the cluster and its endpoints changes or judges the bytes. What goes to the cluster is left to a proxy.",
  },
  KM2409: {
    title: "name server without IP address",
    explain:
      "A DNS cluster names its own name servers, and one of them is no IP address (a Unix socket, an internal listener, a host name). Envoy refuses such a cluster.",
  },
  KM2410: {
    title: "endpoint twice in an assignment",
    explain:
      "EDS keeps the first occurrence of an address in the whole assignment, across localities and priorities, whatever its health. The later ones are dropped, as in Envoy.",
  },
  KM2411: {
    title: "endpoint without address",
    explain: "An endpoint needs an address. Envoy refuses the assignment or cluster, and it is rejected here.",
  },
  KM2412: {
    title: "endpoint that is no TCP address",
    explain:
      "A Unix socket, an internal listener or a UDP address can't be connected to from the kernel. Picks that fall on the endpoint are left to a proxy.",
  },
  KM2413: {
    title: "host name where an IP address is needed",
    explain:
      "STATIC and EDS clusters take IP addresses only. Envoy refuses the cluster or the assignment, and it is rejected here. Use STRICT_DNS or LOGICAL_DNS for names.",
  },
  KM2414: {
    title: "sum of weights too large",
    explain:
      "RING_HASH and MAGLEV need weights of a locality's endpoints, and of a priority's localities, that sum to 4294967295 at most. Envoy refuses more: a cluster is rejected; an EDS assignment, or addresses of host names, leave their cluster without endpoints.",
  },
  KM2415: {
    title: "drop_overloads out of range",
    explain:
      "Envoy implements one category, with a share of 100 % at most, and refuses more. The assignment (or a STATIC cluster) is rejected.",
  },
  KM2416: {
    title: "resolver left to a proxy",
    explain:
      "The host names of a DNS cluster are looked up by an extension that the daemon does not have (Apple's resolver, for example), and another one may give other addresses. What goes to the cluster is left to a proxy.",
  },
  KM2417: {
    title: "getaddrinfo() not called",
    explain:
      "The cluster wants its host names looked up by getaddrinfo(). The daemon looks into /etc/hosts and then asks the name servers of /etc/resolv.conf (or of --dns), as getaddrinfo() does on most machines; other sources of nsswitch.conf are not asked. Times to live are those of the answers, where Envoy takes 60 seconds for all.",
  },
  KM2418: {
    title: "many name servers",
    explain:
      "A DNS cluster names more than 16 name servers of its own. The daemon asks no more than 16, and asking only some of them could give other addresses: the cluster is left to a proxy.",
  },
  KM2420: {
    title: "cluster originates TLS",
    explain:
      "The cluster's transport socket encrypts or wraps what is sent. It is never reached in plaintext instead: what goes to it is left to a proxy.",
  },
  KM2421: {
    title: "mesh TLS not made",
    explain:
      "transport_socket_matches would give the mesh's mutual TLS (tlsMode: istio, or an HBONE tunnel) to endpoints that offer it. They are reached in plaintext: peers in permissive mode accept it, strict ones refuse it.",
  },
  KM2419: {
    title: "settings of lb_policy beside load_balancing_policy",
    explain:
      "A typed policy has its own settings of subsets, localities and hashing. Envoy refuses lb_subset_config, and zone_aware_lb_config, locality_weighted_lb_config and consistent_hashing_lb_config of common_lb_config, beside load_balancing_policy, and the cluster is rejected here.",
  },
  KM2422: {
    title: "cluster type that Envoy does not have",
    explain: "cluster_type names a type that is none of Envoy's extensions. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2430: {
    title: "no load balancing policy that Envoy knows",
    explain:
      "load_balancing_policy takes the first policy of its list that Envoy knows; here it knows none. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2431: {
    title: "reported weights not used",
    explain: "Weights that endpoints report about themselves (ORCA) are not read; the configured weights are used in round robin.",
  },
  KM2433: {
    title: "hash table of an impossible size",
    explain:
      "A ring's minimum size is above its maximum (1024 and 8388608 where they are not set), or a Maglev table's size is no prime number. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2434: {
    title: "hash table not built",
    explain:
      "RING_HASH and MAGLEV choose by a table of hashes. Here each connection draws an endpoint by weight: shares are those that the table approximates to a few percent, and what has the same hash does not stay at one endpoint (KM1305 where a hash policy asks for that).",
  },
  KM2432: {
    title: "load balancing policy left to a proxy",
    explain: "The policy is Envoy's but is not compiled. What goes to the cluster is left to a proxy.",
  },
} as const;
