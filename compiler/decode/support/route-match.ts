import { honoured, message, note, punt } from "./dsl.ts";

/** envoy.config.route.v3.RouteMatch and its parts. */
export const routeMatchSupport = {
  "envoy.config.route.v3.RouteMatch": message(
    honoured(
      "prefix",
      "path",
      "safe_regex",
      "connect_matcher",
      "path_separated_prefix",
      "path_match_policy",
      "case_sensitive",
      "runtime_fraction",
      "headers",
      "query_parameters",
      "cookies",
      "grpc",
      "tls_context",
      // No filter that sets metadata is run here, so that there is none: resolve decides.
      "dynamic_metadata",
    ),
    punt(
      "KM1375",
      "matches what filters left with the request: a request that comes as far as this route is left to a proxy",
      "match on the path, on headers or on query parameters",
      "filter_state",
    ),
  ),
  "envoy.type.matcher.v3.MetadataMatcher": message(
    honoured("invert"),
    note(
      "KM1384",
      "is not looked at: a route is chosen before a filter sets metadata, so that nothing is found",
      "filter",
      "path",
      "value",
    ),
  ),
  "envoy.config.route.v3.RouteMatch.ConnectMatcher": message(),
  "envoy.config.route.v3.RouteMatch.GrpcRouteMatchOptions": message(),
  "envoy.config.route.v3.RouteMatch.TlsContextMatchOptions": message(honoured("presented", "validated")),

  "envoy.config.route.v3.HeaderMatcher": message(
    honoured(
      "name",
      "exact_match",
      "safe_regex_match",
      "range_match",
      "present_match",
      "prefix_match",
      "suffix_match",
      "contains_match",
      "string_match",
      "invert_match",
      "treat_missing_header_as_empty",
    ),
  ),
  "envoy.config.route.v3.QueryParameterMatcher": message(honoured("name", "string_match", "present_match")),
  "envoy.config.route.v3.CookieMatcher": message(honoured("name", "string_match", "invert_match")),
  "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig": message(honoured("path_template")),
} as const;
