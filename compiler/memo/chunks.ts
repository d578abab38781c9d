import { align, type Stretch } from "./align.ts";

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
  /** Behind which items a chunk ends by their keys, as places of the next item, rising. */
  let cuts: readonly number[] = [];

  const cutsOf = (list: readonly T[], stretches: readonly Stretch[]): readonly number[] => {
    const all: number[] = [];
    let next = 0;
    for (const { at, length, from } of stretches) {
      if (from === -1) {
        for (let i = at; i < at + length; i++) if (endsBehind(keyOf(list[i]!))) all.push(i + 1);
        continue;
      }
      while (next < cuts.length && cuts[next]! <= from) next++;
      for (; next < cuts.length && cuts[next]! <= from + length; next++) all.push(cuts[next]! - from + at);
    }
    return all;
  };
  return (list) => {
    if (list === held) return chunks;
    const stretches = align(held, list);
    const byStart = new Map<number, Chunk<T>>();
    let start = 0;
    for (const chunk of chunks) {
      byStart.set(start, chunk);
      start += chunk.items.length;
    }
    const nextCuts = cutsOf(list, stretches);
    const next: Chunk<T>[] = [];
    let first = 0;
    let stretch = 0;
    const endAt = (end: number): void => {
      while (stretches[stretch]!.at + stretches[stretch]!.length <= first) stretch++;
      const { at, length, from } = stretches[stretch]!;
      const known = from >= 0 && end <= at + length ? byStart.get(from + first - at) : undefined;
      next.push(known?.items.length === end - first ? known : { items: list.slice(first, end) });
      first = end;
    };
    for (const cut of nextCuts) endAt(cut);
    if (first < list.length) endAt(list.length);
    [held, chunks, cuts] = [list, next, nextCuts];
    return chunks;
  };
}

/** Whether a chunk ends behind the item of a key. */
export function endsBehind(key: string): boolean {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  // The low bits of this hash are those of the last character.
  return ((hash >>> 16) & (AVERAGE - 1)) === 0;
}
