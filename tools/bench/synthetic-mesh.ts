/**
 * A mesh of any size as istiod sends it to a sidecar: the shapes and the proportions are those of a real istiod with 1,000 services
 * (70 % HTTP, 10 % gRPC, 20 % TCP; every tenth HTTP service split by weight, every fifth with two subsets of half the endpoints).
 * Resources are proto3 JSON (snake_case), ready for a config_dump or for encoding.
 */
type Json = Record<string, unknown>;

export interface Mesh {
  readonly clusters: readonly Json[];
  readonly endpoints: readonly Json[];
  readonly listeners: readonly Json[];
  readonly routes: readonly Json[];
}

export interface MeshSize {
  readonly services: number;
  readonly endpointsPerService: number;
}

const t = (name: string): string => `type.googleapis.com/${name}`;

export function syntheticMesh({ services, endpointsPerService }: MeshSize): Mesh {
  const clusters: Json[] = [staticCluster("BlackHoleCluster"), passthroughCluster()];
  const endpoints: Json[] = [];
  const listeners: Json[] = [virtualOutbound()];
  const vhosts = new Map<number, Json[]>();
  for (let i = 0; i < services; i++) {
    const host = `svc-${String(i).padStart(5, "0")}.ns-${i % 10}.svc.cluster.local`;
    const vip = `10.${96 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
    const kind = i % 10 < 7 ? "http" : i % 10 < 8 ? "grpc" : "tcp";
    const port = kind === "http" ? [80, 8000, 8080, 9080, 9090][i % 5]! : kind === "grpc" ? 7070 : 5000 + (i % 7);
    const subsets = kind === "http" && i % 5 === 0 ? ["", "v1", "v2"] : [""];
    for (const subset of subsets) {
      const name = `outbound|${port}|${subset}|${host}`;
      clusters.push(edsCluster(name, host, port, i));
      endpoints.push(assignment(name, i, subset === "" ? endpointsPerService : endpointsPerService >> 1));
    }
    if (kind === "tcp") listeners.push(tcpListener(vip, port, `outbound|${port}||${host}`));
    else push(vhosts, port, virtualHost(host, vip, port, i, subsets.length > 1));
  }
  const ports = [...vhosts.keys()].sort((a, b) => a - b);
  for (const port of ports) listeners.push(httpListener(port));
  const routes = ports.map((port) => ({
    "@type": t("envoy.config.route.v3.RouteConfiguration"),
    name: String(port),
    virtual_hosts: [...vhosts.get(port)!, allowAny()],
    validate_clusters: false,
    max_direct_response_body_size_bytes: 1048576,
    ignore_port_in_host_matching: true,
  }));
  return { clusters, endpoints, listeners, routes };
}

/** A service that is not in a mesh of `i` services: cluster, endpoints and a listener of its own. */
export function extraService(i: number): Mesh {
  const host = `zzz-${i}.ns-0.svc.cluster.local`;
  const name = `outbound|5999||${host}`;
  return {
    clusters: [edsCluster(name, host, 5999, i)],
    endpoints: [assignment(name, i, 10)],
    listeners: [tcpListener("10.95.0.1", 5999, name)],
    routes: [],
  };
}

/** A route configuration of ten virtual hosts of its own, with its listener; `version` is in its domains. Its clusters need not be there. */
export function oneTable(port: number, version = "0"): Mesh {
  const vhosts = Array.from({ length: 10 }, (_, i) =>
    virtualHost(`table-${version}-${i}.ns-0.svc.cluster.local`, `10.95.1.${i}`, port, i, false),
  );
  const route = {
    "@type": t("envoy.config.route.v3.RouteConfiguration"),
    name: String(port),
    virtual_hosts: [...vhosts, allowAny()],
    validate_clusters: false,
  };
  return { clusters: [], endpoints: [], listeners: [httpListener(port)], routes: [route] };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function staticCluster(name: string): Json {
  return { "@type": t("envoy.config.cluster.v3.Cluster"), name, type: "STATIC", connect_timeout: "10s" };
}

function passthroughCluster(): Json {
  return { ...staticCluster("PassthroughCluster"), type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED", circuit_breakers: breakers };
}

const breakers: Json = {
  thresholds: [{ max_connections: 4294967295, max_pending_requests: 4294967295, max_requests: 4294967295, max_retries: 4294967295 }],
};

function edsCluster(name: string, host: string, port: number, i: number): Json {
  return {
    "@type": t("envoy.config.cluster.v3.Cluster"),
    name,
    alt_stat_name: `${name};`,
    type: "EDS",
    eds_cluster_config: { eds_config: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" }, service_name: name },
    connect_timeout: "10s",
    lb_policy: "LEAST_REQUEST",
    circuit_breakers: breakers,
    common_lb_config: { healthy_panic_threshold: {} },
    transport_socket_matches: transportSocketMatches(host, port, i % 10),
    metadata: { filter_metadata: { istio: { services: [{ host, name: host.split(".")[0], namespace: `ns-${i % 10}` }] } } },
    filters: [
      {
        name: "istio.metadata_exchange",
        typed_config: {
          "@type": t("udpa.type.v1.TypedStruct"),
          type_url: t("envoy.tcp.metadataexchange.config.MetadataExchange"),
          value: { enable_discovery: true, protocol: "istio-peer-exchange" },
        },
      },
    ],
  };
}

function transportSocketMatches(host: string, port: number, ns: number): Json[] {
  const sds = {
    api_config_source: {
      api_type: "GRPC",
      transport_api_version: "V3",
      grpc_services: [{ envoy_grpc: { cluster_name: "sds-grpc" } }],
      set_node_on_first_message_only: true,
    },
    initial_fetch_timeout: "0s",
    resource_api_version: "V3",
  };
  return [
    {
      name: "tlsMode-istio",
      match: { tlsMode: "istio" },
      transport_socket: {
        name: "envoy.transport_sockets.tls",
        typed_config: {
          "@type": t("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
          common_tls_context: {
            tls_params: { tls_minimum_protocol_version: "TLSv1_2", tls_maximum_protocol_version: "TLSv1_3" },
            tls_certificate_sds_secret_configs: [{ name: "default", sds_config: sds }],
            combined_validation_context: {
              default_validation_context: { match_subject_alt_names: [{ exact: `spiffe://cluster.local/ns/ns-${ns}/sa/default` }] },
              validation_context_sds_secret_config: { name: "ROOTCA", sds_config: sds },
            },
            alpn_protocols: ["istio-peer-exchange", "istio"],
          },
          sni: `outbound_.${port}_._.${host}`,
        },
      },
    },
    {
      name: "tlsMode-disabled",
      match: {},
      transport_socket: {
        name: "envoy.transport_sockets.raw_buffer",
        typed_config: { "@type": t("envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer") },
      },
    },
  ];
}

