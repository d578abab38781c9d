import { balancePlain } from "./balance-plain.ts";
import { healthOf, loadOf, type PriorityLoad } from "./balance-priority.ts";
import { type Fraction, sumOf, toIntegers } from "./balance-weights.ts";
import type { HirCluster, HirEndpoint, HirLocality } from "./model.ts";

/** What one pick in a cluster gives, over all draws. Plain data, made from a HirCluster alone. */
export interface HirBalance {
  /** `no_endpoint`: no pick finds one (503 or close). An ORIGINAL_DST cluster is `ok` without shares: it goes where the client went. */
  readonly outcome: "ok" | "no_endpoint";
  /** Endpoints that are picked at all, in the order of priority, locality, endpoint. */
  readonly shares: readonly HirShare[];
  /** Sum of `weight` and `noEndpointWeight`. At most 2^53. */
  readonly totalWeight: number;
  /** The part of `totalWeight` whose picks find no endpoint (a priority in panic under fail_traffic_on_panic). Mostly 0. */
  readonly noEndpointWeight: number;
  /** Probability, 0 to 1, that drop_overloads answers 503 before a pick. Not part of the shares. */
  readonly drop: number;
}

export interface HirShare {
  readonly endpoint: HirEndpoint;
  /** Where it is: `cluster.priorities[priority][locality].endpoints[index]`. */
  readonly priority: number;
  readonly locality: number;
  readonly index: number;
  /** 0 < p <= 1 of the picks that are not dropped, a double. */
  readonly probability: number;
  /** weight / totalWeight is the probability; exact unless the common denominator would pass 2^53, then the nearest multiple of 2^-52. */
  readonly weight: number;
}

/**
 * The distribution of a cluster's picks over its endpoints, as Envoy's load balancers give it to idle endpoints: priority loads in whole
 * percent (availability is floored, then scaled to 100, the rest to the first available priority), panic, localities, endpoint weights.
 *
 * RANDOM ignores endpoint weights. LEAST_REQUEST is by weight, as it is between idle endpoints. RING_HASH and MAGLEV take healthy
 * endpoints only (no degraded ones), multiply locality weight and endpoint share without the locality's health, and their real tables
 * deviate a few percent. Source: Envoy's load balancing documentation; measured against Envoy 1.40.
 */
export function balance(cluster: HirCluster): HirBalance {
  const drop = cluster.drop ? Math.min(1, cluster.drop.numerator / cluster.drop.denominator) : 0;
  if (cluster.discovery === "original_dst") return { outcome: "ok", shares: [], totalWeight: 0, noEndpointWeight: 0, drop };
  const simple = balancePlain(cluster, drop);
  if (simple) return simple;
  const picks: Pick[] = [];
  let missing: Fraction = { numerator: 0n, denominator: 1n };
  for (const [priority, load] of loadOf(cluster).entries()) {
    for (const part of partsOf(cluster, load)) {
      const found = pickIn(cluster, priority, part, load);
      if (found.length === 0) missing = sumOf(missing, { numerator: BigInt(part.percent), denominator: 100n });
      picks.push(...found);
    }
  }
  picks.sort((a, b) => a.priority - b.priority || a.locality - b.locality || a.index - b.index);
  const { weights, total } = toIntegers([...picks.map((p) => p.share), missing]);
  const shares = picks.map(({ endpoint, priority, locality, index, share }, i) => ({
    endpoint,
    priority,
    locality,
    index,
    probability: probabilityOf(share, weights[i]!, total),
    weight: weights[i]!,
  }));
  const noEndpointWeight = weights[picks.length]!;
  return { outcome: shares.length > 0 ? "ok" : "no_endpoint", shares, totalWeight: total, noEndpointWeight, drop };
}

/** Whether every pick of an endpoint fails: there is no connection to it, or to port 0 of whatever its host name stands for. */
export function isDead({ address }: HirEndpoint): boolean {
  return address.kind === "dead" || (address.kind === "host" && address.port === 0);
}

interface Pick {
  readonly endpoint: HirEndpoint;
  readonly priority: number;
  readonly locality: number;
  readonly index: number;
  readonly share: Fraction;
}

/** A share of all picks, in percent, that goes to some kind of endpoints of one priority. */
interface Part {
  readonly percent: number;
  readonly source: "all" | "healthy" | "degraded" | "nobody";
}

