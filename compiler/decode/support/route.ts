import { honoured, message, noted, notedAndKept, notice, punt } from "./dsl.ts";
import { buffers, metadata, mirrors, ownHeaders, responseHeaders, retries, statistics, tracing } from "./notices.ts";

const specifiers = punt(
  "KM1370",
  "a route specifier may put another route in the place of the matched one: what it applies to is left to a proxy",
  "leave it out, and write the routes that it would return",
  "route_specifiers",
);

/** envoy.config.route.v3: tables, virtual hosts, routes. */
export const routeSupport = {
  "envoy.config.route.v3.RouteConfiguration": message(
    honoured(
      "name",
      "virtual_hosts",
      "internal_only_headers",
      "request_headers_to_add",
      "request_headers_to_remove",
      "most_specific_header_mutations_wins",
      "validate_clusters",
      "max_direct_response_body_size_bytes",
      "ignore_port_in_host_matching",
      "vhost_header",
      "ignore_path_parameters_in_path_matching",
      "typed_per_filter_config",
    ),
    punt(
      "KM1371",
      "virtual hosts that Envoy asks for when they are needed are not in the snapshot: the table is left to a proxy",
      "send all virtual hosts inside the table",
      "vhds",
    ),
    specifiers,
    notedAndKept(notice("KM1372", "is not run: a route that names a plugin is left to a proxy"), "cluster_specifier_plugins"),
    notedAndKept(mirrors, "request_mirror_policies"),
    noted(responseHeaders, "response_headers_to_add", "response_headers_to_remove"),
    noted(metadata, "metadata"),
  ),

  "envoy.config.route.v3.VirtualHost": message(
    honoured(
      "name",
      "domains",
      "routes",
      "require_tls",
      "request_headers_to_add",
      "request_headers_to_remove",
      "include_request_attempt_count",
      "typed_per_filter_config",
      "cors",
      "rate_limits",
    ),
    punt(
      "KM1373",
      "routes chosen by a generic matcher: requests to this virtual host are left to a proxy",
      "write the choice as routes with their matches",
      "matcher",
    ),
    specifiers,
    notedAndKept(mirrors, "request_mirror_policies"),
    noted(retries, "retry_policy", "retry_policy_typed_config", "hedge_policy"),
    noted(ownHeaders, "include_is_timeout_retry_header"),
    noted(responseHeaders, "response_headers_to_add", "response_headers_to_remove", "include_attempt_count_in_response"),
    noted(buffers, "per_request_buffer_limit_bytes", "request_body_buffer_limit"),
    noted(statistics, "virtual_clusters"),
    noted(metadata, "metadata"),
  ),

  "envoy.config.route.v3.Route": message(
    honoured(
      "name",
      "match",
      "route",
      "redirect",
      "direct_response",
      "non_forwarding_action",
      "request_headers_to_add",
      "request_headers_to_remove",
      "typed_per_filter_config",
    ),
    punt(
      "KM1374",
      "a filter decides what happens: requests of this route are left to a proxy",
      "use route, redirect or direct_response",
      "filter_action",
    ),
    specifiers,
    noted(responseHeaders, "response_headers_to_add", "response_headers_to_remove"),
    noted(buffers, "per_request_buffer_limit_bytes", "request_body_buffer_limit"),
    noted(tracing, "tracing", "decorator"),
    noted(statistics, "stat_prefix"),
    noted(metadata, "metadata"),
  ),
  "envoy.config.route.v3.RouteList": message(honoured("routes")),
  "envoy.config.route.v3.NonForwardingAction": message(),
  "envoy.config.route.v3.FilterConfig": message(honoured("config", "is_optional", "disabled")),
} as const;
