import type { Question } from "../../hir/decision.ts";
import { partitionPoint } from "../../memo/index.ts";

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

/** One for each part of each item, in their order. @param ends of the items' parts: endsOf */
export function seedsOfParts<T>(items: readonly T[], ends: Uint32Array, seedAt: (item: T, part: number) => Seed): Seeds {
  return {
    length: ends.at(-1) ?? 0,
    at: (index) => {
      const place = partAt(ends, index);
      return seedAt(items[place]!, index - (ends[place - 1] ?? 0));
    },
  };
}

/** One behind the other. */
export function joinSeeds(parts: readonly Seeds[]): Seeds {
  return seedsOfParts(
    parts,
    endsOf(parts, ({ length }) => length),
    (part, index) => part.at(index),
  );
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
function partAt(ends: Uint32Array, index: number): number {
  return partitionPoint(ends.length, (at) => ends[at]! <= index);
}
