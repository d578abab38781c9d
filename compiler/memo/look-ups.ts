import { align } from "./align.ts";
import type { Places } from "./finder.ts";
import { createSlot } from "./slot.ts";

/** Where the items of some keys stand, by key; -1 where there is none. */
export type LookUp = (keys: readonly string[]) => Int32Array;

/**
 * A finder (createFinder) for very many keys, in lists that stay the same objects: of items that stay in the list, where they stand now follows
 * from where they stood, and no key is looked at. Keys of items differ. Lists, items and keys never change.
 */
export function createLookUps<T>(find: (list: readonly T[]) => Places<string>): (list: readonly T[]) => LookUp {
  const found = createSlot<readonly string[], { readonly turn: number; readonly places: Int32Array }>();
  let held: readonly T[] = [];
  /** By place in the list before: the place in `held`, or -1. */
  let moves = new Int32Array(0);
  let turn = 0;

  const turnTo = (list: readonly T[]): void => {
    moves = new Int32Array(held.length).fill(-1);
    for (const { at, length, from } of align(held, list)) if (from >= 0) for (let i = 0; i < length; i++) moves[from + i] = at + i;
    held = list;
    turn++;
  };
  return (list) => {
    if (list !== held) turnTo(list);
    const own = turn;
    const places = find(list);
    return (keys) => {
      const known = found.get(keys);
      if (known?.turn === own) return known.places;
      const before = known && known.turn === own - 1 && turn === own ? known.places : undefined;
      const now = new Int32Array(keys.length);
      for (let i = 0; i < keys.length; i++) {
        const from = before?.[i] ?? -1;
        const moved = from >= 0 ? moves[from]! : -1;
        now[i] = moved >= 0 ? moved : (places.get(keys[i]!) ?? -1);
      }
      found.set(keys, { turn: own, places: now });
      return now;
    };
  };
}
