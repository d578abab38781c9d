import type { XdsKind } from "../../compiler/decode/index.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { XdsVerdict } from "../xds/types.ts";
import { type Change, keyOf, type Rejection } from "./types.ts";

/** One update whose verdict is open. */
export interface OpenUpdate {
  /** Clock's milliseconds of its receipt. */
  readonly receivedAt: number;
  /** What it asks for. */
  readonly changes: readonly Change[];
  /** Names of it that were rejected before it came here. */
  readonly rejected: readonly Rejection[];
  readonly resolve: (verdict: XdsVerdict) => void;
}

/** Changes that become one generation: the newest of each resource. */
export interface Batch {
  readonly changes: Map<string, Change>;
  readonly updates: OpenUpdate[];
  /** Clock's milliseconds of the first update. */
  since: number;
}

export function newBatch(): Batch {
  return { changes: new Map(), updates: [], since: 0 };
}

/** False: it is empty, and there is no one to answer. */
export function isPending(batch: Batch): boolean {
  return batch.updates.length > 0;
}

export function addToBatch(batch: Batch, update: OpenUpdate, now: number): void {
  if (!isPending(batch)) batch.since = now;
  batch.updates.push(update);
  for (const change of update.changes) batch.changes.set(keyOf(change.kind, change.name), change);
}

/** Answers each update with what was rejected of it. */
export function answer(batch: Batch, rejected: readonly Rejection[]): void {
  const byKey = new Map(rejected.map((one) => [keyOf(one.kind, one.name), one]));
  for (const update of batch.updates) {
    const own = update.changes.flatMap((change) => {
      // Where a newer version of the batch was rejected, this one was not taken either.
      const one = byKey.get(keyOf(change.kind, change.name));
      return one ? [one] : [];
    });
    update.resolve(verdictOf([...update.rejected, ...own]));
  }
}

/** Nothing of the batch was taken. */
export function rejectAll(batch: Batch, diagnostics: readonly Diagnostic[]): void {
  for (const { resolve } of batch.updates) resolve({ kind: "rejected", diagnostics });
}

export function verdictOf(rejected: readonly Rejection[]): XdsVerdict {
  if (rejected.length === 0) return { kind: "accepted" };
  const lost = rejected.filter((one) => one.lost).map((one) => one.name);
  return {
    kind: "rejected",
    diagnostics: rejected.flatMap((one) => one.diagnostics),
    names: rejected.map((one) => one.name),
    ...(lost.length > 0 && { lost }),
  };
}

export const kinds = ["cluster", "endpoint", "listener", "route"] as const satisfies readonly XdsKind[];
