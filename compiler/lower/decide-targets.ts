import { assertNever } from "../diag/index.ts";
import type { HirTarget, HirWeighted } from "../hir/index.ts";
import type { LirClusterRef, LirTarget } from "../lir/decide.ts";
import { headerKey } from "./decide-names.ts";

/** Entries of weight 0 are never drawn. */
export function lowerTarget(target: HirTarget): LirTarget {
  switch (target.kind) {
    case "cluster":
    case "cluster_header":
      return lowerRef(target);
    case "weighted": {
      const drawn = target.entries.filter((entry) => entry.weight > 0);
      const weights = within32Bits(drawn.map((entry) => entry.weight));
      const entries = drawn.map(({ path, target: to }, i) => ({ weight: weights[i]!, entry: path, target: lowerRef(to) }));
      const total = entries.reduce((sum, entry) => sum + entry.weight, 0);
      return { kind: "weighted", entries, total, ...(target.headerName === undefined ? {} : { header: headerKey(target.headerName) }) };
    }
    default:
      return assertNever(target);
  }
}

const maxUint32 = 0xffffffff;

/** Envoy sums the weights of a TCP proxy in 64 bits. Here a larger sum is scaled to what 32 bits hold, and every weight stays above 0. */
function within32Bits(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= maxUint32) return weights;
  let sum = 0;
  let before = 0;
  return weights.map((weight, i) => {
    sum += weight;
    const upto = Math.min(Math.max(Math.round((sum / total) * maxUint32), before + 1), maxUint32 - (weights.length - 1 - i));
    const share = upto - before;
    before = upto;
    return share;
  });
}

function lowerRef(target: HirWeighted["target"]): LirClusterRef {
  if (target.kind === "cluster_header") return { kind: "header", header: headerKey(target.header) };
  return { kind: "cluster", cluster: target.cluster };
}

/** Whether it reads a cluster's name from a header. */
export function readsName(target: HirTarget): boolean {
  return target.kind === "weighted" ? target.entries.some((entry) => readsName(entry.target)) : target.kind === "cluster_header";
}