function assignment(name: string, i: number, count: number): Json {
  const zones = ["zone-a", "zone-b", "zone-c"];
  const localities = zones.map((zone, z) => {
    const lb = [];
    for (let e = z; e < count; e += zones.length) {
      const n = i * count + e;
      lb.push({
        endpoint: { address: { socket_address: { address: `10.${128 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`, port_value: 8080 } } },
        health_status: "HEALTHY",
        metadata: {
          filter_metadata: {
            "envoy.transport_socket_match": { tlsMode: "istio" },
            istio: { workload: `svc-${i}-v1;ns-${i % 10};svc-${i};v1;Kubernetes` },
          },
        },
        load_balancing_weight: 1,
      });
    }
    return { locality: { region: "region-1", zone }, lb_endpoints: lb, load_balancing_weight: lb.length };
  });
  return {
    "@type": t("envoy.config.endpoint.v3.ClusterLoadAssignment"),
    cluster_name: name,
    endpoints: localities.filter((l) => l.lb_endpoints.length > 0),
  };
}

const retryPolicy: Json = {
  retry_on: "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes",
  num_retries: 2,
  retry_host_predicate: [
    {
      name: "envoy.retry_host_predicates.previous_hosts",
      typed_config: { "@type": t("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate") },
    },
  ],
  host_selection_retry_max_attempts: "5",
};

