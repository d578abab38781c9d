import { assertNever } from "../diag/index.ts";
import type { HirTarget, HirWeighted } from "../hir/index.ts";
import type { LirClusterRef, LirTarget } from "../lir/decide.ts";
import type { HeaderIds } from "./decide-names.ts";

/** Targets by meaning: single clusters are shared, weighted ones are each their own (their entries have paths). */
export interface TargetIds {
  readonly targets: readonly LirTarget[];
  /** Paths of weighted entries, by entry id. */
  readonly entries: readonly string[];
  readonly idOf: (target: HirTarget) => number;
  /** Whether some target reads a cluster's name from a header. */
  readonly readsNames: () => boolean;
}

export function internTargets(clusterIds: ReadonlyMap<string, number>, headers: HeaderIds): TargetIds {
  const targets: LirTarget[] = [];
  const entries: string[] = [];
  // By cluster id; -1 is a cluster that is not there. Headers are below that.
  const ids = new Map<number, number>();
  let named = false;

  const single = (target: HirWeighted["target"]): LirClusterRef => {
    if (target.kind === "cluster_header") {
      named = true;
      return { kind: "header", header: headers.idOf(target.header) };
    }
    const cluster = clusterIds.get(target.cluster);
    return cluster === undefined ? { kind: "cluster" } : { kind: "cluster", cluster };
  };
  const shared = (target: LirClusterRef): number => {
    const key = target.kind === "header" ? -2 - target.header : (target.cluster ?? -1);
    let id = ids.get(key);
    if (id === undefined) {
      id = targets.push(target) - 1;
      ids.set(key, id);
    }
    return id;
  };
  const idOf = (target: HirTarget): number => {
    switch (target.kind) {
      case "cluster":
      case "cluster_header":
        return shared(single(target));
      case "weighted": {
        const list = target.entries
          .filter((entry) => entry.weight > 0)
          .map((entry) => ({ weight: entry.weight, entry: entries.push(entry.path) - 1, target: single(entry.target) }));
        const total = list.reduce((sum, entry) => sum + entry.weight, 0);
        return (
          targets.push({
            kind: "weighted",
            entries: list,
            total,
            ...(target.headerName === undefined ? {} : { header: headers.idOf(target.headerName) }),
          }) - 1
        );
      }
      default:
        return assertNever(target);
    }
  };
  return { targets, entries, idOf, readsNames: () => named };
}
