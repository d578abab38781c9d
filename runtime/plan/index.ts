/** Pure: what the kernel holds and a bundle in, what is to be done out. Nothing here changes anything. */
import { type Bundle, runTables } from "../../compiler/bundle/format.ts";
import { type CellPlan, changedRuns, compacted, planCell, type RunChange } from "./clusters.ts";
import { type GenerationPlan, planGeneration, sameScalars, tableNames, unchangedTables, type WaitPlan, wantedOf } from "./generation.ts";
import { isRunTable } from "./runs.ts";
import type { KernelState } from "./state.ts";

export { CELL_SIZE, cellAt, cellsOf, endOfCells, placeOfCell } from "./cell.ts";
export { type CellPlan, compacted, type RunChange } from "./clusters.ts";
export {
  decodeHeader,
  encodeHeader,
  type GenerationPlan,
  type ImageStep,
  tableNames,
  type WaitPlan,
} from "./generation.ts";
export { giveRoom, type Interval, type Room, roomOf, takeRoom } from "./room.ts";
export { isRunTable, layOutRuns, runOf } from "./runs.ts";
export {
  cellsOfHeader,
  clustersOf,
  emptyState,
  type GenerationHeader,
  type KernelState,
  type PoolSlot,
  recordSizeOf,
  runningArray,
  tableId,
  type Use,
  valueSizeOf,
} from "./state.ts";

/** The kernel holds what the bundle says. */
export interface NoChange {
  readonly kind: "unchanged";
}

export type Plan = NoChange | CellPlan | GenerationPlan | WaitPlan;

/**
 * The cheapest way from what runs to what the bundle says: nothing; one cell, when one cluster's endpoints are all that changed; else a
 * generation, which writes the changed tables beside the running ones. Either becomes visible by one 8-byte store.
 */
export function plan(state: KernelState, bundle: Bundle): Plan {
  const wanted = wantedOf(bundle);
  const same = unchangedTables(state, wanted);
  const changes = changedRuns(state, wanted);
  if (changes?.length === 0) for (const name of runTables) same.add(name);
  const onlyRuns =
    state.shape === wanted.shape &&
    state.names === wanted.names &&
    sameScalars(state, wanted) &&
    wanted.tables.every(({ name }) => same.has(name) || isRunTable(name));
  if (onlyRuns && changes?.length === 0) return { kind: "unchanged" };
  if (onlyRuns && changes?.length === 1) {
    const cell = planCell(state, changes[0]!);
    if (cell.kind === "cell") return cell;
    if (state.roomWaits) return { kind: "wait" };
  }
  return planGeneration(state, wanted, same);
}

/** The same for one cluster, when its new endpoints are all that is at hand: the work is the size of the change. */
export function planRun(state: KernelState, change: RunChange): CellPlan | GenerationPlan | WaitPlan {
  const cell = planCell(state, change);
  if (cell.kind === "cell") return cell;
  if (state.roomWaits) return { kind: "wait" };
  const others = tableNames.filter((name) => !isRunTable(name));
  return planGeneration(state, compacted(state, change), new Set(others));
}
