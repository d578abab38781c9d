import {
  type Cells,
  HEADER_SLOTS,
  type HeaderScalars,
  POOL_SLOTS,
  perValue,
  type RunTable,
  recordTypes,
  SHAPE_SLOTS,
  tables,
} from "../../compiler/bundle/format.ts";
import type { Room } from "./room.ts";
import type { RunImages } from "./runs.ts";

/** A generation header as the kernel holds it. */
export interface GenerationHeader extends HeaderScalars {
  readonly generation: number;
  readonly shapeSlot: number;
  readonly slot: readonly number[];
  readonly count: readonly number[];
}

/**
 * May a place be written? `running`: the published generation uses it. `waiting`: an earlier one did, and a program run may still read
 * it until a grace period has passed. `free`: nobody reads it.
 */
export type Use = "running" | "waiting" | "free";

/** One slot of a table's pool. */
export interface PoolSlot {
  readonly use: Use;
  /** Records that its array holds; 0 when the slot is empty. */
  readonly capacity: number;
  /** The array's memory: `capacity` records. */
  readonly bytes: Uint8Array;
}

/** What the kernel holds, as far as a plan depends on it. */
export interface KernelState {
  /** 0: nothing is published. */
  readonly generation: number;
  readonly header: GenerationHeader | undefined;
  /** Slot of the header. */
  readonly headerSlot: number;
  readonly headerUse: readonly Use[];
  readonly shapeUse: readonly Use[];
  /** Of the programs in the header's shape slot; undefined when that is not known. */
  readonly shape: string | undefined;
  /** SHA-256 of the names that were published with the generation. */
  readonly names: string | undefined;
  /** By table name; a table that no loaded program reads has none. */
  readonly pools: Pick<ReadonlyMap<string, readonly PoolSlot[]>, "get" | "has">;
  /** Of the running tables, without runs that wait for a grace period. They change with each cell that is stored: for one turn of the loop. */
  readonly rooms: Readonly<Record<RunTable, Room>>;
  /** Runs wait for a grace period, which will add them to the rooms. */
  readonly roomWaits: boolean;
}

const emptySlot: PoolSlot = { use: "free", capacity: 0, bytes: new Uint8Array(0) };

/** A pool that is not there yet. */
export const emptyPool: readonly PoolSlot[] = new Array<PoolSlot>(POOL_SLOTS).fill(emptySlot);

/** Nothing is loaded yet. */
export const emptyState: KernelState = {
  generation: 0,
  header: undefined,
  headerSlot: 0,
  headerUse: new Array<Use>(HEADER_SLOTS).fill("free"),
  shapeUse: new Array<Use>(SHAPE_SLOTS).fill("free"),
  shape: undefined,
  names: undefined,
  pools: new Map(),
  rooms: { cell: [], endpoint: [] },
  roomWaits: false,
};

const tableIds: ReadonlyMap<string, number> = new Map(tables.map(({ name }, id) => [name, id]));

/** Id of a table: its place in the registry. */
export function tableId(name: string): number {
  return tableIds.get(name) ?? -1;
}

/** Bytes of a table's record. */
export function recordSizeOf(name: string): number {
  return recordTypes[tables[tableId(name)]!.record].size;
}

/** Bytes of a value of a table's array: one record, or some side by side. */
export function valueSizeOf(name: string): number {
  return recordSizeOf(name) * perValue(name);
}

/** The running image of a table: records that its header counts. Empty when there is none. */
export function runningImage(state: KernelState, name: string): Uint8Array {
  const count = state.header?.count[tableId(name)] ?? 0;
  return runningArray(state, name).subarray(0, count * recordSizeOf(name));
}

/** Cells of a generation. Programs from before compact runs wrote no number: there every record of table cell is one. */
export function clustersOf(header: GenerationHeader): number {
  return header.clusters || header.count[tableId("cell")]!;
}

/** The cells of a generation that may be an older version's. */
export function cellsOfHeader(header: GenerationHeader): Cells {
  return { clusters: clustersOf(header), shift: header.cellShift };
}

/** Where the running cells and all runs are. */
export function runningRuns(state: KernelState): RunImages {
  return { cell: runningArray(state, "cell"), endpoint: runningArray(state, "endpoint") };
}

/** The whole array that the running generation uses for a table: runs may lie beyond what the header counts. */
export function runningArray(state: KernelState, name: string): Uint8Array {
  const slot = state.header?.slot[tableId(name)];
  return (slot === undefined ? undefined : state.pools.get(name)?.[slot]?.bytes) ?? new Uint8Array(0);
}
