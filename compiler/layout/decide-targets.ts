import type { DiagnosticSink } from "../diag/index.ts";
import type { LirClusterRef, LirDfa, LirTarget } from "../lir/decide.ts";
import { NONE } from "./decide-chains.ts";
import { flags } from "./flags.ts";
import { Dfa, DfaMap, DfaNext, Share, Target } from "./gen/records.ts";
import { type Image, newImage, viewOf } from "./image.ts";

function clusterRef(ref: LirClusterRef): { readonly kind: number; readonly value: number } {
  return ref.kind === "header" ? { kind: flags.KM_G_HEADER, value: ref.header } : { kind: flags.KM_G_CLUSTER, value: ref.cluster ?? NONE };
}

/** Tables target and share. */
export function layoutTargets(targets: readonly LirTarget[], sink: DiagnosticSink): readonly (Image | undefined)[] {
  const count = targets.reduce((sum, target) => sum + (target.kind === "weighted" ? target.entries.length : 0), 0);
  const image = newImage("target", targets.length, sink);
  const shares = newImage("share", count, sink);
  if (!image || !shares) return [undefined];
  const view = viewOf(image);
  const shareView = viewOf(shares);
  let first = 0;
  for (const [id, target] of targets.entries()) {
    if (target.kind !== "weighted") {
      const { kind, value } = clusterRef(target);
      Target.write(view, id * Target.size, { kind, value, count: 0, total: 0, header: NONE, pad0: 0 });
      continue;
    }
    const { entries, total } = target;
    Target.write(view, id * Target.size, {
      kind: flags.KM_G_WEIGHTED,
      value: first,
      count: entries.length,
      total,
      header: target.header ?? NONE,
      pad0: 0,
    });
    let upto = 0;
    for (const { weight, entry, target: ref } of entries) {
      upto += weight;
      const { kind, value } = clusterRef(ref);
      Share.write(shareView, first * Share.size, { upto, kind, value, entry });
      first++;
    }
  }
  return [image, shares];
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
