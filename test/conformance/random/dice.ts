/** A seeded source of choices: the same seed gives the same case, whatever was made before it. */
export interface Dice {
  /** 0 <= n < bound. */
  int(bound: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** `least` to `most` different elements, in the order of `from`. */
  some<T>(from: readonly T[], least: number, most: number): T[];
  /** `make` called `least` to `most` times. */
  list<T>(least: number, most: number, make: (index: number) => T): T[];
  /** The object with probability, else an empty one: for optional fields. */
  maybe<T extends object>(probability: number, make: () => T): T | Record<never, never>;
}

/** mulberry32. */
export function rollDice(seed: number): Dice {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 8; i++) next();
  const int = (bound: number) => Math.floor(next() * bound);
  const dice: Dice = {
    int,
    chance: (probability) => next() < probability,
    pick: (from) => from[int(from.length)]!,
    some: (from, least, most) => {
      const left = from.map((value, index) => ({ value, index }));
      const count = Math.min(from.length, least + int(most - least + 1));
      const taken = Array.from({ length: count }, () => left.splice(int(left.length), 1)[0]!);
      return taken.sort((a, b) => a.index - b.index).map(({ value }) => value);
    },
    list: (least, most, make) => Array.from({ length: least + int(most - least + 1) }, (_, i) => make(i)),
    maybe: (probability, make) => (next() < probability ? make() : {}),
  };
  return dice;
}
