import { align } from "./align.ts";

/** A part of a list. */
export interface Chunk<T> {
  readonly items: readonly T[];
}

/** A chunk has so many items on average; a power of two. */
const AVERAGE = 128;

/**
 * Cuts a list where keys of items say so (by their hash), so that a change of few items changes few chunks, wherever it is: a chunk that has the
 * same items as one of the list before is the same object, and what is made of a chunk (perObject) is made once. Where chunks end depends on the
 * list alone. Lists and items never change.
 */
export function createChunks<T>(keyOf: (item: T) => string): (list: readonly T[]) => readonly Chunk<T>[] {
  let held: readonly T[] = [];
  let chunks: readonly Chunk<T>[] = [];
  /** By item: whether a chunk ends behind it. */
  let ends = new Uint8Array(0);

  return (list) => {
    if (list === held) return chunks;
    const places = align(held, list);
    const nextEnds = new Uint8Array(list.length);
    for (let at = 0; at < list.length; at++) nextEnds[at] = places[at]! >= 0 ? ends[places[at]!]! : Number(endsBehind(keyOf(list[at]!)));
    const byStart = new Map<number, Chunk<T>>();
    let start = 0;
    for (const chunk of chunks) {
      byStart.set(start, chunk);
      start += chunk.items.length;
    }
    const next: Chunk<T>[] = [];
    let first = 0;
    for (let at = 0; at < list.length; at++) {
      if (nextEnds[at] === 0 && at < list.length - 1) continue;
      const known = byStart.get(places[first]!);
      const isKnown = known?.items.length === at + 1 - first && isStretch(places, first, at);
      next.push(isKnown ? known : { items: list.slice(first, at + 1) });
      first = at + 1;
    }
    [held, chunks, ends] = [list, next, nextEnds];
    return chunks;
  };
}

function isStretch(places: Int32Array, first: number, last: number): boolean {
  for (let at = first; at < last; at++) if (places[at + 1] !== places[at]! + 1) return false;
  return true;
}

/** Whether a chunk ends behind the item of a key. */
export function endsBehind(key: string): boolean {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  // The low bits of this hash are those of the last character.
  return ((hash >>> 16) & (AVERAGE - 1)) === 0;
}
