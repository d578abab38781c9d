import { assertNever } from "../../diag/index.ts";
import { wireText } from "../bytes.ts";
import { type Condition, probabilityOf, weighDraw } from "../draw.ts";
import type { HirTarget, HirWeighted } from "../model.ts";
import type { HttpRequest } from "./request.ts";

/** One way that a target may go. */
export interface ClusterShare {
  readonly probability: number;
  /** The name as the wire writes it (wireText); "" when a cluster_header is missing. Not necessarily a cluster that exists. */
  readonly cluster: string;
  /** `path` of the entry that was drawn. */
  readonly weighted?: string;
}

/** `request` is absent for a TCP connection; entries of weight 0 give no share. */
export function chooseCluster(target: HirTarget, condition: Condition, request?: HttpRequest): readonly ClusterShare[] {
  switch (target.kind) {
    case "cluster":
      return [{ probability: probabilityOf(condition), cluster: wireText(target.cluster) }];
    case "cluster_header":
      return [{ probability: probabilityOf(condition), cluster: clusterOfHeader(target.header, request) }];
    case "weighted": {
      const named = target.headerName === undefined ? undefined : entryByHeader(target.entries, target.headerName, request);
      const share = (entry: HirWeighted, probability: number): ClusterShare => ({
        probability,
        cluster: entry.target.kind === "cluster" ? wireText(entry.target.cluster) : clusterOfHeader(entry.target.header, request),
        weighted: entry.path,
      });
      if (named) return [share(named, probabilityOf(condition))];
      const chances = weighDraw(
        condition,
        target.entries.map((entry) => entry.weight),
      );
      return target.entries.flatMap((entry, i) => (chances[i]! > 0 ? [share(entry, chances[i]!)] : []));
    }
    default:
      return assertNever(target);
  }
}

/** The first line of the header names the cluster, as it is. */
export function clusterOfHeader(header: string, request: HttpRequest | undefined): string {
  return request?.values(header)[0] ?? "";
}

const uint64 = 1n << 64n;

/** The header's number modulo the sum picks along the cumulative weights. Absent: it is no number, or not one line; a draw decides. */
function entryByHeader(entries: readonly HirWeighted[], header: string, request: HttpRequest | undefined): HirWeighted | undefined {
  const lines = request?.values(header) ?? [];
  const text = lines[0]?.trim();
  if (lines.length !== 1 || text === undefined || !/^\+?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  if (value >= uint64) return undefined;
  const total = entries.reduce((sum, entry) => sum + BigInt(entry.weight), 0n);
  if (total === 0n) return undefined;
  let left = value % total;
  for (const entry of entries) {
    const weight = BigInt(entry.weight);
    if (left < weight) return entry;
    left -= weight;
  }
  return undefined;
}
