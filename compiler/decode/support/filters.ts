import { honoured, message, note, noted, notedAndKept, notice, punt } from "./dsl.ts";
import { accessLogs, cors, leftToProxy, metadata, runtimeKeys, statistics, timeouts, tracing } from "./notices.ts";

/** What responses of a CORS filter say, and what only its statistics do. */
const corsHeaders = [
  "allow_methods",
  "allow_headers",
  "expose_headers",
  "max_age",
  "allow_credentials",
  "shadow_enabled",
  "allow_private_network_access",
] as const;

/** Filters that are read where they stand. Which filters punt their chain is decided by resolve, on their type. */
export const filterSupport = {
  "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector": message(),
  "envoy.extensions.filters.listener.original_dst.v3.OriginalDst": message(),
  "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector": message(
    punt(
      "KM1440",
      "which first bytes close the connection is changed: the listener is left to a proxy",
      "leave it out for Envoy's default",
      "close_connection_on_client_hello_parsing_errors",
      "max_client_hello_size",
    ),
    notedAndKept(
      notice("KM1441", "has no effect on a ClientHello, which is read in one piece of a size of its own"),
      "initial_read_buffer_size",
    ),
    noted(statistics, "enable_ja3_fingerprinting", "enable_ja4_fingerprinting"),
  ),
  "envoy.extensions.filters.listener.original_src.v3.OriginalSrc": message(
    note("KM1442", "has no effect: a connection keeps the client's address and is not marked", "bind_port", "mark"),
  ),
  "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol": message(
    noted(leftToProxy, "rules", "allow_requests_without_proxy_protocol", "pass_through_tlvs", "stat_prefix", "tlv_location"),
    notedAndKept(leftToProxy, "disallowed_versions"),
  ),
  "envoy.extensions.filters.network.sni_cluster.v3.SniCluster": message(),

  "envoy.extensions.filters.http.router.v3.Router": message(
    honoured("suppress_envoy_headers"),
    punt(
      "KM1443",
      "the router itself refuses requests by this: the chain is left to a proxy",
      "leave it out where the endpoints check their requests themselves",
      "strict_check_headers",
      "reject_connect_request_early_data",
    ),
    punt(
      "KM1444",
      "filters between router and endpoint: the chain is left to a proxy",
      "leave it out where these filters only observe",
      "upstream_http_filters",
    ),
    noted(timeouts, "respect_expected_rq_timeout"),
    noted(accessLogs, "upstream_log", "upstream_log_options"),
    noted(statistics, "dynamic_stats", "suppress_grpc_request_failure_code_stats"),
    noted(tracing, "start_child_span"),
  ),

  "envoy.extensions.filters.http.fault.v3.HTTPFault": message(
    honoured("delay", "abort", "headers", "max_active_faults"),
    punt(
      "KM1445",
      "a fault for some clusters or clients only is left to a proxy",
      "put the fault on the routes that it is for, by typed_per_filter_config",
      "upstream_cluster",
      "downstream_nodes",
    ),
    note("KM1446", "is not kept: responses are not slowed down", "response_rate_limit"),
    noted(
      runtimeKeys,
      "delay_percent_runtime",
      "abort_percent_runtime",
      "delay_duration_runtime",
      "abort_http_status_runtime",
      "max_active_faults_runtime",
      "response_rate_limit_percent_runtime",
      "abort_grpc_status_runtime",
    ),
    noted(statistics, "disable_downstream_cluster_stats"),
    noted(metadata, "filter_metadata"),
  ),
  "envoy.extensions.filters.common.fault.v3.FaultDelay": message(
    honoured("fixed_delay", "percentage"),
    punt("KM1447", "a fault that the request itself asks for is left to a proxy", "use fixed_delay", "header_delay"),
  ),
  "envoy.extensions.filters.http.fault.v3.FaultAbort": message(
    honoured("http_status", "grpc_status", "percentage"),
    punt("KM1447", "a fault that the request itself asks for is left to a proxy", "use http_status or grpc_status", "header_abort"),
    note("KM1448", "is not kept: an aborted request is answered with the status and Envoy's own body", "response_body"),
  ),

  "envoy.extensions.filters.http.cors.v3.Cors": message(),
  "envoy.extensions.filters.http.cors.v3.CorsPolicy": message(
    honoured("allow_origin_string_match", "filter_enabled", "forward_not_matching_preflights"),
    noted(cors, ...corsHeaders),
  ),
  // The deprecated form: that there is one is all that counts, as its preflight requests are left to a proxy.
  "envoy.config.route.v3.CorsPolicy": message(
    noted(cors, "allow_origin_string_match", "filter_enabled", "forward_not_matching_preflights", ...corsHeaders),
  ),
} as const;
