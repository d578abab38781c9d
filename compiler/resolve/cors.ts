import type { CorsCorsPolicy } from "../decode/gen/types.ts";
import type { HirAction, HirFraction, HirHeaderMatch, HirRoute, HirStringMatch } from "../hir/index.ts";
import { compileString } from "../hir/interpret/match-string.ts";
import type { FilterName } from "./filter-names.ts";
import { fractionOf } from "./fraction.ts";
import { type Rule, resolveStringMatch } from "./matchers.ts";
import { headerIs, routeInFront } from "./route-in-front.ts";
import { punt, type Scope } from "./scope.ts";

/** What one place says; undefined: it leaves that to the next. */
export interface CorsPolicy {
  /** Share of the requests for which the filter is on. */
  readonly on: HirFraction;
  /** Preflight requests of other origins go on. */
  readonly forwards: boolean | undefined;
  readonly origins: readonly HirStringMatch[] | undefined;
  /** An origin can't be expressed. */
  readonly punt: string | undefined;
}

/** The policies of one CORS filter that apply to a route, the most specific first. */
export interface CorsSettings {
  readonly filter: FilterName;
  readonly policies: readonly CorsPolicy[];
}

export function resolveCorsPolicy(scope: Scope, policy: CorsCorsPolicy, path: string): CorsPolicy {
  const rule: Rule = { scope, punt: undefined };
  const origins = policy.allow_origin_string_match?.map((match, i) =>
    resolveStringMatch(rule, match, `${path}.allow_origin_string_match[${i}]`),
  );
  return {
    on: policy.filter_enabled ? fractionOf(policy.filter_enabled.default_value) : always,
    forwards: policy.forward_not_matching_preflights,
    origins: origins?.length ? origins : undefined,
    punt: rule.punt,
  };
}

/** What the CORS filter does with preflight requests to a route. */
export type Preflight =
  /** It answers those whose origin one of these takes; undefined: all that have an origin. */
  | { readonly kind: "answer"; readonly origins: readonly HirStringMatch[] | undefined }
  /** A diagnostic code. */
  | { readonly kind: "punt"; readonly why: string };

/**
 * Undefined: it lets all of them pass. Policies are put together as Envoy does: the most specific says whether the filter is on, and each
 * other setting is that of the first that has it.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/cors_filter
 */
export function resolvePreflight(scope: Scope, settings: readonly CorsSettings[], path: string): Preflight | undefined {
  const [cors, another] = settings.filter(({ policies }) => policies[0]!.on.numerator > 0);
  if (!cors) return undefined;
  const { filter, policies } = cors;
  const { numerator, denominator } = policies[0]!.on;
  if (another) return leftToProxy(scope, path, "a second CORS filter has settings for this route, too");
  if (numerator < denominator) return leftToProxy(scope, path, "the CORS filter answers a share of the requests");
  if (!filter.answersFirst)
    return leftToProxy(scope, path, "some HTTP chain lacks this CORS filter, has it off, or has a fault filter behind it");
  const forwards = policies.find((policy) => policy.forwards !== undefined)?.forwards ?? true;
  if (!forwards) return { kind: "answer", origins: undefined };
  const allowing = policies.find(({ origins }) => origins !== undefined);
  if (!allowing?.origins) return undefined;
  const { origins, punt: punted } = allowing;
  if (punted !== undefined) return { kind: "punt", why: punted };
  // In Envoy, who takes the text "*" takes every origin.
  return { kind: "answer", origins: origins.some((origin) => compileString(origin)("*")) ? undefined : origins };
}

const always: HirFraction = { numerator: 100, denominator: 100 };

/** The `cors` field of a route or virtual host, for whatever CORS filter has no settings of its own there. */
export function legacyPreflight(scope: Scope, path: string): Preflight {
  return leftToProxy(scope, path, "the deprecated field cors counts for CORS filters of any name");
}

function leftToProxy(scope: Scope, path: string, message: string): Preflight {
  return { kind: "punt", why: puntPreflight(scope, path, message) };
}

/** Says why preflight requests are left to a proxy; the code. */
export function puntPreflight(scope: Scope, path: string, message: string): string {
  return punt(scope, "KM2218", path, message, "preflight requests to this route are left to a proxy");
}

/** The routes that stand before `route`, for its preflight requests. */
export function preflightRoutes(route: HirRoute, preflight: Preflight | undefined): readonly HirRoute[] {
  // What can't be told to match is left to a proxy anyway.
  if (!preflight || route.punt !== undefined) return [];
  const origins = preflight.kind === "answer" ? preflight.origins : undefined;
  const action: HirAction = preflight.kind === "answer" ? { kind: "respond", status: 200, body: "" } : preflight;
  return (origins ?? [undefined]).map((origin, i) => {
    const headers = origin ? [...isPreflight, headerIs("origin", origin)] : isPreflight;
    return routeInFront(route, `preflight[${i}]`, headers, action);
  });
}

const isPreflight: readonly HirHeaderMatch[] = [
  headerIs(":method", { kind: "exact", value: "OPTIONS", ignoreCase: false }),
  isSet("origin"),
  isSet("access-control-request-method"),
];

/** It is there, and not empty. */
function isSet(name: string): HirHeaderMatch {
  return { name, invert: true, missingAsEmpty: true, value: { kind: "exact", value: "", ignoreCase: false } };
}
