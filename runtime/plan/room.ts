import { type RunTable, runTable } from "../../compiler/bundle/format.ts";
import { cellsOf } from "./cell.ts";

/** Records of a table that no cell names, as sorted intervals that do not touch. */
export interface Interval {
  readonly first: number;
  readonly count: number;
}
export type Room = readonly Interval[];

/** What the cells of so many clusters, and the runs that they name, leave of a table of `capacity` records. */
export function roomOf(table: RunTable, cells: Uint8Array, clusters: number, capacity: number): Room {
  const runs: Interval[] = table === "cell" && clusters > 0 ? [{ first: 0, count: clusters }] : [];
  const cellOf = cellsOf(cells);
  for (let cluster = 0; cluster < clusters; cluster++) {
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

/** The first place that takes `count` records, or nothing. */
export function findRoom(room: Room, count: number): number | undefined {
  return room.find((interval) => interval.count >= count)?.first;
}

/** The room without records that `findRoom` gave. */
export function takeRoom(room: Room, first: number, count: number): Room {
  const at = room.findIndex((interval) => interval.first === first);
  const { count: had } = room[at]!;
  const rest = had > count ? [{ first: first + count, count: had - count }] : [];
  return [...room.slice(0, at), ...rest, ...room.slice(at + 1)];
}

/** The room with records that no program run reads any more. */
export function giveRoom(room: Room, given: Interval): Room {
  if (given.count === 0) return room;
  const at = upperBound(room, given.first);
  const before = room[at - 1];
  const after = room[at];
  const joinsBefore = before !== undefined && before.first + before.count === given.first;
  const joinsAfter = after !== undefined && given.first + given.count === after.first;
  const first = joinsBefore ? before.first : given.first;
  const end = joinsAfter ? after.first + after.count : given.first + given.count;
  return [...room.slice(0, joinsBefore ? at - 1 : at), { first, count: end - first }, ...room.slice(joinsAfter ? at + 1 : at)];
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
