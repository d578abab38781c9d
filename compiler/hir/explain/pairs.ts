import { compareText } from "../../diag/index.ts";
import type { Change } from "./changes.ts";

interface Placed {
  readonly path: string;
}

/** What is said of an item that one side or both have. */
export interface Sides<T> {
  readonly added: (item: T) => readonly Change[];
  readonly removed: (item: T) => readonly Change[];
  readonly both: (a: T, b: T) => readonly Change[];
}

export interface Pairs<T> {
  readonly both: readonly (readonly [a: T, b: T])[];
  readonly removed: readonly T[];
  readonly added: readonly T[];
}

/** Pairs what has the same key; what is left then by the next key, and so on. A key that two items of one side share pairs neither. */
export function pairUp<T>(a: readonly T[], b: readonly T[], keys: readonly ((item: T) => string)[]): Pairs<T> {
  const both: [T, T][] = [];
  let [removed, added] = [a, b];
  for (const key of keys) {
    const [left, right] = [singles(removed, key), singles(added, key)];
    const paired = new Set<T>();
    for (const [name, x] of left) {
      const y = right.get(name);
      if (x === undefined || y === undefined) continue;
      both.push([x, y]);
      paired.add(x).add(y);
    }
    [removed, added] = [removed.filter((x) => !paired.has(x)), added.filter((y) => !paired.has(y))];
  }
  return { both, removed, added };
}

/** By key; undefined where several have it. */
function singles<T>(items: readonly T[], key: (item: T) => string): Map<string, T | undefined> {
  const found = new Map<string, T | undefined>();
  for (const item of items) {
    const name = key(item);
    found.set(name, found.has(name) ? undefined : item);
  }
  return found;
}

/** What is said of the items of two sides, in the order of their paths; of a pair only where the two differ in some byte. */
export function compareItems<T extends Placed>(
  a: readonly T[],
  b: readonly T[],
  keys: readonly ((item: T) => string)[],
  sides: Sides<T>,
): Change[] {
  const { both, removed, added } = pairUp(a, b, keys);
  const said = [
    ...removed.map((x) => ({ path: x.path, changes: sides.removed(x) })),
    ...added.map((y) => ({ path: y.path, changes: sides.added(y) })),
    ...both.map(([x, y]) => ({ path: y.path, changes: JSON.stringify(x) === JSON.stringify(y) ? [] : sides.both(x, y) })),
  ];
  return said.sort((x, y) => compareText(x.path, y.path)).flatMap(({ changes }) => changes);
}
