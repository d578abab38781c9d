import { honoured, message, note, noted, notedAndKept, punt } from "./dsl.ts";
import { accessLogs, buffers, metadata, ownSocket, statistics } from "./notices.ts";

/** envoy.config.listener.v3: the listener itself and its listener filters. */
export const listenerSupport = {
  "envoy.config.listener.v3.Listener": message(
    honoured(
      "name",
      "address",
      "additional_addresses",
      "use_original_dst",
      "bind_to_port",
      "deprecated_v1",
      "filter_chains",
      "default_filter_chain",
      "listener_filters",
      "listener_filters_timeout",
      "continue_on_listener_filters_timeout",
      "traffic_direction",
      "internal_listener",
    ),
    punt(
      "KM1320",
      "filter chains chosen by a generic matcher are left to a proxy: the listener is not compiled",
      "write the choice as filter_chain_match of each chain, where that can say it",
      "filter_chain_matcher",
    ),
    punt(
      "KM1321",
      "filter chains from a discovery service of their own are not in the snapshot: the listener is left to a proxy",
      "send the chains inside the listener",
      "fcds_config",
    ),
    punt(
      "KM1322",
      "an API listener is served by the client's own library; no connection can reach it",
      "give the listener an address if connections are to reach it",
      "api_listener",
    ),
    note("KM1323", "has no effect: UDP and QUIC are not steered", "udp_listener_config"),
    notedAndKept(
      ownSocket,
      "transparent",
      "freebind",
      "socket_options",
      "tcp_fast_open_queue_length",
      "connection_balance_config",
      "enable_reuse_port",
      "tcp_backlog_size",
      "enable_mptcp",
    ),
    noted(
      ownSocket,
      "reuse_port",
      "max_connections_to_accept_per_socket_event",
      "ignore_global_conn_limit",
      "bypass_overload_manager",
      "tcp_keepalive",
      "drain_type",
    ),
    noted(buffers, "per_connection_buffer_limit_bytes", "per_connection_buffer_high_watermark_timeout"),
    noted(statistics, "stat_prefix", "stats_matcher"),
    noted(accessLogs, "access_log"),
    noted(metadata, "metadata"),
  ),

  "envoy.config.listener.v3.Listener.DeprecatedV1": message(honoured("bind_to_port")),
  "envoy.config.listener.v3.Listener.InternalListenerConfig": message(),
  "envoy.config.listener.v3.AdditionalAddress": message(honoured("address"), noted(ownSocket, "socket_options", "tcp_keepalive")),

  "envoy.config.listener.v3.ListenerFilter": message(
    honoured("name", "typed_config", "filter_disabled"),
    punt(
      "KM1324",
      "a filter from a discovery service of its own is not in the snapshot: what it filters is left to a proxy",
      "send the filter's configuration as typed_config",
      "config_discovery",
    ),
  ),
  "envoy.config.listener.v3.ListenerFilterChainMatchPredicate": message(
    honoured("or_match", "and_match", "not_match", "any_match", "destination_port_range"),
  ),
  "envoy.config.listener.v3.ListenerFilterChainMatchPredicate.MatchSet": message(honoured("rules")),
} as const;
