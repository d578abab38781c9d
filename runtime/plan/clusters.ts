import {
  type Cells,
  cellsIn,
  cellWord,
  inParts,
  isBesideCell,
  type Parts,
  type Run,
  type RunTable,
  runLength,
  runTable,
} from "../../compiler/bundle/format.ts";
import { cellAt, cellsOf, nextTag, placeOfCell } from "./cell.ts";
import { tableNames, type Wanted, type WantedTable } from "./generation.ts";
import { findRoom, hasRoom, type Interval } from "./room.ts";
import { isRunTable, layOutRuns, runOf } from "./runs.ts";
import { cellsOfHeader, type KernelState, recordSizeOf, runningArray, runningImage, runningRuns, tableId } from "./state.ts";

/** One cluster's endpoints change: a run into free room, then one 8-byte store of its cell. */
export interface CellPlan {
  readonly kind: "cell";
  readonly cluster: number;
  /** Where the run goes. */
  readonly table: RunTable;
  /** Its first record there; of no meaning when it is empty. */
  readonly first: number;
  readonly run: Uint8Array;
  readonly value: bigint;
  /** The run that the cell named before: free after a grace period. */
  readonly retired: Interval & { readonly table: RunTable };
}

/** A run does not fit into the free room. */
export interface NoRoom {
  readonly kind: "no-room";
}

/** New endpoints of one cluster. */
export interface RunChange extends Run {
  readonly cluster: number;
}

export function planCell(state: KernelState, change: RunChange): CellPlan | NoRoom {
  const { cluster, run, form } = change;
  const cells = cellsOfHeader(state.header!);
  const old = cellAt(runningArray(state, "cell"), cells, cluster);
  const count = runLength(change);
  const table = runTable(form);
  const first = count === 0 ? 0 : roomFor(state, cells, change);
  if (first === undefined) return { kind: "no-room" };
  const value = cellWord(first, count, form, nextTag(old.tag));
  return { kind: "cell", cluster, table, first, run, value, retired: { table: runTable(old.form), first: old.first, count: old.count } };
}

/** Beside the cell, so that programs find both in one page; else behind all cells; else wherever there is room. */
function roomFor({ rooms }: KernelState, cells: Cells, change: RunChange): number | undefined {
  const table = runTable(change.form);
  const count = runLength(change);
  if (table === "endpoint") return findRoom(rooms.endpoint, count);
  const beside = placeOfCell(cells, change.cluster) + 1;
  if (isBesideCell(cells, change.form, count) && hasRoom(rooms.cell, beside, count)) return beside;
  return findRoom(rooms.cell, count, placeOfCell(cells, cells.clusters - 1) + 1) ?? findRoom(rooms.cell, count);
}

/**
 * Clusters whose endpoints differ from the running ones, at most two: more is a generation, however many they are. Undefined when the
 * number of clusters differs, so that every id may mean another, or where their cells are.
 */
export function changedRuns(state: KernelState, wanted: Wanted): readonly RunChange[] | undefined {
  const cells = cellsIn(wanted.header);
  const running = state.header && cellsOfHeader(state.header);
  if (cells.clusters !== running?.clusters || cells.shift !== running.shift) return undefined;
  const image = (name: RunTable): Uint8Array => together(wanted.tables.find((table) => table.name === name)!.parts);
  const next = { cell: image("cell"), endpoint: image("endpoint") };
  const now = runningRuns(state);
  const [nextCell, nowCell] = [cellsOf(next.cell, cells), cellsOf(now.cell, cells)];
  const changes: RunChange[] = [];
  for (let cluster = 0; cluster < cells.clusters && changes.length < 2; cluster++) {
    const run = runOf(next, nextCell(cluster));
    const old = runOf(now, nowCell(cluster));
    if (run.form !== old.form || Buffer.compare(run.run, old.run) !== 0) changes.push({ cluster, ...run });
  }
  return changes;
}

/** Not inOnePiece: what that gives is held as long as the parts. */
function together(parts: Parts): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/**
 * What runs, with all runs side by side in the order of their clusters, as the compiler lays them out: for a change that finds no room
 * (`change` replaces one run), and to show what runs. Names, header and the other tables are those of the running generation.
 */
export function compacted(state: KernelState, change?: RunChange): Wanted {
  const header = state.header!;
  const now = runningRuns(state);
  const cells = cellsOfHeader(header);
  const cellOf = cellsOf(now.cell, cells);
  const images = layOutRuns(cells, (cluster) => (cluster === change?.cluster ? change : runOf(now, cellOf(cluster))));
  const tables = tableNames.map((name): WantedTable => {
    if (isRunTable(name)) return { name, count: images[name].length / recordSizeOf(name), parts: inParts(images[name]) };
    return { name, count: header.count[tableId(name)]!, parts: inParts(runningImage(state, name)) };
  });
  return { shape: state.shape ?? "", names: state.names ?? "", header: { ...header, clusters: cells.clusters }, tables };
}
