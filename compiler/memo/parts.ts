import { type Chunk, endsBehind } from "./chunks.ts";
import { createSlot } from "./slot.ts";

/**
 * Cuts lists as createChunks does, for many lists that come and go: a chunk is kept by its first item, not with the list before. Costs a
 * look at each key. Lists and items never change.
 */
export function createParts<T extends object>(keyOf: (item: T) => string): (list: readonly T[]) => readonly Chunk<T>[] {
  const byFirst = createSlot<T, Chunk<T>>();

  return (list) => {
    const parts: Chunk<T>[] = [];
    let first = 0;
    for (let at = 0; at < list.length; at++) {
      if (!endsBehind(keyOf(list[at]!)) && at < list.length - 1) continue;
      const start = list[first]!;
      let part = byFirst.get(start);
      if (!part || !isStretch(part.items, list, first, at + 1)) {
        part = { items: list.slice(first, at + 1) };
        byFirst.set(start, part);
      }
      parts.push(part);
      first = at + 1;
    }
    return parts;
  };
}

function isStretch<T>(items: readonly T[], list: readonly T[], first: number, end: number): boolean {
  if (items.length !== end - first) return false;
  for (let at = first; at < end; at++) if (items[at - first] !== list[at]) return false;
  return true;
}
