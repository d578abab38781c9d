import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import type { LirClusterRef, LirDfa, LirTarget } from "../lir/decide.ts";
import type { Places } from "../memo/index.ts";
import { flags } from "./flags.ts";
import { Dfa, DfaMap, DfaNext, Share, Target } from "./gen/records.ts";
import { type Image, newImage, viewOf } from "./image.ts";
import { NONE } from "./piece.ts";

/** Targets by meaning: single clusters are shared, weighted ones are each their own, as their entries have paths. */
export interface TargetPool {
  readonly idOf: (target: LirTarget) => number;
  /** By id. */
  readonly targets: readonly LirTarget[];
}

/** @param targets where they go */
export function createTargets(targets: LirTarget[] = []): TargetPool {
  const clusters = new Map<string, number>();
  const headers = new Map<string, number>();
  const shared = (ids: Map<string, number>, name: string, target: LirTarget): number => {
    let id = ids.get(name);
    if (id === undefined) {
      id = targets.push(target) - 1;
      ids.set(name, id);
    }
    return id;
  };
  return {
    targets,
    idOf: (target) => {
      switch (target.kind) {
        case "cluster":
          return shared(clusters, target.cluster, target);
        case "header":
          return shared(headers, target.header, target);
        case "weighted":
          return targets.push(target) - 1;
        default:
          return assertNever(target);
      }
    },
  };
}

/** The targets of the whole, where most name a cluster whose id is known already. */
export interface WholeTargets {
  /** @param cluster id of the cluster that a single target names, or -1 */
  readonly idAt: (target: LirTarget, cluster: number) => number;
  /** By id. */
  readonly targets: readonly LirTarget[];
  /** By id: the cluster of a single target, or -1. */
  readonly clusters: readonly number[];
}

export function createWholeTargets(clusterCount: number): WholeTargets {
  const targets: LirTarget[] = [];
  const others = createTargets(targets);
  const clusters: number[] = [];
  const byCluster = new Int32Array(clusterCount).fill(-1);
  return {
    targets,
    clusters,
    idAt: (target, cluster) => {
      const known = cluster >= 0 ? byCluster[cluster]! : -1;
      if (known >= 0) return known;
      const id = cluster >= 0 ? targets.push(target) - 1 : others.idOf(target);
      clusters[id] = cluster;
      if (cluster >= 0) byCluster[cluster] = id;
      return id;
    },
  };
}

/** Ids of what targets name. */
export interface TargetNames {
  readonly clusterIds: Places<string>;
  readonly headerId: (name: string) => number;
}

/** Tables target and share, and the paths of weighted entries by entry id. */
export function layoutTargets(
  { targets, clusters }: WholeTargets,
  { clusterIds, headerId }: TargetNames,
  sink: DiagnosticSink,
): { readonly images: readonly (Image | undefined)[]; readonly entries: readonly string[] } {
  const count = targets.reduce((sum, target) => sum + (target.kind === "weighted" ? target.entries.length : 0), 0);
  const image = newImage("target", targets.length, sink);
  const shares = newImage("share", count, sink);
  const entries: string[] = [];
  if (!image || !shares) return { images: [undefined], entries };
  const kindOf = (ref: LirClusterRef): number => (ref.kind === "header" ? flags.KM_G_HEADER : flags.KM_G_CLUSTER);
  const numberOf = (ref: LirClusterRef): number => (ref.kind === "header" ? headerId(ref.header) : (clusterIds.get(ref.cluster) ?? NONE));
  const view = viewOf(image);
  const shareView = viewOf(shares);
  for (let id = 0; id < targets.length; id++) {
    const target = targets[id]!;
    if (target.kind !== "weighted") {
      const cluster = clusters[id]!;
      const value = cluster >= 0 ? cluster : numberOf(target);
      Target.write(view, id * Target.size, { kind: kindOf(target), value, count: 0, total: 0, header: NONE, pad0: 0 });
      continue;
    }
    const { entries: run, total, header } = target;
    Target.write(view, id * Target.size, {
      kind: flags.KM_G_WEIGHTED,
      value: entries.length,
      count: run.length,
      total,
      header: header === undefined ? NONE : headerId(header),
      pad0: 0,
    });
    let upto = 0;
    for (const { weight, entry, target: ref } of run) {
      upto += weight;
      const id = entries.push(entry) - 1;
      Share.write(shareView, id * Share.size, { upto, kind: kindOf(ref), value: numberOf(ref), entry: id });
    }
  }
  return { images: [image, shares], entries };
}

/** Tables dfa, dfamap and dfanext; automata with equal byte classes share them. */
export function layoutDfas(dfas: readonly LirDfa[], sink: DiagnosticSink): readonly (Image | undefined)[] {
  const maps = new Map<string, number>();
  const places = dfas.map(({ classOf }) => {
    const key = classOf.join(" ");
    const id = maps.get(key) ?? maps.size;
    maps.set(key, id);
    return id;
  });
  const perRecord = DfaNext.size / 2;
  const items = dfas.reduce((sum, { next }) => sum + next.length, 0);
  const image = newImage("dfa", dfas.length, sink);
  const map = newImage("dfamap", maps.size, sink);
  const list = newImage("dfanext", Math.ceil(items / perRecord), sink);
  if (!image || !map || !list) return [undefined];
  const nexts = viewOf(list);
  let first = 0;
  for (const [id, dfa] of dfas.entries()) {
    Dfa.write(viewOf(image), id * Dfa.size, { map: places[id]!, first, classes: dfa.classes, start: dfa.start });
    DfaMap.write(viewOf(map), places[id]! * DfaMap.size, { class: dfa.classOf });
    for (const [i, state] of dfa.next.entries()) nexts.setUint16((first + i) * 2, state, true);
    first += dfa.next.length;
  }
  return [image, map, list];
}
