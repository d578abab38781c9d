/** `length` items of a list from `at` on: those from `from` on of the list before, or others (-1). */
export interface Stretch {
  readonly at: number;
  readonly length: number;
  readonly from: number;
}

/** How many items that came or went in a row are seen as such; past it those behind them are taken for others until one fits again. */
const LOOK_AHEAD = 256;

/**
 * What of `now` stood (`===`) where in `before`: all of `now`, in stretches as long as can be. Places in `before` rise, so none is given twice;
 * an item that was not found counts as another one. Costs a walk over both lists, once for all who compare the two, and touches no item.
 */
export function align<T>(before: readonly T[], now: readonly T[]): readonly Stretch[] {
  const known = recent.find((pair) => pair.now === now && pair.before === before);
  if (known) return known.stretches;
  const stretches = compare(before, now);
  noteAligned(before, now, stretches);
  return stretches;
}

/** Says what `align` would find: of lists that were made item by item from two that are aligned so. */
export function noteAligned(before: readonly unknown[], now: readonly unknown[], stretches: readonly Stretch[]): void {
  if (before.length === 0) return;
  recent[turn] = { before, now, stretches };
  turn = (turn + 1) % RECENT;
}

/** Lets the lists go that were compared: those before are of no use when a change is done. */
export function forgetAligned(): void {
  recent.length = 0;
  turn = 0;
}

interface Pair {
  readonly before: readonly unknown[];
  readonly now: readonly unknown[];
  readonly stretches: readonly Stretch[];
}

/** Pairs that are remembered: of a change, the lists of each kind in its forms. */
const RECENT = 16;
const recent: Pair[] = [];
let turn = 0;

function compare<T>(before: readonly T[], now: readonly T[]): readonly Stretch[] {
  const stretches = new Stretches();
  let first = 0;
  let end = now.length;
  let endBefore = before.length;
  while (first < end && first < endBefore && now[first] === before[first]) first++;
  while (end > first && endBefore > first && now[end - 1] === before[endBefore - 1]) {
    end--;
    endBefore--;
  }
  stretches.add(first, 0);
  let from = first;
  // To look ahead again and again in a long stretch of others would take longer than the walk.
  let lookAt = 0;
  let patience = 1;
  for (let at = first; at < end; at++) {
    if (from >= endBefore) {
      stretches.add(end - at, -1);
      break;
    }
    if (now[at] === before[from]) {
      stretches.add(1, from++);
      patience = 1;
      continue;
    }
    const looks = at >= lookAt;
    const gone = looks ? distance(before, from, endBefore, now[at]) : 0;
    if (gone > 0) {
      from += gone;
      stretches.add(1, from++);
      continue;
    }
    stretches.add(1, -1);
    if (!looks) from++;
    else if (distance(now, at, end, before[from]) === 0) {
      from++;
      lookAt = at + patience;
      patience *= 2;
    }
  }
  stretches.add(now.length - end, endBefore);
  return stretches.list;
}

/** Stretches put together from pieces in their order. */
class Stretches {
  readonly list: { readonly at: number; length: number; readonly from: number }[] = [];

  add(length: number, from: number): void {
    if (length === 0) return;
    const last = this.list.at(-1);
    if (last && (from === -1 ? last.from === -1 : last.from !== -1 && last.from + last.length === from)) last.length += length;
    else this.list.push({ at: last ? last.at + last.length : 0, length, from });
  }
}

/** How far behind `from` an item is; 0 where it is not near. */
function distance<T>(list: readonly T[], from: number, end: number, item: T | undefined): number {
  const last = Math.min(end, from + LOOK_AHEAD);
  for (let at = from + 1; at < last; at++) if (list[at] === item) return at - from;
  return 0;
}
