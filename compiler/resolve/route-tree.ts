import type { Matcher, Matcher_MatcherList_Predicate, Matcher_OnMatch, Route } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import { isForeign } from "./network-filters.ts";
import { refuse, type Scope } from "./scope.ts";

/** A route in a tree, where it stands. */
export type PlacedRoute = readonly [path: string, route: Route];

/**
 * The routes in the generic matcher of a virtual host. The tree is left to a proxy; what Envoy refuses of the tree itself is refused, with
 * `path` for where it stands.
 */
export function routesInTree(scope: Scope, tree: Matcher, path: string): readonly PlacedRoute[] {
  const routes: PlacedRoute[] = [];
  walk(scope, tree, path, routes);
  return routes;
}

function walk(scope: Scope, tree: Matcher, path: string, routes: PlacedRoute[]): void {
  const meet = (found: Matcher_OnMatch | undefined, at: string) => found && walkMatch(scope, found, at, routes);
  for (const [i, { predicate, on_match }] of (tree.matcher_list?.matchers ?? []).entries()) {
    const at = `${path}.matcher_list.matchers[${i}]`;
    checkPredicate(scope, predicate, `${at}.predicate`);
    meet(on_match, `${at}.on_match`);
  }
  const { input, ...maps } = tree.matcher_tree ?? {};
  checkInput(scope, input?.typed_config?.any, `${path}.matcher_tree.input`);
  for (const kind of ["exact_match_map", "prefix_match_map"] as const) {
    for (const [key, found] of Object.entries(maps[kind]?.map ?? {}))
      meet(found, `${path}.matcher_tree.${kind}.map[${JSON.stringify(key)}]`);
  }
  meet(tree.on_no_match, `${path}.on_no_match`);
}

function walkMatch(scope: Scope, { matcher, action, keep_matching: keeps }: Matcher_OnMatch, path: string, routes: PlacedRoute[]): void {
  if (keeps) refuse(scope, "KM2334", `${path}.keep_matching`, "a route is chosen by the first match", "leave it out");
  if (matcher) walk(scope, matcher, `${path}.matcher`, routes);
  if (!action) return;
  const at = `${path}.action.typed_config`;
  const route = messageIn(action.typed_config, "envoy.config.route.v3.Route");
  const list = messageIn(action.typed_config, "envoy.config.route.v3.RouteList");
  if (route) routes.push([at, route]);
  for (const [i, one] of (list?.routes ?? []).entries()) routes.push([`${at}.routes[${i}]`, one]);
  if (!route && !list) refuse(scope, "KM2334", at, `${action.typed_config?.any} is no route`, "name a Route or a RouteList");
}

function checkPredicate(scope: Scope, predicate: Matcher_MatcherList_Predicate | undefined, path: string): void {
  if (!predicate) return;
  const { input, custom_match: custom } = predicate.single_predicate ?? {};
  checkInput(scope, input?.typed_config?.any, `${path}.single_predicate.input`);
  if (isUnknown(custom?.typed_config?.any))
    refuse(
      scope,
      "KM2334",
      `${path}.single_predicate.custom_match`,
      `Envoy has no matcher ${custom?.typed_config?.any}`,
      "match by value_match",
    );
  checkPredicate(scope, predicate.not_matcher, `${path}.not_matcher`);
  for (const kind of ["or_matcher", "and_matcher"] as const) {
    for (const [i, one] of (predicate[kind]?.predicate ?? []).entries()) checkPredicate(scope, one, `${path}.${kind}.predicate[${i}]`);
  }
}

const httpInputs = "envoy.type.matcher.v3.";
const networkInputs = "envoy.extensions.matching.common_inputs.network.v3.";
const usable: ReadonlySet<string> = new Set([`${httpInputs}HttpRequestHeaderMatchInput`, `${networkInputs}FilterStateInput`]);

/** Of the inputs that Envoy has for requests and connections a table takes two. */
function checkInput(scope: Scope, type: string | undefined, path: string): void {
  if (type === undefined || usable.has(type)) return;
  if (!isUnknown(type) && !type.startsWith(httpInputs) && !type.startsWith(networkInputs)) return;
  refuse(scope, "KM2334", path, `${type} is no input that a route can be chosen by`, "match on a header of the request");
}

/** Matchers and inputs of xDS itself are Envoy's, too. */
function isUnknown(type: string | undefined): boolean {
  return type !== undefined && isForeign(type) && !type.startsWith("xds.");
}
