import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import type { LirClusterRef, LirDfa, LirTarget } from "../lir/decide.ts";
import type { LookUp } from "../memo/index.ts";
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

/** Targets of a piece, and the clusters that they name: in lists of their own, so that ids are found without a look at each target. */
export interface NamedTargets {
  readonly targets: readonly LirTarget[];
  /** By target: the cluster that a single one names, or empty. */
  readonly targetClusters: readonly string[];
  /** Of the entries of all weighted targets: the cluster, or empty. */
  readonly entryClusters: readonly string[];
}

export function namedTargets(targets: readonly LirTarget[]): NamedTargets {
  const nameOf = (target: LirTarget) => (target.kind === "cluster" ? target.cluster : "");
  return {
    targets,
    targetClusters: targets.map(nameOf),
    entryClusters: targets.flatMap((target) => (target.kind === "weighted" ? target.entries.map((entry) => nameOf(entry.target)) : [])),
  };
}

/** The targets of the whole. */
export interface WholeTargets {
  /** Ids of a piece's targets. */
  readonly idsOf: (named: NamedTargets) => Int32Array;
  /** By id. */
  readonly list: readonly LirTarget[];
  /** By id: of a single target the id of the cluster, or -1. */
  readonly clusters: readonly number[];
  /** The same of the entries of weighted ones. */
  readonly entries: ReadonlyMap<number, Int32Array>;
}

export function createWholeTargets(clusterCount: number, clustersOf: LookUp): WholeTargets {
  const list: LirTarget[] = [];
  const clusterIds: number[] = [];
  const entryIds = new Map<number, Int32Array>();
  const others: LirTarget[] = [];
  const otherIds: number[] = [];
  const pool = createTargets(others);
  const byCluster = new Int32Array(clusterCount).fill(-1);
  const put = (target: LirTarget, cluster: number): number => {
    clusterIds.push(cluster);
    return list.push(target) - 1;
  };
  return {
    list,
    clusters: clusterIds,
    entries: entryIds,
    idsOf: ({ targets, targetClusters, entryClusters }) => {
      const clusters = clustersOf(targetClusters);
      const entries = clustersOf(entryClusters);
      const ids = new Int32Array(clusters.length);
      let next = 0;
      for (let at = 0; at < clusters.length; at++) {
        const cluster = clusters[at]!;
        if (cluster >= 0) {
          if (byCluster[cluster] === -1) byCluster[cluster] = put(targets[at]!, cluster);
          ids[at] = byCluster[cluster]!;
          continue;
        }
        const target = targets[at]!;
        const other = pool.idOf(target);
        otherIds[other] ??= put(target, -1);
        ids[at] = otherIds[other];
        if (target.kind !== "weighted") continue;
        const end = next + target.entries.length;
        entryIds.set(otherIds[other], entries.subarray(next, end));
        next = end;
      }
      return ids;
    },
  };
}

/** Tables target and share, and the paths of weighted entries by entry id. */
export function layoutTargets(
  { list, clusters, entries: entryIds }: WholeTargets,
  headerId: (name: string) => number,
  sink: DiagnosticSink,
): { readonly images: readonly (Image | undefined)[]; readonly entries: readonly string[] } {
  const image = newImage("target", list.length, sink);
  const shares = newImage(
    "share",
    [...entryIds.values()].reduce((sum, { length }) => sum + length, 0),
    sink,
  );
  const paths: string[] = [];
  if (!image || !shares) return { images: [undefined], entries: paths };
  const kindOf = (ref: LirClusterRef): number => (ref.kind === "header" ? flags.KM_G_HEADER : flags.KM_G_CLUSTER);
  const numberOf = (ref: LirClusterRef, cluster: number): number =>
    ref.kind === "header" ? headerId(ref.header) : cluster >= 0 ? cluster : NONE;
  const view = viewOf(image);
  const shareView = viewOf(shares);
  for (let id = 0; id < list.length; id++) {
    const cluster = clusters[id]!;
    const at = id * Target.size;
    if (cluster >= 0) {
      Target.write(view, at, { kind: flags.KM_G_CLUSTER, value: cluster, count: 0, total: 0, header: NONE, pad0: 0 });
      continue;
    }
    const target = list[id]!;
    if (target.kind !== "weighted") {
      Target.write(view, at, { kind: kindOf(target), value: numberOf(target, -1), count: 0, total: 0, header: NONE, pad0: 0 });
      continue;
    }
    const { entries: run, total, header } = target;
    const ids = entryIds.get(id)!;
    Target.write(view, at, {
      kind: flags.KM_G_WEIGHTED,
      value: paths.length,
      count: run.length,
      total,
      header: header === undefined ? NONE : headerId(header),
      pad0: 0,
    });
    let upto = 0;
    for (const [i, { weight, entry, target: ref }] of run.entries()) {
      upto += weight;
      const id = paths.push(entry) - 1;
      Share.write(shareView, id * Share.size, { upto, kind: kindOf(ref), value: numberOf(ref, ids[i]!), entry: id });
    }
  }
  return { images: [image, shares], entries: paths };
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
