/** KM20xx, KM21xx: binding names and checking what Envoy checks of snapshots and listeners. */
export const resolveCodes = {
  KM2001: {
    title: "name used twice",
    explain:
      "Two resources of one kind have one name. The first by path is used, the other is rejected, as Envoy keeps one resource per name. Rename or remove one.",
  },
  KM2101: {
    title: "listener address missing or no IP address",
    explain:
      "A listener binds IP addresses; Envoy resolves no names for them. Only an internal listener has no address, nor settings of a socket. The listener is rejected. Write a literal IPv4 or IPv6 address.",
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
      "filter_disabled switches an inspector off for some destination ports, this listener takes connections to all ports, and a chain asks for what the inspector finds, or a client that sends nothing waits for it (a timeout with continue_on_listener_filters_timeout lets it go on). The listener is left to a proxy.",
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
      "One chain has an explicit 0.0.0.0/0 or ::/0, another with the same criteria before it has no prefix. Envoy stores both alike and takes one of them, not always the same after a restart. The listener is left to a proxy instead of guessing.",
  },
  KM2115: {
    title: "too many combinations of criteria",
    explain:
      "Each combination of the listed values is an entry of the chain tree. More than 1048576 in one listener are rejected. Split the listener.",
  },
  KM2116: {
    title: "addresses of two protocols",
    explain:
      "The additional addresses of a listener have the protocol of its address, TCP or UDP; with enable_mptcp all are IP addresses and TCP. Envoy refuses a mixture, and the listener is rejected here.",
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
      "The type is neither Envoy's nor Istio's nor Cilium's, or one of another place (a network filter among HTTP filters, or in settings of one); or a route has settings for an HTTP filter that takes none. Envoy refuses the listener or table, and it is rejected here. An optional HTTP filter is left to a proxy instead, and optional settings have no effect.",
  },
  KM2128: {
    title: "early data without a limit",
    explain:
      "A TCP proxy that connects to its endpoint later than at once (upstream_connect_mode) needs max_early_data_bytes, which may be 0. Envoy refuses the listener, and it is rejected here, though the endpoint is always connected to at once.",
  },
  KM2129: {
    title: "filter chains that a matcher can't find",
    explain:
      "filter_chain_matcher finds chains by their names: each has one of its own, and only a matcher finds chains from a discovery service (fcds_config). Envoy refuses the listener, and it is rejected here.",
  },
  KM2130: {
    title: "filter discovery that contradicts itself",
    explain:
      "A filter from a discovery service names the types that it may have (type_urls) and may have a default. Envoy refuses types that it has no filter of there, a default of another type, and apply_default_config_without_warming without a default. The listener is rejected. Of network filters only the default is looked at.",
  },
  KM2131: {
    title: "transport socket that Envoy does not have",
    explain:
      "The type is neither Envoy's nor Istio's nor Cilium's, or one for the other side: a cluster's in a filter chain, or a filter chain's in a cluster. Envoy refuses the resource, and it is rejected here.",
  },
  KM2132: {
    title: "PROXY protocol of no version",
    explain:
      "disallowed_versions of a PROXY protocol filter names all versions that there are. Envoy refuses the listener, and it is rejected here, though a listener with this filter is left to a proxy.",
  },
  KM2133: {
    title: "generic matcher that chooses no filter chain",
    explain:
      "filter_chain_matcher looks at addresses, ports, the inspected first bytes, certificates, filter state or a variable of Envoy's environment, and what it finds is the name of a chain (google.protobuf.StringValue). Envoy refuses the listener for other inputs, matchers and actions, and it is rejected here.",
  },
  KM2134: {
    title: "address resolver",
    explain:
      "resolver_name asks an extension of Envoy for an address. Envoy 1.40 has one, envoy.ip, which is also the default: it takes IP addresses with a port_value, and no named_port. Clusters that look host names up take no resolver_name, and read a named_port as port 0. The resource is rejected, as by Envoy.",
  },
  KM2135: {
    title: "listener address with a zone",
    explain:
      "An IPv6 address with a zone (fe80::1%eth0, ::1%1) belongs to one link of the machine. At connect() the zone is not seen, so that a connection over another link could be taken for one to this listener. Connections to the address pass untouched, to Envoy or whoever listens there.",
  },
} as const;
