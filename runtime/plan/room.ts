import { type Cells, type RunTable, runTable } from "../../compiler/bundle/format.ts";
import { cellsOf, placeOfCell } from "./cell.ts";

/** Records of a table that no cell names, as sorted intervals that do not touch. */
export interface Interval {
  readonly first: number;
  readonly count: number;
}
export type Room = readonly Interval[];

/** What the cells of so many clusters, and the runs that they name, leave of a table of `capacity` records. */
export function roomOf(table: RunTable, image: Uint8Array, cells: Cells, capacity: number): Interval[] {
  const runs: Interval[] = [];
  const cellOf = cellsOf(image, cells);
  for (let cluster = 0; cluster < cells.clusters; cluster++) {
    if (table === "cell") runs.push({ first: placeOfCell(cells, cluster), count: 1 });
    const { first, count, form } = cellOf(cluster);
    if (count > 0 && runTable(form) === table) runs.push({ first, count });
  }
  runs.sort((a, b) => a.first - b.first);
  const room: Interval[] = [];
  let end = 0;
  for (const run of runs) {
    if (run.first > end) room.push({ first: end, count: run.first - end });
    end = Math.max(end, run.first + run.count);
  }
  if (capacity > end) room.push({ first: end, count: capacity - end });
  return room;
}

/** The first place from record `from` on that takes `count` records, or nothing. */
export function findRoom(room: Room, count: number, from = 0): number | undefined {
  for (let at = upperBound(room, from - 1); at < room.length; at++) if (room[at]!.count >= count) return room[at]!.first;
  return undefined;
}

/** Whether the records from `first` on are an interval's first, and there are `count` of them. */
export function hasRoom(room: Room, first: number, count: number): boolean {
  const interval = room[upperBound(room, first) - 1];
  return interval !== undefined && interval.first === first && interval.count >= count;
}

/**
 * Takes records that `findRoom` gave out of the room. In place, as `giveRoom`: there may be room beside each of ten thousand cells, and one
 * endpoint's change must not copy it.
 */
export function takeRoom(room: Interval[], first: number, count: number): void {
  const at = upperBound(room, first) - 1;
  const { count: had } = room[at]!;
  if (had > count) room[at] = { first: first + count, count: had - count };
  else room.splice(at, 1);
}

/** Adds records that no program run reads any more. */
export function giveRoom(room: Interval[], given: Interval): void {
  if (given.count === 0) return;
  const at = upperBound(room, given.first);
  const before = room[at - 1];
  const after = room[at];
  const joinsBefore = before !== undefined && before.first + before.count === given.first;
  const joinsAfter = after !== undefined && given.first + given.count === after.first;
  const first = joinsBefore ? before.first : given.first;
  const end = joinsAfter ? after.first + after.count : given.first + given.count;
  room.splice(joinsBefore ? at - 1 : at, Number(joinsBefore) + Number(joinsAfter), { first, count: end - first });
}

/** Index of the first interval that begins after `first`. */
function upperBound(room: Room, first: number): number {
  let low = 0;
  let high = room.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (room[middle]!.first > first) high = middle;
    else low = middle + 1;
  }
  return low;
}