const hashes: ReadonlySet<HirCluster["lb"]> = new Set(["ring_hash", "maglev"]);

function partsOf(cluster: HirCluster, load: PriorityLoad): readonly Part[] {
  const whole = load.healthy + load.degraded;
  const parts: Part[] = hashes.has(cluster.lb)
    ? [{ percent: whole, source: load.panic ? "all" : "healthy" }]
    : load.panic
      ? [{ percent: whole, source: cluster.failTrafficOnPanic ? "nobody" : "all" }]
      : [
          { percent: load.healthy, source: "healthy" },
          { percent: load.degraded, source: "degraded" },
        ];
  return parts.filter((part) => part.percent > 0);
}

function pickIn(cluster: HirCluster, priority: number, part: Part, load: PriorityLoad): readonly Pick[] {
  const localities = cluster.priorities[priority] ?? [];
  const factors = localityFactors(cluster, localities, part, load);
  const byWeight = cluster.lb !== "random";
  const picks: Pick[] = [];
  if (!factors) {
    let total = 0;
    const chosen: { readonly endpoint: HirEndpoint; readonly locality: number; readonly index: number }[] = [];
    for (const [locality, { endpoints }] of localities.entries()) {
      for (const [index, endpoint] of [...endpoints].entries()) {
        if (!takes(part.source, endpoint)) continue;
        chosen.push({ endpoint, locality, index });
        total += byWeight ? endpoint.weight : 1;
      }
    }
    for (const one of chosen) picks.push({ ...one, priority, share: shareOf(part.percent, one.endpoint, total, byWeight) });
    return picks;
  }
  const sum = factors.reduce(sumOf, { numerator: 0n, denominator: 1n });
  for (const [locality, { endpoints }] of localities.entries()) {
    const factor = factors[locality]!;
    if (factor.numerator === 0n) continue;
    const all = [...endpoints];
    const total = all.reduce((n, e) => n + (takes(part.source, e) ? (byWeight ? e.weight : 1) : 0), 0);
    for (const [index, endpoint] of all.entries()) {
      if (!takes(part.source, endpoint)) continue;
      const share = shareOf(part.percent, endpoint, total, byWeight);
      const scaled: Fraction = {
        numerator: share.numerator * factor.numerator * sum.denominator,
        denominator: share.denominator * factor.denominator * sum.numerator,
      };
      picks.push({ endpoint, priority, locality, index, share: scaled });
    }
  }
  return picks;
}

function shareOf(percent: number, endpoint: HirEndpoint, total: number, byWeight: boolean): Fraction {
  return { numerator: BigInt(percent) * BigInt(byWeight ? endpoint.weight : 1), denominator: 100n * BigInt(total) };
}

function takes(source: Part["source"], endpoint: HirEndpoint): boolean {
  return source === "all" || endpoint.health === source;
}

/** Each locality's factor, or undefined where the priority is one pool. */
function localityFactors(
  cluster: HirCluster,
  localities: readonly HirLocality[],
  part: Part,
  load: PriorityLoad,
): readonly Fraction[] | undefined {
  if (!cluster.localityWeighted) return undefined;
  if (hashes.has(cluster.lb)) {
    // The table is built from localities by plain weight, panic or not; without any weight it stays empty.
    return localities.map(({ weight, endpoints }) => {
      const some = [...endpoints].some((e) => takes(part.source, e));
      return { numerator: some ? BigInt(weight ?? 0) : 0n, denominator: 1n };
    });
  }
  if (load.panic) return undefined;
  const factors = localities.map(({ weight, endpoints }): Fraction => {
    const { healthy, degraded, counted } = healthOf(endpoints);
    const eligible = part.source === "degraded" ? degraded : healthy;
    if (!weight || counted === 0) return { numerator: 0n, denominator: 1n };
    const ratio = Math.min(100 * counted, cluster.overprovisioning * eligible);
    return { numerator: BigInt(weight) * BigInt(ratio), denominator: 100n * BigInt(counted) };
  });
  return factors.some((f) => f.numerator > 0n) ? factors : undefined;
}

function probabilityOf(share: Fraction, weight: number, total: number): number {
  const { numerator, denominator } = share;
  return numerator <= limit && denominator <= limit ? Number(numerator) / Number(denominator) : weight / total;
}

const limit = BigInt(Number.MAX_SAFE_INTEGER);
