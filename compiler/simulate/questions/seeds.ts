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

/** One behind the other. */
export function joinSeeds(parts: readonly Seeds[]): Seeds {
  const ends: number[] = [];
  let end = 0;
  for (const { length } of parts) {
    end += length;
    ends.push(end);
  }
  return {
    length: end,
    at: (index) => {
      const part = partOf(ends, index);
      return parts[part]!.at(index - (ends[part - 1] ?? 0));
    },
  };
}

/** The first of some rising ends that is behind `index`. */
export function partOf(ends: ArrayLike<number>, index: number): number {
  let from = 0;
  let to = ends.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ends[middle]! <= index) from = middle + 1;
    else to = middle;
  }
  return from;
}
