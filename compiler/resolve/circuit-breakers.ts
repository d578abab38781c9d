import type { CircuitBreakers_Thresholds, Cluster, RouteAction } from "../decode/gen/types.ts";
import type { HirCluster, HirTarget } from "../hir/index.ts";
import { note, punt, type Scope } from "./scope.ts";
import type { TableScope } from "./table-scope.ts";

/** Thresholds are not counted, but one of 0 is no count: it refuses everything. */
export function resolveBreakers(scope: Scope, cluster: Cluster, path: string): Pick<HirCluster, "punt" | "shutForHigh"> {
  const thresholds = cluster.circuit_breakers?.thresholds ?? [];
  // The first of a priority counts. Most traffic has priority DEFAULT, that of TCP always.
  const usual = thresholds.findIndex(({ priority = "DEFAULT" }) => priority === "DEFAULT");
  if (usual >= 0 && (thresholds[usual]!.max_connections === 0 || isShutForRequests(thresholds[usual]!))) {
    const why = punt(
      scope,
      "KM2423",
      `${path}.circuit_breakers.thresholds[${usual}]`,
      "a threshold of 0 refuses requests or connections, of one protocol or all",
      "the cluster is left to a proxy",
    );
    return { punt: why };
  }
  if (thresholds.length > 0) {
    const message = "connections and requests are not counted (4294967295, written for no limit, loses nothing)";
    note(scope, "KM2424", "circuit_breakers.thresholds", () => `${path}.circuit_breakers.thresholds`, message);
  }
  const high = thresholds.find(({ priority }) => priority === "HIGH");
  return high && isShutForRequests(high) ? { shutForHigh: true } : {};
}

/** A request has the one connection that it needs even where max_connections is 0. */
function isShutForRequests({
  max_pending_requests: pending,
  max_requests: requests,
  max_connection_pools: pools,
}: CircuitBreakers_Thresholds) {
  return pending === 0 || requests === 0 || pools === 0;
}

/** Requests of priority HIGH that may come to a cluster which refuses these are left to a proxy: a diagnostic code then, or absent. */
export function puntShutTarget(
  { scope, facts }: TableScope,
  { priority }: RouteAction,
  target: HirTarget,
  path: string,
): string | undefined {
  if (priority !== "HIGH") return undefined;
  const entries = target.kind === "weighted" ? target.entries.filter(({ weight }) => weight > 0) : [{ target }];
  const isShut = ({ target: one }: (typeof entries)[number]): boolean =>
    one.kind === "cluster" ? facts.isShutForHigh(one.cluster) : facts.isShutForHigh(undefined);
  if (!entries.some(isShut)) return undefined;
  const message = "the priority is HIGH, for which a threshold of 0 refuses requests to a cluster of this route";
  return punt(scope, "KM2335", `${path}.priority`, message, "requests of this route are left to a proxy");
}
