import { InternalError } from "../diag/index.ts";
import type { LirConnect, LirLeaf, LirService } from "./connect.ts";

/** What follows which: a leaf of a run never goes back to an earlier step, so that a lookup ends. */
const order: Record<LirLeaf["kind"], number> = { ports: 0, range: 1, split: 2, direct: 3, pass: 3, refuse: 3, l7: 3, punt: 3, none: 3 };

/** Throws on a rule that lowering broke: ids out of range, steps out of order, keys twice. */
export function verifyLir(lir: LirConnect): void {
  const leaf = (at: () => string, value: LirLeaf, above: number) => {
    if (order[value.kind] <= above) throw new InternalError(`${at()}: a ${value.kind} can't follow here`);
    const [id, list] = refersTo(value, lir);
    if (id !== undefined && !(id < list!.length)) throw new InternalError(`${at()}: no ${value.kind} ${id}`);
  };
  let before: LirService | undefined;
  for (const service of lir.services) {
    const at = () => `service ${service.ip} ${service.port}`;
    // They are sorted.
    if (before?.ip === service.ip && before.port === service.port) throw new InternalError(`${at()} is there twice`);
    before = service;
    if (service.leaf.kind === "none") throw new InternalError(`${at()} has no verdict`);
    leaf(at, service.leaf, -1);
  }
  leaf(() => "virtual4", lir.virtual4, -1);
  leaf(() => "virtual6", lir.virtual6, -1);
  for (const [id, split] of lir.splits.entries()) {
    if (split.entries.length < 2) throw new InternalError(`split ${id} has one entry`);
    for (const entry of split.entries) {
      if (!Number.isInteger(entry.weight) || entry.weight < 1) throw new InternalError(`split ${id}: weight ${entry.weight}`);
      leaf(() => `split ${id}`, entry.leaf, order.split);
    }
  }
  for (const [id, range] of lir.ranges.entries()) {
    if (range.intervals.length < 2) throw new InternalError(`range ${id} has one interval`);
    for (const interval of range.intervals) leaf(() => `range ${id}`, interval.leaf, range.by === "port" ? order.ports : order.range);
  }
}

function refersTo(leaf: LirLeaf, lir: LirConnect): readonly [number | undefined, readonly unknown[] | undefined] {
  switch (leaf.kind) {
    case "direct":
      return [leaf.cluster, lir.clusters];
    case "split":
      return [leaf.split, lir.splits];
    case "range":
    case "ports":
      return [leaf.range, lir.ranges];
    default:
      return [undefined, undefined];
  }
}
