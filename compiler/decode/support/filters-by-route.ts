import { honoured, message, noted, notedAndKept, notice } from "./dsl.ts";
import { rateLimitDescriptors, responseHeaders, statistics } from "./notices.ts";

const judged = notice(
  "KM1453",
  "is not read: the requests that the filter looks at are left to a proxy, which judges by it; the others never meet it",
);

/**
 * Filters that refuse nothing until a rule of theirs, or a route, asks them to. Read is whether one does; such requests are left to a proxy
 * (resolve).
 */
export const filtersByRouteSupport = {
  "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication": message(
    honoured("rules", "filter_state_rules"),
    noted(judged, "providers", "bypass_cors_preflight", "requirement_map", "strip_failure_response"),
    noted(statistics, "stat_prefix"),
  ),
  "envoy.extensions.filters.http.jwt_authn.v3.RequirementRule": message(noted(judged, "match", "requires", "requirement_name")),
  "envoy.extensions.filters.http.jwt_authn.v3.FilterStateRule": message(noted(judged, "name", "requires")),
  "envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig": message(honoured("disabled"), noted(judged, "requirement_name")),

  "envoy.extensions.filters.http.oauth2.v3.OAuth2": message(honoured("config")),
  "envoy.extensions.filters.http.oauth2.v3.OAuth2Config": message(
    noted(
      judged,
      "token_endpoint",
      "retry_policy",
      "authorization_endpoint",
      "end_session_endpoint",
      "credentials",
      "redirect_uri",
      "redirect_path_matcher",
      "signout_path",
      "forward_bearer_token",
      "preserve_authorization_header",
      "pass_through_matcher",
      "auth_scopes",
      "resources",
      "auth_type",
      "use_refresh_token",
      "default_expires_in",
      "deny_redirect_matcher",
      "default_refresh_token_expires_in",
      "disable_id_token_set_cookie",
      "disable_access_token_set_cookie",
      "disable_refresh_token_set_cookie",
      "cookie_configs",
      "csrf_token_expires_in",
      "code_verifier_token_expires_in",
      "disable_token_encryption",
      "allow_failed_matcher",
      "allowed_redirect_domains",
      "forward_id_token",
      "original_request_uri",
      "post_logout_redirect_uri",
      "private_key_jwt_config",
      "token_cookie_chunking",
      "use_access_token_expiry_for_id_token_cookie",
    ),
    noted(statistics, "stat_prefix"),
  ),

  "envoy.extensions.filters.http.csrf.v3.CsrfPolicy": message(
    honoured("filter_enabled"),
    noted(judged, "additional_origins"),
    noted(statistics, "shadow_enabled"),
  ),

  "envoy.extensions.filters.http.lua.v3.Lua": message(
    honoured("inline_code", "default_source_code"),
    noted(judged, "source_codes", "clear_route_cache", "filter_context", "package_paths", "package_cpaths", "shared_vm_id"),
    noted(statistics, "stat_prefix"),
  ),
  "envoy.extensions.filters.http.lua.v3.LuaPerRoute": message(
    honoured("disabled"),
    noted(judged, "name", "source_code", "filter_context", "package_paths", "package_cpaths", "shared_vm_id"),
  ),

  "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit": message(
    honoured("filter_enabled"),
    notedAndKept(
      judged,
      "token_bucket",
      "descriptors",
      "local_rate_limit_per_downstream_connection",
      "local_cluster_rate_limit",
      "rate_limits",
    ),
    noted(
      judged,
      "filter_enforced",
      "status",
      "request_headers_to_add_when_not_enforced",
      "stage",
      "vh_rate_limits",
      "always_consume_default_token_bucket",
      "rate_limited_as_resource_exhausted",
      "max_dynamic_descriptors",
    ),
    noted(responseHeaders, "response_headers_to_add", "enable_x_ratelimit_headers", "enable_retry_after_header"),
    noted(statistics, "stat_prefix"),
  ),

  "envoy.extensions.filters.http.ratelimit.v3.RateLimit": message(
    honoured("rate_limits"),
    noted(
      judged,
      "domain",
      "stage",
      "request_type",
      "timeout",
      "failure_mode_deny",
      "failure_mode_deny_percent",
      "rate_limited_as_resource_exhausted",
      "rate_limit_service",
      "rate_limited_status",
      "status_on_error",
      "filter_enabled",
      "filter_enforced",
      "metadata_namespace",
    ),
    noted(
      responseHeaders,
      "enable_x_ratelimit_headers",
      "disable_x_envoy_ratelimited_header",
      "response_headers_to_add",
      "enable_retry_after_header",
    ),
    noted(statistics, "stat_prefix"),
  ),
  "envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute": message(
    honoured("rate_limits"),
    noted(judged, "vh_rate_limits", "override_option", "domain"),
  ),
  "envoy.config.route.v3.RateLimit": message(
    notedAndKept(rateLimitDescriptors, "stage", "disable_key", "limit", "hits_addend"),
    noted(rateLimitDescriptors, "actions", "apply_on_stream_done", "x_ratelimit_option"),
  ),

  "envoy.extensions.filters.http.grpc_http1_bridge.v3.Config": message(honoured("upgrade_protobuf_to_grpc", "ignore_query_parameters")),
  "envoy.extensions.filters.http.on_demand.v3.OnDemand": message(honoured("odcds")),
  "envoy.extensions.filters.http.on_demand.v3.PerRouteConfig": message(honoured("odcds")),
  "envoy.extensions.filters.http.on_demand.v3.OnDemandCds": message(noted(judged, "source", "resources_locator", "timeout")),

  "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation": message(
    honoured("mutations"),
    noted(judged, "most_specific_header_mutations_wins"),
  ),
  "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute": message(honoured("mutations")),
  "envoy.extensions.filters.http.header_mutation.v3.Mutations": message(
    honoured("request_mutations", "query_parameter_mutations", "request_trailers_mutations"),
    notedAndKept(judged, "formatters"),
    notedAndKept(responseHeaders, "response_mutations", "response_trailers_mutations"),
  ),
  "envoy.config.common.mutation_rules.v3.HeaderMutation": message(
    notedAndKept(judged, "append"),
    noted(judged, "remove", "remove_on_match"),
  ),
  "envoy.config.core.v3.KeyValueMutation": message(notedAndKept(judged, "append", "remove")),
} as const;
