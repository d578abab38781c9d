/** How many items that came or went in a row are seen as such; past it those behind them are taken for others until one fits again. */
const LOOK_AHEAD = 256;

/**
 * For each item of `now`, where the same one (`===`) stood in `before`; -1 where it is another one, or was not found. Places rise, so none is
 * given twice. Costs a walk over both lists, which touches no item.
 */
export function align<T>(before: readonly T[], now: readonly T[]): Int32Array {
  const places = new Int32Array(now.length).fill(-1);
  let endBefore = before.length;
  let end = now.length;
  while (end > 0 && endBefore > 0 && now[end - 1] === before[endBefore - 1]) places[--end] = --endBefore;
  let from = 0;
  // To look ahead again and again in a long stretch of others would take longer than the walk.
  let lookAt = 0;
  let patience = 1;
  for (let at = 0; at < end && from < endBefore; at++) {
    if (now[at] === before[from]) {
      places[at] = from++;
      patience = 1;
      continue;
    }
    const looks = at >= lookAt;
    const gone = looks ? distance(before, from, endBefore, now[at]) : 0;
    if (gone > 0) {
      from += gone;
      places[at] = from++;
    } else if (!looks) from++;
    else if (distance(now, at, end, before[from]) === 0) {
      from++;
      lookAt = at + patience;
      patience *= 2;
    }
  }
  return places;
}

/** How far behind `from` an item is; 0 where it is not near. */
function distance<T>(list: readonly T[], from: number, end: number, item: T | undefined): number {
  const last = Math.min(end, from + LOOK_AHEAD);
  for (let at = from + 1; at < last; at++) if (list[at] === item) return at - from;
  return 0;
}
