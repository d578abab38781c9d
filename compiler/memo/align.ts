/** How many items that came or went in a row are seen as such; past it those behind them are taken for others until one fits again. */
const LOOK_AHEAD = 256;

/**
 * For each item of `now`, where the same one (`===`) stood in `before`; -1 where it is another one, or was not found. Places rise, so none is
 * given twice. Costs a walk over both lists, which touches no item.
 */
export function align<T>(before: readonly T[], now: readonly T[]): Int32Array {
  const places = new Int32Array(now.length).fill(-1);
  let from = 0;
  for (let at = 0; at < now.length && from < before.length; at++) {
    if (now[at] !== before[from]) {
      const gone = distance(before, from, now[at]);
      // Gone, come, or another one in its place.
      if (gone > 0) from += gone;
      else if (distance(now, at, before[from]) > 0) continue;
      else {
        from++;
        continue;
      }
    }
    places[at] = from++;
  }
  return places;
}

/** How far behind `from` an item is; 0 where it is not near. */
function distance<T>(list: readonly T[], from: number, item: T | undefined): number {
  const end = Math.min(list.length, from + LOOK_AHEAD);
  for (let at = from + 1; at < end; at++) if (list[at] === item) return at - from;
  return 0;
}
