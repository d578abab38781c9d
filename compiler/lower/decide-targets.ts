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
      const entries = target.entries
        .filter((entry) => entry.weight > 0)
        .map(({ weight, path, target: to }) => ({ weight, entry: path, target: lowerRef(to) }));
      const total = entries.reduce((sum, entry) => sum + entry.weight, 0);
      return { kind: "weighted", entries, total, ...(target.headerName === undefined ? {} : { header: headerKey(target.headerName) }) };
    }
    default:
      return assertNever(target);
  }
}

function lowerRef(target: HirWeighted["target"]): LirClusterRef {
  if (target.kind === "cluster_header") return { kind: "header", header: headerKey(target.header) };
  return { kind: "cluster", cluster: target.cluster };
}

/** Whether it reads a cluster's name from a header. */
export function readsName(target: HirTarget): boolean {
  return target.kind === "weighted" ? target.entries.some((entry) => readsName(entry.target)) : target.kind === "cluster_header";
}
