import type { RouteAction_UpgradeConfig } from "../decode/gen/types.ts";
import type { HirRoute } from "../hir/index.ts";
import { headerIs, puntInFront } from "./route-in-front.ts";
import { punt, refuse, type Scope } from "./scope.ts";

/** Each type once, compared without case: of a connection manager, or of a route. */
export function checkUpgrades(scope: Scope, upgrades: readonly { readonly upgrade_type?: string }[], path: string): void {
  const types = upgrades.map(({ upgrade_type: type = "" }) => type.toLowerCase());
  const twice = types.findIndex((type, i) => types.indexOf(type) < i);
  if (twice < 0) return;
  const message = `a second upgrade_type ${JSON.stringify(types[twice])}`;
  refuse(scope, "KM2213", `${path}.upgrade_configs[${twice}]`, message, "keep one of them");
}

/**
 * The routes that stand before `route`, for requests that ask for an upgrade which the route itself allows or forbids: of these, websocket and
 * CONNECT are decided with the route, others are left to a proxy.
 */
export function upgradeRoutes(
  scope: Scope,
  route: HirRoute,
  upgrades: readonly RouteAction_UpgradeConfig[],
  path: string,
): readonly HirRoute[] {
  // What can't be told to match is left to a proxy anyway.
  if (route.punt !== undefined) return [];
  return upgrades.flatMap(({ upgrade_type: type = "" }, i) => {
    if (["websocket", "connect"].includes(type.toLowerCase())) return [];
    const message = `requests that upgrade to ${JSON.stringify(type)}, which this route allows or forbids, are left to a proxy`;
    const why = punt(
      scope,
      "KM2327",
      `${path}.upgrade_configs[${i}].upgrade_type`,
      message,
      "name the upgrade in the connection manager's upgrade_configs",
    );
    return [puntInFront(route, `upgrade[${i}]`, headerIs("upgrade", { kind: "exact", value: type, ignoreCase: true }), why)];
  });
}
