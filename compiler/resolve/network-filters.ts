import { isOfOtherBuild } from "../decode/index.ts";

/**
 * What a network filter before tcp_proxy or the HTTP connection manager means for a chain. Failing closed: a filter that may refuse or
 * redirect a connection, and any of Envoy's, Istio's or Cilium's that is not known here, leaves the chain to a proxy. A type of another origin is
 * `foreign`: Envoy refuses the listener.
 */
export type FilterClass = "telemetry" | "sniffer" | "decides" | "terminal" | "unknown" | "foreign";

const network = "envoy.extensions.filters.network";

const classes: ReadonlyMap<string, FilterClass> = new Map(
  Object.entries<FilterClass>({
    "stats.PluginConfig": "telemetry",
    "envoy.tcp.metadataexchange.config.MetadataExchange": "telemetry",
    "io.istio.network.authn.Config": "telemetry",
    "io.istio.http.peer_metadata.Config": "telemetry",

    [`${network}.mongo_proxy.v3.MongoProxy`]: "sniffer",
    [`${network}.mysql_proxy.v3.MySQLProxy`]: "sniffer",
    [`${network}.zookeeper_proxy.v3.ZooKeeperProxy`]: "sniffer",

    // Postgres can switch the connection to TLS, Kafka's broker filter can rewrite broker addresses.
    [`${network}.postgres_proxy.v3alpha.PostgresProxy`]: "decides",
    [`${network}.kafka_broker.v3.KafkaBroker`]: "decides",
    // Filter state names the cluster, the SNI or the endpoint for the filters behind.
    [`${network}.set_filter_state.v3.Config`]: "decides",
    [`${network}.rbac.v3.RBAC`]: "decides",
    [`${network}.ext_authz.v3.ExtAuthz`]: "decides",
    [`${network}.ext_proc.v3.NetworkExternalProcessor`]: "decides",
    [`${network}.local_ratelimit.v3.LocalRateLimit`]: "decides",
    [`${network}.ratelimit.v3.RateLimit`]: "decides",
    [`${network}.connection_limit.v3.ConnectionLimit`]: "decides",
    [`${network}.sni_cluster.v3.SniCluster`]: "decides",
    [`${network}.sni_dynamic_forward_proxy.v3.FilterConfig`]: "decides",
    [`${network}.wasm.v3.Wasm`]: "decides",
    [`${network}.tcp_bandwidth_limit.v3.TcpBandwidthLimit`]: "decides",
    [`${network}.golang.v3alpha.Config`]: "decides",
    [`${network}.geoip.v3.Geoip`]: "decides",
    "envoy.extensions.filters.network.match_delegate.v3.Config": "decides",

    // Terminal filters other than tcp_proxy and the HTTP connection manager.
    [`${network}.direct_response.v3.Config`]: "terminal",
    [`${network}.echo.v3.Echo`]: "terminal",
    [`${network}.redis_proxy.v3.RedisProxy`]: "terminal",
    [`${network}.dubbo_proxy.v3.DubboProxy`]: "terminal",
    [`${network}.thrift_proxy.v3.ThriftProxy`]: "terminal",
    [`${network}.generic_proxy.v3.GenericProxy`]: "terminal",
    [`${network}.reverse_tunnel.v3.ReverseTunnel`]: "terminal",
  }),
);

/** Whether a filter type is neither Envoy's own nor one of Istio's or Cilium's build of it. */
export function isForeign(type: string): boolean {
  return !type.startsWith("envoy.") && !isOfOtherBuild(type);
}

/** Where filters stand. */
export type FilterPlace = "network" | "http" | "listener";

/** The same of a filter in its place: Envoy finds none of another place there. */
export function isForeignTo(place: FilterPlace, type: string): boolean {
  const own = /^envoy\.extensions\.filters\.(network|http|listener|udp)\./.exec(type)?.[1] ?? place;
  return isForeign(type) || own !== place;
}

/** By full type name. */
export function networkFilterClass(type: string): FilterClass {
  return classes.get(type) ?? (isForeignTo("network", type) ? "foreign" : "unknown");
}
