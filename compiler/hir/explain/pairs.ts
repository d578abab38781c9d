import { compareText } from "../../diag/index.ts";
import type { Change } from "./changes.ts";

/** What is said of an item that one side or both have. */
export interface Sides<T> {
  readonly added: (item: T) => readonly Change[];
  readonly removed: (item: T) => readonly Change[];
  readonly both: (a: T, b: T) => readonly Change[];
}

/** Pairs items by key; calls `both` only for pairs that differ in some byte. Sorted by key. */
export function byKey<T>(a: readonly T[], b: readonly T[], key: (item: T) => string, sides: Sides<T>): Change[] {
  const [left, right] = [new Map(a.map((x) => [key(x), x])), new Map(b.map((x) => [key(x), x]))];
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort(compareText);
  return keys.flatMap((k) => {
    const [x, y] = [left.get(k), right.get(k)];
    if (x === undefined) return y === undefined ? [] : sides.added(y);
    if (y === undefined) return sides.removed(x);
    return JSON.stringify(x) === JSON.stringify(y) ? [] : sides.both(x, y);
  });
}
