import { CELL_SIZE, type CellParts, cellAt, cellsOf, cellValue, nextTag } from "./cell.ts";
import { tableNames, type Wanted, type WantedTable } from "./generation.ts";
import { findRoom, type Interval } from "./room.ts";
import { type KernelState, recordSizeOf, runningArray, runningImage, tableId } from "./state.ts";

/** One cluster's endpoints change: a run into free room, then one 8-byte store of its cell. */
export interface CellPlan {
  readonly kind: "cell";
  readonly cluster: number;
  /** Where `run` goes; of no meaning when it is empty. */
  readonly first: number;
  /** Endpoint records. */
  readonly run: Uint8Array;
  readonly value: bigint;
  /** The run that the cell named before: free after a grace period. */
  readonly retired: Interval;
}

/** A run does not fit into the free room. */
export interface NoRoom {
  readonly kind: "no-room";
}

/** New endpoints of one cluster, as compiler/layout's layoutRun writes them. */
export interface RunChange {
  readonly cluster: number;
  readonly run: Uint8Array;
  readonly uniform: boolean;
}

export function planCell(state: KernelState, change: RunChange): CellPlan | NoRoom {
  const old = cellAt(runningImage(state, "cell"), change.cluster);
  const count = change.run.length / recordSizeOf("endpoint");
  const first = count === 0 ? 0 : findRoom(state.room, count);
  if (first === undefined) return { kind: "no-room" };
  const value = cellValue({ first, count, uniform: change.uniform, tag: nextTag(old.tag) });
  return { kind: "cell", cluster: change.cluster, first, run: change.run, value, retired: { first: old.first, count: old.count } };
}

/**
 * Clusters whose endpoints differ from the running ones, at most two: more is a generation, however many they are. Undefined when the
 * number of clusters differs, so that every id may mean another.
 */
export function changedRuns(state: KernelState, wanted: Wanted): readonly RunChange[] | undefined {
  const image = (name: string): Uint8Array => wanted.tables.find((table) => table.name === name)!.bytes;
  const running = runningImage(state, "cell");
  if (!state.header || image("cell").length !== running.length) return undefined;
  const size = recordSizeOf("endpoint");
  const next = { cell: cellsOf(image("cell")), endpoints: asBuffer(image("endpoint")) };
  const now = { cell: cellsOf(running), endpoints: asBuffer(runningArray(state, "endpoint")) };
  const changes: RunChange[] = [];
  for (let cluster = 0; cluster < running.length / CELL_SIZE && changes.length < 2; cluster++) {
    const a = next.cell(cluster);
    const b = now.cell(cluster);
    const [from, to] = [a.first * size, b.first * size];
    const length = a.count * size;
    const same =
      a.count === b.count && a.uniform === b.uniform && next.endpoints.compare(now.endpoints, to, to + length, from, from + length) === 0;
    if (!same) changes.push({ cluster, run: runOf(image("endpoint"), a), uniform: a.uniform });
  }
  return changes;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The records that a cell names. */
export function runOf(endpoints: Uint8Array, cell: CellParts): Uint8Array {
  const size = recordSizeOf("endpoint");
  return endpoints.subarray(cell.first * size, (cell.first + cell.count) * size);
}

/**
 * What runs, with all runs side by side in the order of their clusters, as the compiler lays them out: for a change that finds no room
 * (`change` replaces one run), and to show what runs. Names, header and the other tables are those of the running generation.
 */
export function compacted(state: KernelState, change?: RunChange): Wanted {
  const header = state.header!;
  const cells = runningImage(state, "cell").slice();
  const cellOf = cellsOf(cells.slice());
  const endpoints = runningArray(state, "endpoint");
  const runs: Uint8Array[] = [];
  const view = new DataView(cells.buffer);
  let first = 0;
  for (let cluster = 0; cluster < cells.length / CELL_SIZE; cluster++) {
    const cell = cellOf(cluster);
    const run = cluster === change?.cluster ? change.run : runOf(endpoints, cell);
    const count = run.length / recordSizeOf("endpoint");
    const uniform = cluster === change?.cluster ? change.uniform : cell.uniform;
    view.setBigUint64(cluster * CELL_SIZE, cellValue({ first: count === 0 ? 0 : first, count, uniform, tag: 0 }), true);
    runs.push(run);
    first += count;
  }
  const tables: readonly WantedTable[] = tableNames.map((name) => {
    if (name === "cell") return { name, count: cells.length / CELL_SIZE, bytes: cells };
    if (name === "endpoint") return { name, count: first, bytes: Buffer.concat(runs) };
    return { name, count: header.count[tableId(name)]!, bytes: runningImage(state, name) };
  });
  return { shape: state.shape ?? "", names: state.names ?? "", header, tables };
}
