import { align } from "./align.ts";
import { goneFrom } from "./gone.ts";

/** Where the item of a key stands in a list. */
export interface Places<K> {
  readonly get: (key: K) => number | undefined;
}

/**
 * Finds items of a list by their keys. The index of the list before is changed where the lists differ, not made anew; who asks about that one
 * again gets an index of its own. Of items with one key the last counts. Lists and items never change.
 */
export function createFinder<T, K>(keyOf: (item: T) => K): (list: readonly T[]) => Places<K> {
  /** By key, a number that stays its item's own wherever the item stands: where that is takes no object for each. */
  const index = new Map<K, number>();
  let held: readonly T[] = [];
  let numbers = new Int32Array(0);
  let placeOf: Int32Array = new Int32Array(0);
  const free: number[] = [];

  const turnTo = (list: readonly T[]): void => {
    const stretches = align(held, list);
    for (const [first, end] of goneFrom(held.length, stretches))
      for (let from = first; from < end; from++) {
        index.delete(keyOf(held[from]!));
        free.push(numbers[from]!);
      }
    // Numbers are those of places in the longest list so far.
    if (placeOf.length < list.length) {
      for (let number = placeOf.length; number < list.length; number++) free.push(number);
      placeOf = grown(placeOf, list.length);
    }
    const next = new Int32Array(list.length);
    for (const { at: first, length, from } of stretches) {
      if (from >= 0) next.set(numbers.subarray(from, from + length), first);
      if (from === first) continue;
      for (let at = first; at < first + length; at++) {
        if (from === -1) {
          next[at] = free.pop()!;
          index.set(keyOf(list[at]!), next[at]!);
        }
        placeOf[next[at]!] = at;
      }
    }
    held = list;
    numbers = next;
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
        if (list === held) {
          const number = index.get(key);
          return number === undefined ? undefined : placeOf[number];
        }
        own ??= new Map(list.map((item, at) => [keyOf(item), at]));
        return own.get(key);
      },
    };
  };
}

function grown(numbers: Int32Array, length: number): Int32Array {
  const more = new Int32Array(length);
  more.set(numbers);
  return more;
}
