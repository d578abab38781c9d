import type { Stretch } from "./align.ts";

/** Stretches of a list of `length` items that are in none of the list behind it: `[first, end)`. */
export function goneFrom(length: number, stretches: readonly Stretch[]): readonly (readonly [first: number, end: number])[] {
  const gone: [number, number][] = [];
  let at = 0;
  for (const { from, length: kept } of stretches) {
    if (from === -1) continue;
    if (from > at) gone.push([at, from]);
    at = from + kept;
  }
  if (length > at) gone.push([at, length]);
  return gone;
}
