import type { RouteMatch } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import type { HirPathMatch, HirRouteMatch } from "../hir/index.ts";
import { fractionOf } from "./fraction.ts";
import { type Rule, resolveCookieMatch, resolveHeaderMatch, resolveQueryMatch } from "./matchers.ts";
import { checkRegex } from "./regex.ts";
import { punt, puntedField, refuse, refusedByDecode } from "./scope.ts";
import { compileUriTemplate } from "./uri-template.ts";

const none: readonly never[] = [];

/** What takes every request: one for all of a large mesh's routes that do. */
const every: HirRouteMatch = {
  path: { kind: "prefix", value: "/" },
  caseSensitive: true,
  headers: none,
  query: none,
  cookies: none,
  grpc: false,
};

/** Everything a route asks of a request. */
export function resolveRouteMatch(rule: Rule, match: RouteMatch, path: string): HirRouteMatch {
  if (match.prefix === "/" && Object.keys(match).length === 1) return every;
  rule.punt ??= puntedField(rule.scope, "envoy.config.route.v3.RouteMatch", match);
  const tls = match.tls_context;
  // Connections here are plaintext: no certificate was presented, none validated.
  // Filters that set dynamic metadata leave their chain to a proxy: there is none, and no matcher takes what is missing.
  const never = tls?.presented === true || tls?.validated === true || match.dynamic_metadata?.some((m) => !m.invert);
  return {
    path: resolvePath(rule, match, path),
    caseSensitive: match.case_sensitive ?? true,
    headers: match.headers?.map((m, i) => resolveHeaderMatch(rule, m, `${path}.headers[${i}]`)) ?? none,
    query: match.query_parameters?.map((m, i) => resolveQueryMatch(rule, m, `${path}.query_parameters[${i}]`)) ?? none,
    cookies: match.cookies?.map((m, i) => resolveCookieMatch(rule, m, `${path}.cookies[${i}]`)) ?? none,
    grpc: match.grpc !== undefined,
    ...(match.runtime_fraction ? { fraction: fractionOf(match.runtime_fraction.default_value) } : {}),
    ...(never ? { never } : {}),
  };
}

function resolvePath(rule: Rule, match: RouteMatch, path: string): HirPathMatch {
  if (match.prefix !== undefined) return { kind: "prefix", value: match.prefix };
  if (match.path !== undefined) return { kind: "path", value: match.path };
  if (match.connect_matcher) return { kind: "connect" };
  if (match.safe_regex) {
    const regex = match.safe_regex.regex ?? "";
    checkRegex(rule.scope, regex, `${path}.safe_regex`);
    return { kind: "regex", regex };
  }
  if (match.path_separated_prefix !== undefined) return { kind: "path_separated_prefix", value: match.path_separated_prefix };
  const template = messageIn(
    match.path_match_policy?.typed_config,
    "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
  )?.path_template;
  if (template !== undefined) {
    const compiled = compileUriTemplate(template);
    if ("regex" in compiled) return { kind: "template", template, regex: compiled.regex };
    refuse(
      rule.scope,
      "KM2309",
      `${path}.path_match_policy`,
      `Envoy refuses the template ${JSON.stringify(template)}: ${compiled.refused}`,
      "a template is a path with *, ** and at most 5 variables, as in /a/{name}/**",
    );
  } else if (match.path_match_policy) {
    const type = match.path_match_policy.typed_config?.any ?? match.path_match_policy.name ?? "";
    rule.punt ??= punt(
      rule.scope,
      "KM2310",
      `${path}.path_match_policy`,
      `paths matched by ${type} are left to a proxy`,
      "use path, prefix, path_separated_prefix, safe_regex or a uri_template",
    );
  } else {
    throw refusedByDecode(path);
  }
  return { kind: "path", value: "" };
}
