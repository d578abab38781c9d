import type { Question } from "../../hir/decision.ts";

/** Questions that belong together, made when they are asked. */
export type Seed = () => Iterable<Question>;

/** Seeds by number: a large mesh has tens of thousands, and few of them are asked. */
export interface Seeds {
  readonly length: number;
  readonly at: (index: number) => Seed;
}

/** One for each item. */
export function seedsOf<T>(items: readonly T[], ask: (item: T) => Iterable<Question>): Seeds {
  return { length: items.length, at: (index) => () => ask(items[index]!) };
}

/** One for each part of each item. */
export function seedsOfParts<T, P>(
  items: readonly T[],
  partsOf: (item: T) => readonly P[],
  ask: (part: P, item: T) => Iterable<Question>,
): Seeds {
  const ends = endsOf(items, (item) => partsOf(item).length);
  return {
    length: ends.at(-1) ?? 0,
    at: (index) => {
      const place = partAt(ends, index);
      const item = items[place]!;
      const part = partsOf(item)[index - (ends[place - 1] ?? 0)]!;
      return () => ask(part, item);
    },
  };
}

/** One behind the other. */
export function joinSeeds(parts: readonly Seeds[]): Seeds {
  const ends = endsOf(parts, ({ length }) => length);
  return {
    length: ends.at(-1) ?? 0,
    at: (index) => {
      const place = partAt(ends, index);
      return parts[place]!.at(index - (ends[place - 1] ?? 0));
    },
  };
}

/** By item: how many parts there are up to its last one. */
export function endsOf<T>(items: readonly T[], lengthOf: (item: T) => number): Uint32Array {
  const ends = new Uint32Array(items.length);
  let end = 0;
  for (let at = 0; at < items.length; at++) {
    end += lengthOf(items[at]!);
    ends[at] = end;
  }
  return ends;
}

/** The first of some rising ends that is behind `index`. */
export function partAt(ends: ArrayLike<number>, index: number): number {
  let from = 0;
  let to = ends.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ends[middle]! <= index) from = middle + 1;
    else to = middle;
  }
  return from;
}
