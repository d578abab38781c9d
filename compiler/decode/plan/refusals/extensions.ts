import { isOfOtherBuild } from "../../any-type.ts";
import type { XdsAny, XdsMessage } from "../../types.ts";
import type { Check } from "../types.ts";

/**
 * Where Envoy finds an extension by the type of its configuration, and what the types begin with that it has there.
 */
const places: readonly (readonly [string, string])[] = [
  ["HttpConnectionManager.original_ip_detection_extensions", "envoy.extensions.http.original_ip_detection."],
  ["HttpConnectionManager.early_header_mutation_extensions", "envoy.extensions.http.early_header_mutation."],
  ["Http1ProtocolOptions.HeaderKeyFormat.stateful_formatter", "envoy.extensions.http.header_formatters."],
  ["SubstitutionFormatString.formatters", "envoy.extensions.formatter."],
  ["Mutations.formatters", "envoy.extensions.formatter."],
  ["TcpProxy.TunnelingConfig.formatters", "envoy.extensions.formatter."],
  ["Permission.matcher", "envoy.extensions.rbac.matchers."],
  ["AccessLog", "envoy.extensions.access_loggers."],
  ["ExtensionFilter", "envoy.extensions.access_loggers.filters."],
  ["InternalRedirectPolicy.predicates", "envoy.extensions.internal_redirect."],
  ["RetryPolicy.RetryHostPredicate", "envoy.extensions.retry.host."],
  ["RetryPolicy.RetryPriority", "envoy.extensions.retry.priority."],
  ["RetryPolicy.retry_options_predicates", "envoy.extensions.retry."],
  ["RouteAction.early_data_policy", "envoy.extensions.early_data."],
  ["RouteAction.path_rewrite_policy", "envoy.extensions.path.rewrite."],
  ["RateLimit.Action.extension", "envoy.extensions.rate_limit_descriptors."],
  ["RouteMatch.path_match_policy", "envoy.extensions.path.match."],
  ["HealthCheck.CustomHealthCheck", "envoy.extensions.health_checkers."],
  ["StringMatcher.custom", "envoy.extensions.string_matcher."],
];

function extensionOf(prefix: string): Check {
  return (extension) => {
    const { name, typed_config: config } = extension as XdsMessage;
    if (config === undefined) return `${JSON.stringify(name ?? "")} has no typed_config, and Envoy finds no extension by name`;
    return whyNone((config as XdsAny).any, prefix);
  };
}

function whyNone(type: string, prefix: string): string | undefined {
  return isOfOtherBuild(type) || type.startsWith(prefix) ? undefined : `Envoy has no extension of the type ${type} here`;
}

/** The one that draws request ids has a default. */
const requestId: Check = (extension) => {
  const config = (extension as XdsMessage)["typed_config"] as XdsAny | undefined;
  return config && whyNone(config.any, "envoy.extensions.request_id.");
};

const specifier = extensionOf("envoy.extensions.router.cluster_specifiers.");

const plugin: Check = (declared) => {
  const { extension, is_optional: isOptional } = declared as XdsMessage;
  return isOptional || !extension ? undefined : specifier(extension);
};

/** Extensions that Envoy does not have. */
export const extensionRefusals: readonly (readonly [string, Check])[] = [
  ["HttpConnectionManager.request_id_extension", requestId],
  ["ClusterSpecifierPlugin", plugin],
  ...places.map(([label, prefix]) => [label, extensionOf(prefix)] as const),
];
