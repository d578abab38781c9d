import { honoured, message, note, noted, notedAndKept, punt } from "./dsl.ts";
import { affinity, mirrors, rateLimitDescriptors, responseHeaders, retries, runtimeKeys, timeouts } from "./notices.ts";

/** envoy.config.route.v3: what is done with a matched request. */
export const routeActionSupport = {
  "envoy.config.route.v3.RouteAction": message(
    honoured(
      "cluster",
      "cluster_header",
      "weighted_clusters",
      "cluster_not_found_response_code",
      "metadata_match",
      "prefix_rewrite",
      "regex_rewrite",
      "host_rewrite_literal",
      "host_rewrite_header",
      "host_rewrite_path_regex",
      "auto_host_rewrite",
      "append_x_forwarded_host",
      "upgrade_configs",
      "cors",
      "rate_limits",
      "priority",
    ),
    punt(
      "KM1376",
      "a plugin chooses the cluster: requests of this route are left to a proxy",
      "use cluster, weighted_clusters or cluster_header",
      "cluster_specifier_plugin",
      "inline_cluster_specifier_plugin",
    ),
    punt(
      "KM1377",
      "a rewrite by a template or a format string is left to a proxy, with the requests of this route",
      "use prefix_rewrite, regex_rewrite or one of host_rewrite_literal, host_rewrite_header and host_rewrite_path_regex",
      "path_rewrite_policy",
      "path_rewrite",
      "host_rewrite",
    ),
    punt(
      "KM1378",
      "Envoy follows the endpoint's redirects itself: requests of this route are left to a proxy",
      "leave it out where clients can follow redirects themselves",
      "internal_redirect_policy",
      "internal_redirect_action",
      "max_internal_redirects",
    ),
    noted(timeouts, "timeout", "idle_timeout", "flush_timeout", "max_grpc_timeout", "grpc_timeout_offset", "max_stream_duration"),
    noted(retries, "retry_policy", "retry_policy_typed_config", "hedge_policy"),
    notedAndKept(mirrors, "request_mirror_policies"),
    noted(affinity, "hash_policy"),
    noted(rateLimitDescriptors, "include_vh_rate_limits"),
    note("KM1380", "has no effect: a plaintext request has no TLS early data", "early_data_policy"),
  ),

  "envoy.config.route.v3.WeightedCluster": message(
    honoured("clusters", "header_name"),
    note("KM1381", "has no effect, in Envoy neither: shares are of the sum of the weights", "total_weight"),
    noted(runtimeKeys, "runtime_key_prefix"),
    note("KM1305", "is not kept: the cluster is drawn by weight for each request, not by the hash of hash_policy", "use_hash_policy"),
  ),
  "envoy.config.route.v3.WeightedCluster.ClusterWeight": message(
    honoured(
      "name",
      "cluster_header",
      "weight",
      "metadata_match",
      "request_headers_to_add",
      "request_headers_to_remove",
      "host_rewrite_literal",
      "typed_per_filter_config",
    ),
    noted(responseHeaders, "response_headers_to_add", "response_headers_to_remove"),
  ),

  "envoy.config.route.v3.RouteAction.UpgradeConfig": message(honoured("upgrade_type", "enabled", "connect_config")),
  "envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig": message(
    punt(
      "KM1382",
      "what a CONNECT tunnel carries is changed on the way: requests of this route are left to a proxy",
      "leave it out where a CONNECT tunnel can pass as it is",
      "proxy_protocol_config",
      "allow_post",
    ),
  ),

  "envoy.config.route.v3.RedirectAction": message(
    honoured(
      "https_redirect",
      "scheme_redirect",
      "host_redirect",
      "port_redirect",
      "path_redirect",
      "prefix_rewrite",
      "regex_rewrite",
      "response_code",
      "strip_query",
    ),
    punt(
      "KM1377",
      "a rewrite by a template or a format string is left to a proxy, with the requests of this route",
      "use path_redirect, prefix_rewrite or regex_rewrite",
      "path_rewrite",
    ),
  ),
  "envoy.config.route.v3.DirectResponseAction": message(
    honoured("status", "body"),
    punt(
      "KM1383",
      "a body made by a format string is left to a proxy, with the requests of this route",
      "write a literal body",
      "body_format",
    ),
  ),

  "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig": message(honoured("path_template_rewrite")),
} as const;
