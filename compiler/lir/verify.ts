import { InternalError } from "../diag/index.ts";
import type { LirConnect, LirLeaf, LirService } from "./connect.ts";

/** What follows which: a leaf of a run never goes back to an earlier step, so that a lookup ends. */
const order: Record<LirLeaf["kind"], number> = { ports: 0, range: 1, split: 2, direct: 3, pass: 3, refuse: 3, l7: 3, punt: 3, none: 3 };

/** Throws on a rule that lowering broke: ids out of range, steps out of order, keys twice. */
export function verifyLir(lir: LirConnect): void {
  // Services are many: no function and no text is made for each.
  const leaf = (at: LirService | string, value: LirLeaf, above: number) => {
    if (order[value.kind] <= above) throw new InternalError(`${placeOf(at)}: a ${value.kind} can't follow here`);
    const id = refersTo(value);
    if (id !== undefined && !(id < idsOf(value.kind, lir))) throw new InternalError(`${placeOf(at)}: no ${value.kind} ${id}`);
  };
  let before: LirService | undefined;
  for (const service of lir.services) {
    // They are sorted.
    if (before?.ip === service.ip && before.port === service.port) throw new InternalError(`${placeOf(service)} is there twice`);
    before = service;
    if (service.leaf.kind === "none") throw new InternalError(`${placeOf(service)} has no verdict`);
    leaf(service, service.leaf, -1);
  }
  leaf("virtual4", lir.virtual4, -1);
  leaf("virtual6", lir.virtual6, -1);
  for (const [id, split] of lir.splits.entries()) {
    if (split.entries.length < 2) throw new InternalError(`split ${id} has one entry`);
    for (const entry of split.entries) {
      if (!Number.isInteger(entry.weight) || entry.weight < 1) throw new InternalError(`split ${id}: weight ${entry.weight}`);
      leaf(`split ${id}`, entry.leaf, order.split);
    }
  }
  for (const [id, range] of lir.ranges.entries()) {
    if (range.intervals.length < 2) throw new InternalError(`range ${id} has one interval`);
    for (const interval of range.intervals) leaf(`range ${id}`, interval.leaf, range.by === "port" ? order.ports : order.range);
  }
}

function placeOf(at: LirService | string): string {
  return typeof at === "string" ? at : `service ${at.ip} ${at.port}`;
}

function refersTo(leaf: LirLeaf): number | undefined {
  switch (leaf.kind) {
    case "direct":
      return leaf.cluster;
    case "split":
      return leaf.split;
    case "range":
    case "ports":
      return leaf.range;
    default:
      return undefined;
  }
}

/** How many there are of what a leaf refers to. */
function idsOf(kind: LirLeaf["kind"], { clusters, splits, ranges }: LirConnect): number {
  return kind === "direct" ? clusters.length : kind === "split" ? splits.length : ranges.length;
}
