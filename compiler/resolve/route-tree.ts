import type { Matcher, Matcher_OnMatch, Route } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import { checkTree } from "./match-tree.ts";
import { refuse, type Scope } from "./scope.ts";

/** A route in a tree, where it stands. */
export type PlacedRoute = readonly [path: string, route: Route];

/** Of the inputs that Envoy has for requests and connections a table takes two. */
const inputs: ReadonlySet<string> = new Set([
  "envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
  "envoy.extensions.matching.common_inputs.network.v3.FilterStateInput",
]);

/** The routes in the generic matcher of a virtual host, with `path` for where it stands. */
export function routesInTree(scope: Scope, tree: Matcher, path: string): readonly PlacedRoute[] {
  const routes: PlacedRoute[] = [];
  const meet = ({ action, keep_matching: keeps }: Matcher_OnMatch, at: string): void => {
    if (keeps) refuse(scope, "KM2334", `${at}.keep_matching`, "a route is chosen by the first match", "leave it out");
    if (action) readAction(scope, action, `${at}.action.typed_config`, routes);
  };
  checkTree(scope, tree, path, {
    code: "KM2334",
    hasInput: (type) => inputs.has(type),
    finds: "a route",
    instead: "match on HttpRequestHeaderMatchInput",
    meet,
  });
  return routes;
}

function readAction(
  scope: Scope,
  { typed_config: config }: NonNullable<Matcher_OnMatch["action"]>,
  at: string,
  routes: PlacedRoute[],
): void {
  const route = messageIn(config, "envoy.config.route.v3.Route");
  const list = messageIn(config, "envoy.config.route.v3.RouteList");
  if (route) routes.push([at, route]);
  for (const [i, one] of (list?.routes ?? []).entries()) routes.push([`${at}.routes[${i}]`, one]);
  if (!route && !list) refuse(scope, "KM2334", at, `${config?.any} is no route`, "name a Route or a RouteList");
}
