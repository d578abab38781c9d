import { honoured, message, note, noted, notedAndKept, punt, rejected } from "./dsl.ts";
import { accessLogs, localReplies, notInEnvoy, ownHeaders, responseHeaders, statistics, timeouts, tracing } from "./notices.ts";

const hcm = "envoy.extensions.filters.network.http_connection_manager.v3";

/** envoy.extensions.filters.network.http_connection_manager.v3 and the protocol options it holds. */
export const httpConnectionManagerSupport = {
  [`${hcm}.HttpConnectionManager`]: message(
    honoured(
      "codec_type",
      "rds",
      "route_config",
      "http_filters",
      "common_http_protocol_options",
      "http_protocol_options",
      "scheme_header_transformation",
      "max_request_headers_kb",
      "use_remote_address",
      "skip_xff_append",
      "xff_num_trusted_hops",
      "append_x_forwarded_port",
      "via",
      "generate_request_id",
      "preserve_external_request_id",
      "request_id_extension",
      "forward_client_cert_details",
      "internal_address_config",
      "upgrade_configs",
      "normalize_path",
      "merge_slashes",
      "path_with_escaped_slashes_action",
      "strip_matching_host_port",
      "strip_any_host_port",
      "strip_trailing_host_dot",
      "proxy_100_continue",
      "local_reply_config",
    ),
    punt("KM1350", "a route table chosen by the request's scope is left to a proxy", "scoped_routes"),
    punt(
      "KM1351",
      "an extension takes the client's address from the request, which decides what counts as internal: the chain is left to a proxy",
      "original_ip_detection_extensions",
    ),
    punt(
      "KM1352",
      "an extension that changes the head before it is matched: the chain is left to a proxy",
      "early_header_mutation_extensions",
      "forward_client_cert_matcher",
    ),
    punt(
      "KM1365",
      "headers that tell the proxy's own node and cluster are set before a route is looked for, and only a proxy knows these: the chain is left to one",
      "add_user_agent",
    ),
    punt("KM1353", "an extension that decides which heads are valid: the chain is left to a proxy", "typed_header_validation_config"),
    punt(
      "KM1354",
      "the scheme depends on the port that a PROXY protocol header names: the chain is left to a proxy",
      "forward_proto_config",
    ),
    noted(
      timeouts,
      "stream_idle_timeout",
      "stream_flush_timeout",
      "request_timeout",
      "request_headers_timeout",
      "drain_timeout",
      "drain_timeout_jitter",
      "delayed_close_timeout",
      "http1_safe_max_connection_duration",
    ),
    note(
      "KM1355",
      "has no effect: HTTP/2 and HTTP/3 are not read; such a connection passes as it is, or is left to a proxy (KM2900)",
      "http2_protocol_options",
      "http3_protocol_options",
    ),
    noted(
      ownHeaders,
      "represent_ipv4_remote_address_as_ipv4_mapped_ipv6",
      "set_current_client_cert_details",
      "add_proxy_protocol_connection_state",
    ),
    noted(
      responseHeaders,
      "server_name",
      "server_header_transformation",
      "always_set_request_id_in_response",
      "append_local_overload",
      "proxy_status_config",
    ),
    note("KM1357", "has no effect: after a bad request the connection is always closed", "stream_error_on_invalid_http_message"),
    noted(notInEnvoy, "path_normalization_options"),
    noted(tracing, "tracing"),
    noted(statistics, "stat_prefix", "record_route_resolution_stats"),
    noted(accessLogs, "access_log"),
    notedAndKept(accessLogs, "access_log_options", "access_log_flush_interval", "flush_access_log_on_new_request"),
  ),

  [`${hcm}.LocalReplyConfig`]: message(honoured("mappers"), noted(localReplies, "body_format")),
  [`${hcm}.ResponseMapper`]: message(
    punt("KM1366", "changes the status of Envoy's own replies by what its filter finds: the chain is left to a proxy", "status_code"),
    noted(localReplies, "filter", "body", "body_format_override", "headers_to_add"),
  ),
  [`${hcm}.RequestIDExtension`]: message(honoured("typed_config")),
  "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig": message(
    honoured("pack_trace_reason"),
    noted(tracing, "use_request_id_for_trace_sampling"),
  ),
  [`${hcm}.Rds`]: message(honoured("config_source", "route_config_name")),
  [`${hcm}.HttpFilter`]: message(
    honoured("name", "typed_config", "is_optional", "disabled"),
    punt(
      "KM1324",
      "a filter from a discovery service of its own is not in the snapshot: what it filters is left to a proxy",
      "config_discovery",
    ),
  ),
  [`${hcm}.HttpConnectionManager.InternalAddressConfig`]: message(
    honoured("cidr_ranges"),
    note("KM1358", "has no effect: no client comes by a Unix socket", "unix_sockets"),
  ),
  [`${hcm}.HttpConnectionManager.UpgradeConfig`]: message(
    honoured("upgrade_type", "enabled"),
    punt("KM1359", "a chain of filters for upgraded requests alone is left to a proxy", "filters"),
  ),

  "envoy.config.core.v3.SchemeHeaderTransformation": message(
    honoured("scheme_to_overwrite"),
    note("KM1360", "has no effect: HTTP/1.1 sends no scheme to the endpoint", "match_upstream"),
  ),
  "envoy.config.core.v3.HttpProtocolOptions": message(
    honoured("headers_with_underscores_action", "max_headers_count"),
    noted(
      timeouts,
      "idle_timeout",
      "max_connection_duration",
      "max_connection_duration_jitter",
      "max_stream_duration",
      "max_requests_per_connection",
    ),
    rejected(
      "KM1364",
      "is for upstream connections; Envoy refuses a connection manager that sets it",
      "Set it in the cluster's HttpProtocolOptions, or leave it out.",
      "max_response_headers_kb",
    ),
  ),
  "envoy.config.core.v3.Http1ProtocolOptions": message(
    honoured("allow_absolute_url", "accept_http_10", "default_host_for_http_10"),
    punt(
      "KM1362",
      "changes which heads are valid in a way that is not modelled: the chain is left to a proxy",
      "allow_chunked_length",
      "allow_custom_methods",
      "ignore_http_11_upgrade",
    ),
    note(
      "KM1363",
      "has no effect: the bytes of a message go from client to endpoint as they are",
      "header_key_format",
      "enable_trailers",
      "send_fully_qualified_url",
      "use_balsa_parser",
    ),
    note("KM1357", "has no effect: after a bad request the connection is always closed", "override_stream_error_on_invalid_http_message"),
  ),
} as const;
