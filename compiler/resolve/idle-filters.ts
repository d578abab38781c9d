import type { Mutations, RBAC, RuntimeFractionalPercent } from "../decode/gen/types.ts";
import { messageIn, type XdsAny } from "../decode/index.ts";

const http = "envoy.extensions.filters.http";

/**
 * Whether a filter that may refuse or change requests does so to none as it is configured: it waits for settings of a route. The same for
 * settings that have the form of the filter's own configuration.
 */
export function isIdle(any: XdsAny | undefined): boolean {
  const rbac = messageIn(any, `${http}.rbac.v3.RBAC`);
  if (rbac) return refusesNobody(rbac);
  const jwt = messageIn(any, `${http}.jwt_authn.v3.JwtAuthentication`);
  if (jwt) return !jwt.rules?.length && !jwt.filter_state_rules;
  const oauth = messageIn(any, `${http}.oauth2.v3.OAuth2`);
  if (oauth) return !oauth.config;
  const csrf = messageIn(any, `${http}.csrf.v3.CsrfPolicy`);
  if (csrf) return isNever(csrf.filter_enabled);
  const limit = messageIn(any, `${http}.local_ratelimit.v3.LocalRateLimit`);
  if (limit) return isNever(limit.filter_enabled);
  const lua = messageIn(any, `${http}.lua.v3.Lua`);
  if (lua) return isComment(lua.inline_code ?? "") && (!lua.default_source_code || isComment(lua.default_source_code.inline_string));
  const mutation = messageIn(any, `${http}.header_mutation.v3.HeaderMutation`);
  return mutation !== undefined && keepRequests(mutation.mutations);
}

/** The same for settings of a route. */
export function areIdle(settings: XdsAny | undefined): boolean {
  const rbac = messageIn(settings, `${http}.rbac.v3.RBACPerRoute`);
  if (rbac) return refusesNobody(rbac.rbac ?? {});
  const jwt = messageIn(settings, `${http}.jwt_authn.v3.PerRouteConfig`);
  if (jwt) return jwt.disabled === true;
  const lua = messageIn(settings, `${http}.lua.v3.LuaPerRoute`);
  if (lua) return lua.disabled === true;
  const limits = messageIn(settings, `${http}.ratelimit.v3.RateLimitPerRoute`);
  if (limits) return !limits.rate_limits?.length;
  const mutation = messageIn(settings, `${http}.header_mutation.v3.HeaderMutationPerRoute`);
  return mutation ? keepRequests(mutation.mutations) : isIdle(settings);
}

function keepRequests({
  request_mutations: heads,
  query_parameter_mutations: queries,
  request_trailers_mutations: trailers,
}: Mutations = {}) {
  return !heads?.length && !queries?.length && !trailers?.length;
}

/** Of an RBAC filter of any kind: LOG lets everything pass, and so does DENY of nothing; ALLOW of nothing refuses all. Shadow rules only count. */
export function refusesNobody({ rules, matcher }: { readonly rules?: RBAC; readonly matcher?: unknown }): boolean {
  if (matcher) return false;
  return !rules || rules.action === "LOG" || (rules.action === "DENY" && Object.keys(rules.policies ?? {}).length === 0);
}

/** Code that does nothing: blank lines and comments of one line, as control planes write to have the filter at hand. */
function isComment(code: string | undefined): boolean {
  return code?.split("\n").every((line) => /^\s*(?:--(?!\[).*)?$/.test(line)) ?? false;
}

/** For Envoy's filters an unset share is none. */
function isNever(share: RuntimeFractionalPercent | undefined): boolean {
  return !share?.default_value?.numerator;
}
