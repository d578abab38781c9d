/** Random HTTP filters in front of the router, and settings of a route, virtual host, table or weighted cluster for them. */
import type { JsonObject } from "../json-fields.ts";
import type { Dice } from "./dice.ts";
import { randomFraction, randomHeader, randomString } from "./matches.ts";

const prefix = "type.googleapis.com/";
const http = `${prefix}envoy.extensions.filters.http`;
const filterConfig = `${prefix}envoy.config.route.v3.FilterConfig`;

/** None in most chains. */
export function randomFilters(dice: Dice): JsonObject[] {
  const cors = dice.chance(0.2) ? [{ name: "cors", typed_config: { "@type": `${http}.cors.v3.Cors` }, ...switchedOff(dice) }] : [];
  const isFirst = dice.chance(0.2);
  return [
    ...(isFirst ? cors : []),
    ...(dice.chance(0.2) ? [{ name: "fault", typed_config: randomFault(dice), ...switchedOff(dice) }] : []),
    ...(isFirst ? [] : cors),
    ...(dice.chance(0.08) ? [{ name: "rbac", typed_config: randomRbac(dice), ...switchedOff(dice) }] : []),
    ...(dice.chance(0.08) ? [{ name: "mutation", typed_config: randomMutation(dice, "HeaderMutation"), ...switchedOff(dice) }] : []),
    ...(dice.chance(0.04) ? [{ name: "lua", typed_config: randomLua(dice), ...switchedOff(dice) }] : []),
    ...(dice.chance(0.04) ? [{ name: "stats", typed_config: { "@type": `${http}.grpc_stats.v3.FilterConfig` } }] : []),
  ];
}

function switchedOff(dice: Dice): JsonObject {
  return dice.maybe(0.25, () => ({ disabled: true }));
}

/** Rules that refuse nothing, or none at all: others leave the chain to a proxy. */
function randomRbac(dice: Dice): JsonObject {
  const all = { permissions: [{ any: true }], principals: [{ any: true }] };
  return {
    "@type": `${http}.rbac.v3.RBAC`,
    ...dice.maybe(0.5, () => ({ shadow_rules: { action: "DENY", policies: { all } } })),
    ...dice.maybe(0.1, () => ({
      rules: { action: dice.pick(["ALLOW", "DENY", "LOG"]), ...dice.maybe(0.7, () => ({ policies: { all } })) },
    })),
  };
}

/** Without code it waits for a route's own. */
function randomLua(dice: Dice): JsonObject {
  const code = "function envoy_on_request(handle) end";
  return {
    "@type": `${http}.lua.v3.Lua`,
    ...dice.maybe(0.2, () => (dice.chance(0.5) ? { inline_code: code } : { default_source_code: { inline_string: code } })),
  };
}

/** Of responses: of requests it leaves what it concerns to a proxy. */
function randomMutation(dice: Dice, message: string): JsonObject {
  const mutations = [{ append: { header: { key: "x-m", value: "1" } } }];
  const which = dice.chance(0.8) ? { response_mutations: mutations } : { request_mutations: mutations };
  return { "@type": `${http}.header_mutation.v3.${message}`, mutations: dice.chance(0.3) ? {} : which };
}

/** A fault filter's configuration, or a route's settings of one. */
function randomFault(dice: Dice): JsonObject {
  return {
    "@type": `${http}.fault.v3.HTTPFault`,
    ...dice.maybe(0.85, () => ({
      abort: {
        ...(dice.chance(0.85) ? { http_status: dice.pick([418, 503, 200, 404, 204, 301]) } : { grpc_status: dice.pick([14, 0, 5]) }),
        ...dice.maybe(0.9, () => ({ percentage: randomFraction(dice) })),
      },
    })),
    ...dice.maybe(0.1, () => ({ delay: { fixed_delay: "0.001s", percentage: randomFraction(dice) } })),
    ...dice.maybe(0.3, () => ({ headers: dice.list(1, 2, () => randomHeader(dice)) })),
    ...dice.maybe(0.1, () => ({ max_active_faults: dice.pick([0, 1_000_000]) })),
  };
}

function randomCors(dice: Dice): JsonObject {
  return {
    "@type": `${http}.cors.v3.CorsPolicy`,
    ...dice.maybe(0.8, () => ({
      allow_origin_string_match: dice.list(1, 2, () => (dice.chance(0.1) ? { exact: "*" } : randomString(dice))),
    })),
    ...dice.maybe(0.3, () => ({ filter_enabled: { default_value: randomFraction(dice) } })),
    ...dice.maybe(0.2, () => ({ forward_not_matching_preflights: dice.chance(0.5) })),
  };
}

/** typed_per_filter_config, with this probability. */
export function randomFilterSettings(dice: Dice, probability: number): JsonObject {
  return dice.maybe(probability, () => {
    const settings: JsonObject = {};
    if (dice.chance(0.8)) settings["fault"] = faultSettings(dice);
    if (dice.chance(0.3)) settings["cors"] = wrapped(dice, randomCors(dice));
    if (dice.chance(0.15)) settings["rbac"] = wrapped(dice, { "@type": `${http}.rbac.v3.RBACPerRoute` });
    if (dice.chance(0.15)) settings["mutation"] = wrapped(dice, randomMutation(dice, "HeaderMutationPerRoute"));
    if (dice.chance(0.1)) settings["elsewhere"] = wrapped(dice, randomFault(dice));
    return { typed_per_filter_config: settings };
  });
}

function faultSettings(dice: Dice): JsonObject {
  if (dice.chance(0.2)) return { "@type": filterConfig, disabled: true };
  return wrapped(dice, randomFault(dice));
}

function wrapped(dice: Dice, config: JsonObject): JsonObject {
  if (!dice.chance(0.35)) return config;
  return {
    "@type": filterConfig,
    config: dice.chance(0.25) ? {} : config,
    ...dice.maybe(0.3, () => ({ is_optional: true })),
    ...dice.maybe(0.15, () => ({ disabled: dice.chance(0.5) })),
  };
}
