/**
 * Does what Envoy did agree with the wanted Answer? Certain outcomes must agree each time, shares by a binomial test.
 */

import type { Answer } from "../../compiler/hir/decision.ts";
import type { Row } from "./fixture.ts";
import type { Outcome } from "./outcome.ts";

/** Chance of a false alarm per share. */
const alarm = 1e-9;

/** How many draws a row needs: two for a certain outcome, else the row's own number or enough for shares of some percent. */
export function drawsFor(row: Row): number {
  return row.draws ?? (isCertain(row) ? 2 : 400);
}

function isCertain(row: Row): boolean {
  const shares = [...(row.want.clusters ?? []), ...(row.want.endpoints ?? [])];
  return shares.every((share) => share.probability === 1);
}

/** A message for the first disagreement, or undefined. */
export function compareOutcomes(row: Row, drawn: readonly Outcome[]): string | undefined {
  const outcomes = drawn.map((outcome) => nameShare(row, outcome));
  for (const outcome of outcomes) {
    const wrong = compareOne(row, outcome);
    if (wrong !== undefined) return `${wrong}; Envoy: ${describe(outcome)}`;
  }
  const { clusters, endpoints } = row.want;
  if (clusters !== undefined) {
    const wrong = compareShares(
      "cluster",
      merge(clusters.map((share) => [share.name, share.probability])),
      outcomes.map((outcome) => outcome.cluster ?? "(none)"),
      outcomes.length,
      row.tolerance ?? 0,
    );
    if (wrong !== undefined) return wrong;
  }
  if (endpoints !== undefined) {
    const wrong = compareShares(
      "endpoint",
      merge(endpoints.map((share) => [share.address, share.probability])),
      outcomes.flatMap((outcome) => (outcome.endpoint === undefined ? [] : [outcome.endpoint])),
      outcomes.length,
      row.tolerance ?? 0,
    );
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Envoy's log does not name a cluster that it does not have: then the one share that ends this way is meant. */
function nameShare(row: Row, outcome: Outcome): Outcome {
  if (outcome.cluster !== undefined) return outcome;
  const shares = (row.want.clusters ?? []).filter(
    (share) => (share.verdict ?? row.want.verdict) === outcome.verdict && (share.why ?? row.want.why) === outcome.why,
  );
  const [share, ...others] = shares;
  return share === undefined || others.length > 0 ? outcome : { ...outcome, cluster: share.name };
}

/** Probabilities of equal names added up. */
export function merge(shares: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const [name, probability] of shares) sum.set(name, (sum.get(name) ?? 0) + probability);
  return sum;
}

function compareOne(row: Row, outcome: Outcome): string | undefined {
  const { want } = row;
  // A share that ends otherwise than the rest is stated with its cluster.
  const share = want.clusters?.find(
    (cluster) =>
      cluster.name === outcome.cluster && cluster.verdict !== undefined && cluster.verdict === sameVerdict(outcome, cluster.verdict),
  );
  const wanted = share ?? want;
  const mixed = want.clusters?.some((cluster) => cluster.verdict !== undefined) === true;
  if (sameVerdict(outcome, wanted.verdict) !== wanted.verdict) return `verdict: want ${wanted.verdict}`;
  if (wanted.why !== undefined && outcome.why !== undefined && wanted.verdict !== "redirect" && wanted.why !== outcome.why)
    return `why: want ${wanted.why}`;
  if (wanted.status !== undefined && wanted.status !== outcome.status) return `status: want ${wanted.status}`;
  if (mixed && share !== undefined) return undefined;
  // Rows hold text, the judge holds bytes.
  const body = want.body === undefined ? undefined : Buffer.from(want.body, "utf8").toString("latin1");
  if (body !== undefined && body !== (outcome.body ?? "")) return `body: want ${JSON.stringify(want.body)}`;
  for (const field of ["filter_chain", "route", "location"] as const) {
    if (want[field] !== undefined && want[field] !== (outcome[field] ?? "")) return `${field}: want ${JSON.stringify(want[field])}`;
  }
  return compareUpstream(row, outcome.upstream);
}

/** A redirect and a direct response look alike to a client, so the status and the location decide (which a redirect of CONNECT has not). */
function sameVerdict(outcome: Outcome, wanted: string | undefined): string {
  const redirects = outcome.location !== undefined || [301, 302, 303, 307, 308].includes(outcome.status ?? 0);
  return wanted === "redirect" && outcome.verdict === "respond" && redirects ? "redirect" : outcome.verdict;
}

/** What the upstream saw: the wanted fields, the wanted headers name by name with their values in order, and none of `upstream_without`. */
export function compareUpstream(row: Pick<Row, "want" | "upstream_without">, got: Answer["upstream"]): string | undefined {
  const want = row.want.upstream;
  const headers = (name: string) => (got?.headers ?? []).filter(([key]) => key === name).map(([, value]) => value);
  for (const name of row.upstream_without ?? []) {
    if (got === undefined || headers(name).length > 0) return `upstream: must not see ${name}`;
  }
  if (want === undefined) return undefined;
  for (const field of ["path", "authority", "method"] as const) {
    if (want[field] !== undefined && want[field] !== got?.[field]) return `upstream ${field}: want ${JSON.stringify(want[field])}`;
  }
  const names = new Set((want.headers ?? []).map(([name]) => name));
  for (const name of names) {
    const wanted = (want.headers ?? []).filter(([key]) => key === name).map(([, value]) => value);
    if (JSON.stringify(wanted) !== JSON.stringify(headers(name))) return `upstream header ${name}: want ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

/** Each drawn name must be wanted, and no count may be so far out that chance explains it less often than `alarm`. */
export function compareShares(
  what: string,
  wanted: ReadonlyMap<string, number>,
  drawn: readonly string[],
  total: number,
  tolerance: number,
): string | undefined {
  const counts = new Map<string, number>();
  for (const name of drawn) counts.set(name, (counts.get(name) ?? 0) + 1);
  const table = () =>
    [...new Set([...wanted.keys(), ...counts.keys()])]
      .sort()
      .map((name) => `${name}: want ${((wanted.get(name) ?? 0) * total).toFixed(1)} got ${counts.get(name) ?? 0}`)
      .join(", ");
  for (const [name, count] of counts) {
    if ((wanted.get(name) ?? 0) === 0) return `${what} ${name} is not wanted (${count} of ${total} draws; ${table()})`;
  }
  for (const [name, probability] of wanted) {
    const count = counts.get(name) ?? 0;
    const low = Math.max(0, probability - tolerance);
    const high = Math.min(1, probability + tolerance);
    if (upperTail(count, total, high) < alarm || upperTail(total - count, total, 1 - low) < alarm) {
      return `${what} shares of ${total} draws: ${table()}`;
    }
  }
  return undefined;
}

/** Chernoff's bound on P(X >= count) for X ~ Binomial(total, p): never below the true tail, so no alarm is false. */
function upperTail(count: number, total: number, p: number): number {
  const share = count / total;
  if (share <= p) return 1;
  if (p <= 0) return 0;
  const divergence = share * Math.log(share / p) + (share >= 1 ? 0 : (1 - share) * Math.log((1 - share) / (1 - p)));
  return Math.exp(-total * divergence);
}

/** An outcome in one line. */
export function describe(outcome: Outcome): string {
  const { said, upstream, ...rest } = outcome;
  const saw = upstream === undefined ? {} : { upstream: { path: upstream.path, authority: upstream.authority, headers: upstream.headers } };
  return `${JSON.stringify({ ...rest, ...saw })} (${said})`;
}