function virtualHost(host: string, vip: string, port: number, i: number, subsets: boolean): Json {
  const [name, ns] = host.split(".");
  const common = { timeout: "0s", retry_policy: retryPolicy, max_grpc_timeout: "0s" };
  const cluster = (subset: string): string => `outbound|${port}|${subset}|${host}`;
  const split = subsets && i % 10 === 0;
  const action = split
    ? {
        weighted_clusters: {
          clusters: [
            { name: cluster("v1"), weight: 90 },
            { name: cluster("v2"), weight: 10 },
          ],
        },
        ...common,
      }
    : { cluster: cluster(""), ...common };
  return {
    name: `${host}:${port}`,
    domains: [host, `${host}.`, `${name}.${ns}`, `${name}.${ns}.svc`, vip],
    routes: [{ name: "default", match: { prefix: "/" }, route: action, decorator: { operation: `${host}:${port}/*` } }],
    include_request_attempt_count: true,
  };
}

function allowAny(): Json {
  return {
    name: "allow_any",
    domains: ["*"],
    routes: [
      { name: "allow_any", match: { prefix: "/" }, route: { cluster: "PassthroughCluster", timeout: "0s", max_grpc_timeout: "0s" } },
    ],
    include_request_attempt_count: true,
  };
}

function tcpChain(cluster: string): Json {
  return {
    filters: [
      { name: "istio.stats", typed_config: { "@type": t("stats.PluginConfig") } },
      {
        name: "envoy.filters.network.tcp_proxy",
        typed_config: { "@type": t("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"), stat_prefix: cluster, cluster },
      },
    ],
    transport_socket_connect_timeout: "15s",
  };
}

function tcpListener(ip: string, port: number, cluster: string): Json {
  return listener(`${ip}_${port}`, ip, port, { filter_chains: [tcpChain(cluster)] });
}

function listener(name: string, address: string, port: number, rest: Json): Json {
  return {
    "@type": t("envoy.config.listener.v3.Listener"),
    name,
    address: { socket_address: { address, port_value: port } },
    ...rest,
    listener_filters_timeout: "0s",
    continue_on_listener_filters_timeout: true,
    traffic_direction: "OUTBOUND",
    bind_to_port: false,
  };
}

function httpListener(port: number): Json {
  return listener(`0.0.0.0_${port}`, "0.0.0.0", port, {
    filter_chains: [
      {
        filter_chain_match: { transport_protocol: "raw_buffer", application_protocols: ["http/1.1", "h2c"] },
        filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: connectionManager(port) }],
        transport_socket_connect_timeout: "15s",
      },
    ],
    default_filter_chain: { filter_chain_match: {}, name: "PassthroughFilterChain", ...tcpChain("PassthroughCluster") },
    listener_filters: [
      {
        name: "envoy.filters.listener.http_inspector",
        typed_config: { "@type": t("envoy.extensions.filters.listener.http_inspector.v3.HttpInspector") },
      },
    ],
  });
}

function connectionManager(port: number): Json {
  return {
    "@type": t("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: `outbound_0.0.0.0_${port};`,
    rds: { config_source: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" }, route_config_name: String(port) },
    http_filters: [
      { name: "istio.stats", typed_config: { "@type": t("stats.PluginConfig") } },
      { name: "envoy.filters.http.fault", typed_config: { "@type": t("envoy.extensions.filters.http.fault.v3.HTTPFault") } },
      { name: "envoy.filters.http.cors", typed_config: { "@type": t("envoy.extensions.filters.http.cors.v3.Cors") } },
      { name: "envoy.filters.http.router", typed_config: { "@type": t("envoy.extensions.filters.http.router.v3.Router") } },
    ],
    use_remote_address: false,
    upgrade_configs: [{ upgrade_type: "websocket" }],
    stream_idle_timeout: "0s",
    normalize_path: true,
    path_with_escaped_slashes_action: "KEEP_UNCHANGED",
  };
}

function virtualOutbound(): Json {
  const { "@type": type } = listener("", "", 0, {});
  return {
    "@type": type,
    name: "virtualOutbound",
    address: { socket_address: { address: "0.0.0.0", port_value: 15001 } },
    filter_chains: [
      { filter_chain_match: { destination_port: 15001 }, name: "virtualOutbound-blackhole", ...tcpChain("BlackHoleCluster") },
      { name: "virtualOutbound-catchall-tcp", ...tcpChain("PassthroughCluster") },
    ],
    use_original_dst: true,
    traffic_direction: "OUTBOUND",
  };
}
