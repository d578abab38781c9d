/** KM24xx: binding names and checking what Envoy checks of clusters and their endpoints. */
export const resolveClusterCodes = {
  KM2402: {
    title: "cluster type left to a proxy",
    explain:
      "Aggregate, dynamic forward proxy, Redis and other extension clusters find their endpoints, or choose another cluster, while requests come. What goes to the cluster is left to a proxy.",
  },
  KM2403: {
    title: "policy does not go with the cluster type",
    explain:
      "Clusters that choose endpoints by themselves (ORIGINAL_DST, aggregate, dynamic forward proxy and the like) take CLUSTER_PROVIDED and no other policy, and no subsets; the other types never take it. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2404: {
    title: "endpoint source does not go with the cluster type",
    explain:
      "EDS clusters (by `type`, not by cluster_type) need eds_cluster_config and only they have it; ORIGINAL_DST clusters have no load_assignment, and STATIC ones no localities from a discovery service (LEDS). Envoy refuses the cluster, or an assignment whose locality has such a service and endpoints, too, and it is rejected here.",
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
      "A Unix socket or an internal listener can't be connected to from the kernel. Picks that fall on the endpoint are left to a proxy.",
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
    explain:
      "cluster_type names a type that is none of Envoy's cluster extensions, or a Redis cluster by another name than envoy.clusters.redis. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2423: {
    title: "circuit breaker that is shut",
    explain:
      "max_connections, max_pending_requests, max_requests or max_connection_pools of priority DEFAULT is 0: Envoy refuses what it counts, always. Which requests or connections that is depends on their protocol, so the cluster is left to a proxy, with the requests of priority HIGH, which Envoy counts apart. Leave the field out for Envoy's default.",
  },
  KM2424: {
    title: "circuit breakers",
    explain:
      "Envoy refuses connections and requests past these thresholds. They are not counted here, so none is refused. Control planes write 4294967295 to mean no limit: then nothing is lost.",
  },
  KM2425: {
    title: "health checks that do not fit their cluster",
    explain:
      "A gRPC health check needs a cluster that speaks HTTP/2 to its endpoints, of several health checks each needs a name of its own, and an endpoint that is no IP address has no port for them. Envoy refuses the cluster, and it is rejected here, though no endpoint is probed.",
  },
  KM2426: {
    title: "protocol that the transport socket can't carry",
    explain:
      "auto_config agrees on a protocol by ALPN, so it needs a TLS transport socket, and a cache of alternate protocols where it may choose HTTP/3; a cluster that speaks HTTP/3 needs a QUIC transport socket, by the name envoy.transport_sockets.quic. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2427: {
    title: "path of a Unix socket too long",
    explain: "The path of a Unix socket has 107 bytes at most. Envoy refuses the resource, and it is rejected here.",
  },
  KM2428: {
    title: "endpoint of a DNS cluster that nobody is asked for",
    explain:
      "Envoy takes an endpoint without an address, with a Unix socket or an internal address in a STRICT_DNS or LOGICAL_DNS cluster, asks for the empty host name and never finds it. A text that can be no host name (an empty or overlong label, other characters than letters, digits and - _ * /) is asked for by nobody. Such an endpoint is left out here: where it is the only one, requests are answered 503 and connections closed.",
  },
  KM2429: {
    title: "header of an ORIGINAL_DST cluster that is not used",
    explain:
      "http_header_name names the header that tells the address, and use_http_header does not say that one does. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2430: {
    title: "no load balancing policy that Envoy knows",
    explain:
      "load_balancing_policy takes the first policy of its list that Envoy knows; here it knows none. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2431: {
    title: "reported weights not used",
    explain:
      "Weights that endpoints report about themselves (ORCA) are not read: all endpoints of a priority, or of a locality with wrr_locality, count alike. That is what Envoy does until reports come: it drops the configured weights with its first look at reports, one second (weight_update_period) after the cluster came up.",
  },
  KM2433: {
    title: "hash table of an impossible size",
    explain:
      "A ring's minimum size is above its maximum (1024 and 8388608 where they are not set), or a Maglev table's size is no prime number (1 is none, and ends Envoy 1.40). Envoy refuses the cluster, and it is rejected here.",
  },
  KM2434: {
    title: "hash table not built",
    explain:
      "RING_HASH and MAGLEV choose by a table of hashes. Here each connection draws an endpoint by weight: shares are those that the table approximates, to some ten percent where it has a hundred places for each endpoint and less well where it has fewer (one with fewer places than endpoints gives some of them nothing), and what has the same hash does not stay at one endpoint (KM1305 where a hash policy asks for that).",
  },
  KM2435: {
    title: "ring without room",
    explain:
      "minimum_ring_size is 0, and Envoy makes the ring no larger than it must: it has no place, and no endpoint is ever found in it. Requests are answered 503 and connections closed, as Envoy does. Leave the field out for Envoy's default of 1024.",
  },
  KM2436: {
    title: "subsets without selectors and fallback",
    explain:
      "The typed subset policy has no subset_selectors, so that no request finds a subset, and its fallback_policy is NO_FALLBACK (the default): no endpoint is ever found. Requests are answered 503 and connections closed, as Envoy does. Set fallback_policy: ANY_ENDPOINT for all endpoints. The deprecated lb_subset_config without selectors has no effect.",
  },
  KM2437: {
    title: "default subset left to a proxy",
    explain:
      "Every request goes to the endpoints whose metadata is that of default_subset. Metadata of endpoints is not read; what goes to the cluster is left to a proxy.",
  },
  KM2438: {
    title: "options of a protocol that Envoy refuses",
    explain:
      "typed_extension_protocol_options has a name that is neither an upstream protocol's nor that of a filter with options, or another type than its name says; or max_requests_per_connection is set in two places. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2439: {
    title: "hashing by host names of a cluster without them",
    explain:
      "use_hostname_for_hashing of common_lb_config is for clusters of `type` STRICT_DNS alone; Envoy refuses it beside any other type, cluster_type too, and the cluster is rejected here.",
  },
  KM2440: {
    title: "forward proxy that checks no names",
    explain:
      "A dynamic forward proxy connects to whom its requests name, so Envoy wants auto_sni and auto_san_validation in its upstream_http_protocol_options, wherever HTTP options are set (in the typed form they are off by default), or allow_insecure_cluster_options. It refuses the cluster without them, and it is rejected here.",
  },
  KM2441: {
    title: "endpoint named by nothing",
    explain:
      "The policy override_host needs sources that name the endpoint: each is a header, or metadata with a key and a path, and not both. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2442: {
    title: "fallback of a subset that falls back to nothing",
    explain:
      "A selector of subsets falls back to fewer keys: fallback_keys_subset names some of keys, not all, and only with the fallback_policy KEYS_SUBSET. Envoy refuses the cluster, and it is rejected here.",
  },
  KM2443: {
    title: "keepalive that Linux does not take",
    explain:
      "tcp_keepalive asks for more than 127 probes, or for more than 32767 seconds between them or before the first. The kernel refuses to set that, and in Envoy every connection to the cluster fails for it. What goes to the cluster is left to a proxy. Lower the number.",
  },
  KM2444: {
    title: "endpoint where no connection gets",
    explain:
      "The endpoint has port 0, the address of a group of hosts (multicast, 255.255.255.255), or an IPv4-mapped IPv6 address (::ffff:a.b.c.d) without ipv4_compat, for which Envoy opens a socket for IPv6 alone. Every connection of Envoy's to it fails: requests are answered 503, connections are closed; here they are refused. Write the port, or the address of a host.",
  },
  KM2445: {
    title: "endpoint of another IP version than the source address",
    explain:
      "Envoy would connect from the source address of upstream_bind_config, and no socket for IPv6 gets to an IPv4 endpoint, nor the other way round (an IPv4-mapped source, ::ffff:a.b.c.d, gets nowhere): every such connection of Envoy's fails. Requests are answered 503, connections are closed; here they are refused. Add an address of the other version to extra_source_addresses, or leave the source address out.",
  },
  KM2432: {
    title: "load balancing policy left to a proxy",
    explain: "The policy is Envoy's but is not compiled. What goes to the cluster is left to a proxy.",
  },
} as const;
