import { honoured, message, note, noted, notedAndKept, notice, punt } from "./dsl.ts";
import { accessLogs, affinity, retries, timeouts } from "./notices.ts";

const whenConnected = notice("KM1332", "has no effect: the endpoint is connected to when the client connects");

/** envoy.extensions.filters.network.tcp_proxy.v3. */
export const tcpProxySupport = {
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy": message(
    honoured("stat_prefix", "cluster", "weighted_clusters", "metadata_match"),
    punt(
      "KM1330",
      "a connection inside an HTTP CONNECT tunnel needs a proxy to make the tunnel",
      "name a cluster that is reached without a tunnel, or keep a proxy for these connections",
      "tunneling_config",
    ),
    punt(
      "KM1331",
      "clusters that Envoy asks for when they are needed are not in the snapshot: the connection is left to a proxy",
      "send these clusters beside the others, and leave on_demand out",
      "on_demand",
    ),
    noted(
      timeouts,
      "idle_timeout",
      "downstream_idle_timeout",
      "upstream_idle_timeout",
      "max_downstream_connection_duration",
      "max_downstream_connection_duration_jitter_percentage",
    ),
    noted(retries, "max_connect_attempts", "backoff_options"),
    noted(affinity, "hash_policy"),
    notedAndKept(whenConnected, "upstream_connect_mode", "max_early_data_bytes"),
    noted(whenConnected, "check_drain_close"),
    note("KM1333", "has no effect: no PROXY protocol header is sent", "proxy_protocol_tlvs", "proxy_protocol_tlv_merge_policy"),
    noted(accessLogs, "access_log"),
    notedAndKept(accessLogs, "access_log_options", "access_log_flush_interval", "flush_access_log_on_connected"),
  ),
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster": message(honoured("clusters")),
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight": message(
    honoured("name", "weight", "metadata_match"),
  ),
} as const;
