import { align } from "./align.ts";

/** Where the item of a key stands in a list. */
export interface Places<K> {
  readonly get: (key: K) => number | undefined;
}

/**
 * Finds items of a list by their keys. The index of the list before is changed where the lists differ, not made anew; who asks about that one
 * again gets an index of its own. Of items with one key the last counts. Lists and items never change.
 */
export function createFinder<T, K>(keyOf: (item: T) => K): (list: readonly T[]) => Places<K> {
  const index = new Map<K, Place>();
  let held: readonly T[] = [];
  let places: readonly Place[] = [];

  const turnTo = (list: readonly T[]): void => {
    const known = align(held, list);
    const stays = new Uint8Array(held.length);
    for (const from of known) if (from >= 0) stays[from] = 1;
    for (let from = 0; from < held.length; from++) if (stays[from] === 0) index.delete(keyOf(held[from]!));
    const next = new Array<Place>(list.length);
    for (let at = 0; at < list.length; at++) {
      const from = known[at]!;
      const place = from >= 0 ? places[from]! : { at };
      place.at = at;
      next[at] = place;
      if (from < 0) index.set(keyOf(list[at]!), place);
    }
    held = list;
    places = next;
    // Of two with one key one may be gone: then only a new index is right.
    if (index.size === list.length) return;
    index.clear();
    for (let at = 0; at < list.length; at++) index.set(keyOf(list[at]!), next[at]!);
  };
  return (list) => {
    if (list !== held) turnTo(list);
    let own: ReadonlyMap<K, number> | undefined;
    return {
      get(key) {
        if (list === held) return index.get(key)?.at;
        own ??= new Map(list.map((item, at) => [keyOf(item), at]));
        return own.get(key);
      },
    };
  };
}

interface Place {
  at: number;
}
