import type { CircuitBreakers_Thresholds, Cluster } from "../decode/gen/types.ts";
import { note, punt, type Scope } from "./scope.ts";

/** Thresholds are not counted, but one of 0 is no count: it refuses everything. A diagnostic code then, or absent. */
export function resolveBreakers(scope: Scope, cluster: Cluster, path: string): string | undefined {
  const thresholds = cluster.circuit_breakers?.thresholds ?? [];
  const shut = thresholds.findIndex(isShut);
  if (shut >= 0) {
    return punt(
      scope,
      "KM2423",
      `${path}.circuit_breakers.thresholds[${shut}]`,
      "a threshold of 0 refuses requests or connections, of one protocol or all",
      "the cluster is left to a proxy",
    );
  }
  if (thresholds.length > 0) {
    const message = "connections and requests are not counted (4294967295, written for no limit, loses nothing)";
    note(scope, "KM2424", "circuit_breakers.thresholds", () => `${path}.circuit_breakers.thresholds`, message);
  }
  return undefined;
}

function isShut(limits: CircuitBreakers_Thresholds): boolean {
  const { max_connections: connections, max_pending_requests: pending, max_requests: requests, max_connection_pools: pools } = limits;
  return connections === 0 || pending === 0 || requests === 0 || pools === 0;
}
