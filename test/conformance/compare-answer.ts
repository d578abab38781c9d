/**
 * Does an Answer of ours agree with the wanted one? As compare.ts asks Envoy's outcomes, but shares are known, not drawn.
 */
import type { Answer } from "../../compiler/hir/decision.ts";
import { compareUpstream, merge } from "./compare.ts";
import type { Row } from "./fixture.ts";

/** Fixtures write shares with nine digits. */
const epsilon = 1e-6;

const plainFields = ["verdict", "why", "listener", "filter_chain", "virtual_host", "route", "status", "xds_path", "tier"] as const;

/** May be absent, which is the same as empty. */
const texts = ["location", "body"] as const;

/** A message for the first field of `row.want` that `answer` has otherwise, or undefined. */
export function compareAnswer(row: Pick<Row, "want" | "tolerance" | "upstream_without">, answer: Answer): string | undefined {
  const { want } = row;
  for (const field of plainFields) {
    if (want[field] !== undefined && want[field] !== answer[field])
      return `${field}: want ${JSON.stringify(want[field])}, got ${JSON.stringify(answer[field])}`;
  }
  for (const field of texts) {
    const got = answer[field] ?? "";
    if (want[field] !== undefined && want[field] !== got)
      return `${field}: want ${JSON.stringify(want[field])}, got ${JSON.stringify(got)}`;
  }
  const tolerance = Math.max(epsilon, row.tolerance ?? 0);
  return (
    compareShares("clusters", clusterShares(want), clusterShares(answer), tolerance) ??
    compareShares("endpoints", endpointShares(want), endpointShares(answer), tolerance) ??
    compareUpstream(row, answer.upstream)
  );
}

type Shares = ReadonlyMap<string, number>;

/** By name and how the share ends; undefined where the answer names none. */
function clusterShares({ clusters }: Partial<Answer>): Shares | undefined {
  return clusters && merge(clusters.map(({ probability, ...share }) => [JSON.stringify(share, Object.keys(share).sort()), probability]));
}

function endpointShares({ endpoints }: Partial<Answer>): Shares | undefined {
  return endpoints && merge(endpoints.map(({ address, cluster, probability }) => [`${address} of ${cluster}`, probability]));
}

function compareShares(what: string, want: Shares | undefined, got: Shares | undefined, tolerance: number): string | undefined {
  if (!want) return undefined;
  for (const name of new Set([...want.keys(), ...(got?.keys() ?? [])])) {
    const [wanted, found] = [want.get(name) ?? 0, got?.get(name) ?? 0];
    if (Math.abs(wanted - found) > tolerance) return `${what}: want ${wanted} for ${name}, got ${found}`;
  }
  return undefined;
}
