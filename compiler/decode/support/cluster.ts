import { honoured, message, note, noted, notedAndKept, notice, punt } from "./dsl.ts";
import {
  buffers,
  connectTimeouts,
  dnsTransport,
  leftToProxy,
  metadata,
  notProbed,
  protocols,
  retries,
  statistics,
  timeouts,
} from "./notices.ts";

const protocol = noted(protocols, "http_protocol_options", "protocol_selection");
const breakers = ["KM1415", "is not kept: connections and requests are not counted"] as const;
const connections = ["KM1419", "has no effect: there is no pool, each connection of a client is one to an endpoint"] as const;
/** How host names are looked up: obeyed by the daemon; the compiler asks nobody (KM3001). */
const lookups = [
  "dns_lookup_family",
  "dns_refresh_rate",
  "dns_jitter",
  "dns_failure_refresh_rate",
  "respect_dns_ttl",
  "typed_dns_resolver_config",
] as const;

/** envoy.config.cluster.v3 and the typed forms of its discovery types. */
export const clusterSupport = {
  "envoy.config.cluster.v3.Cluster": message(
    honoured(
      "name",
      "type",
      "cluster_type",
      "eds_cluster_config",
      "load_assignment",
      "lb_policy",
      "load_balancing_policy",
      "common_lb_config",
      "lb_subset_config",
      "ring_hash_lb_config",
      "maglev_lb_config",
      "least_request_lb_config",
      "round_robin_lb_config",
      "original_dst_lb_config",
      "circuit_breakers",
      "upstream_connection_options",
      "transport_socket",
      "transport_socket_matches",
      "typed_extension_protocol_options",
      "filters",
      "dns_resolvers",
      "dns_resolution_config",
      ...lookups,
    ),
    punt(
      "KM1413",
      "transport sockets chosen by a generic matcher: the cluster is left to a proxy",
      "leave it out where all endpoints are reached in plaintext",
      "transport_socket_matcher",
    ),
    punt(
      "KM1414",
      "an extension makes the upstream connections: the cluster is left to a proxy",
      "leave it out where plain connections to the endpoints will do",
      "upstream_config",
    ),
    noted(connectTimeouts, "connect_timeout"),
    notedAndKept(timeouts, "max_requests_per_connection"),
    note("KM1416", "is not done: an endpoint that fails stays in use until the control plane says otherwise", "outlier_detection"),
    notedAndKept(notProbed, "health_checks"),
    noted(notProbed, "close_connections_on_host_health_failure", "ignore_health_on_host_removal"),
    notedAndKept(protocols, "http2_protocol_options", "common_http_protocol_options"),
    protocol,
    notedAndKept(notice("KM1417", "has no effect: no TLS connection is made to endpoints"), "upstream_http_protocol_options"),
    noted(dnsTransport, "use_tcp_for_dns_lookups"),
    note("KM1421", "has no effect: the daemon waits for new host names, but not long", "wait_for_warm_on_init"),
    notedAndKept(notice("KM1418", "is not obeyed: a connection keeps the source address of the client"), "upstream_bind_config"),
    note(...connections, "cleanup_interval", "preconnect_policy", "connection_pool_per_downstream_connection", "queuing_policies"),
    noted(buffers, "per_connection_buffer_limit_bytes", "per_connection_buffer_high_watermark_timeout"),
    noted(
      statistics,
      "alt_stat_name",
      "stats_matcher",
      "lrs_server",
      "lrs_report_endpoint_metrics",
      "track_timeout_budgets",
      "track_cluster_stats",
    ),
    noted(metadata, "metadata"),
  ),

  "envoy.config.cluster.v3.CircuitBreakers": message(honoured("thresholds"), note(...breakers, "per_host_thresholds")),
  "envoy.config.cluster.v3.CircuitBreakers.Thresholds": message(
    honoured("priority", "max_connections", "max_pending_requests", "max_requests", "max_connection_pools"),
    noted(retries, "max_retries", "retry_budget"),
    noted(statistics, "track_remaining"),
  ),
  "envoy.config.cluster.v3.UpstreamConnectionOptions": message(
    honoured("happy_eyeballs_config"),
    note(...connections, "set_local_interface_name_on_upstream_connections"),
    notedAndKept(notice(...connections), "tcp_keepalive"),
  ),
  "envoy.config.cluster.v3.UpstreamConnectionOptions.HappyEyeballsConfig": message(
    honoured("first_address_family_version", "first_address_family_count"),
  ),
  "envoy.config.cluster.v3.Cluster.RefreshRate": message(honoured("base_interval", "max_interval")),
  "envoy.config.cluster.v3.Cluster.CustomClusterType": message(honoured("name", "typed_config")),
  "envoy.config.cluster.v3.Cluster.EdsClusterConfig": message(honoured("eds_config", "service_name")),
  "envoy.config.cluster.v3.Cluster.TransportSocketMatch": message(honoured("name", "match", "transport_socket")),
  "envoy.config.cluster.v3.Filter": message(
    honoured("name", "typed_config"),
    punt(
      "KM1324",
      "a filter from a discovery service of its own is not in the snapshot: what it filters is left to a proxy",
      "send the filter's configuration as typed_config",
      "config_discovery",
    ),
  ),
  "envoy.config.cluster.v3.Cluster.OriginalDstLbConfig": message(
    honoured("use_http_header", "http_header_name"),
    punt(
      "KM1420",
      "the original destination is changed before it is connected to: the cluster is left to a proxy",
      "give the cluster endpoints of its own where they are known",
      "upstream_port_override",
      "metadata_key",
    ),
  ),
  "envoy.extensions.clusters.original_dst.v3.OriginalDstCluster": message(
    honoured("use_http_header", "http_header_name"),
    punt(
      "KM1420",
      "the original destination is changed before it is connected to: the cluster is left to a proxy",
      "give the cluster endpoints of its own where they are known",
      "upstream_port_override",
      "metadata_key",
    ),
  ),
  "envoy.extensions.clusters.dns.v3.DnsCluster": message(honoured("all_addresses_in_single_endpoint", "dns_min_refresh_rate", ...lookups)),
  "envoy.extensions.clusters.dns.v3.DnsCluster.RefreshRate": message(honoured("base_interval", "max_interval")),
  "envoy.extensions.clusters.aggregate.v3.ClusterConfig": message(honoured("clusters")),
  "envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig": message(
    noted(leftToProxy, "dns_cache_config", "sub_clusters_config", "allow_coalesced_connections"),
    notedAndKept(leftToProxy, "allow_insecure_cluster_options"),
  ),
} as const;
