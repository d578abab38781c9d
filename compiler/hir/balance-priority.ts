import type { HirCluster, HirEndpoint, HirLocality } from "./model.ts";

/** How much of all picks one priority gets, in whole percent; the sum over all priorities is 100. */
export interface PriorityLoad {
  readonly healthy: number;
  readonly degraded: number;
  /** All its endpoints are used, whatever their health. */
  readonly panic: boolean;
}

/** Endpoints (or their weight) by health. DRAINING ones are in `all` only: they are in no denominator. */
export interface Health {
  readonly healthy: number;
  readonly degraded: number;
  /** The denominator: all but DRAINING. */
  readonly counted: number;
  readonly all: number;
}

export function healthOf(endpoints: Iterable<HirEndpoint>, byWeight = false): Health {
  const sums = { healthy: 0, degraded: 0, counted: 0, all: 0 };
  for (const { health, weight } of endpoints) {
    const n = byWeight ? weight : 1;
    sums.all += n;
    if (health !== "draining") sums.counted += n;
    if (health === "healthy" || health === "degraded") sums[health] += n;
  }
  return sums;
}

function endpointsOf(localities: readonly HirLocality[]): readonly HirEndpoint[] {
  return localities.flatMap(({ endpoints }) => [...endpoints]);
}

/** The load of each priority. Source: Envoy, "Priority levels", "Degraded endpoints", "Panic threshold". */
export function loadOf(cluster: HirCluster): readonly PriorityLoad[] {
  const counts = cluster.priorities.map((localities) => healthOf(endpointsOf(localities)));
  const available = counts.map((count, i) => {
    const by = cluster.weightedPriorityHealth ? healthOf(endpointsOf(cluster.priorities[i]!), true) : count;
    const percent = (n: number) => (by.counted === 0 ? 0 : Math.min(100, Math.floor((cluster.overprovisioning * n) / by.counted)));
    return { healthy: percent(by.healthy), degraded: percent(by.degraded) };
  });
  const total = Math.min(
    100,
    available.reduce((n, a) => n + a.healthy + a.degraded, 0),
  );
  const { panicThreshold } = cluster;
  const panics = counts.map(
    (c) => total < 100 && panicThreshold > 0 && (c.counted === 0 || 100 * (c.healthy + c.degraded) < panicThreshold * c.counted),
  );
  if (counts.length > 0 && panics.every(Boolean)) return totalPanic(counts);
  // Nothing is available and panic is switched off: the first priority gets everything, and has no one to give it to.
  if (total === 0) return counts.map((_, i) => ({ healthy: i === 0 ? 100 : 0, degraded: 0, panic: false }));
  return distribute(available, total).map((load, i) => ({ ...load, panic: panics[i]! }));
}

/** Healthy first, then degraded; what integer division leaves goes to the first available priority. */
function distribute(available: readonly { readonly healthy: number; readonly degraded: number }[], total: number) {
  let left = 100;
  const take = (percent: number) => {
    const got = Math.min(left, Math.floor((percent * 100) / total));
    left -= got;
    return got;
  };
  const healthy = available.map((a) => take(a.healthy));
  const degraded = available.map((a) => take(a.degraded));
  if (left > 0) {
    const first = available.findIndex((a) => a.healthy > 0);
    if (first >= 0) healthy[first]! += left;
    else degraded[available.findIndex((a) => a.degraded > 0)]! += left;
  }
  return healthy.map((h, i) => ({ healthy: h, degraded: degraded[i]! }));
}

/** Every priority in panic: by number of endpoints, DRAINING ones too. */
function totalPanic(counts: readonly Health[]): readonly PriorityLoad[] {
  const hosts = counts.reduce((n, c) => n + c.all, 0);
  if (hosts === 0) return counts.map((_, i) => ({ healthy: i === 0 ? 100 : 0, degraded: 0, panic: true }));
  const loads = counts.map((c) => Math.floor((100 * c.all) / hosts));
  loads[counts.findIndex((c) => c.all > 0)]! += 100 - loads.reduce((a, b) => a + b, 0);
  return loads.map((load) => ({ healthy: load, degraded: 0, panic: true }));
}
