import { hashSecond } from "./hash.ts";

export interface CuckooTable {
  readonly seed: number;
  /** Buckets minus one; buckets are a power of two. */
  readonly mask: number;
  /** Key index by slot (bucket * slots + place), -1 where empty. */
  readonly place: Int32Array;
}

export interface CuckooOptions {
  readonly keys: number;
  /** Slots of a bucket. */
  readonly slots: number;
  readonly maxBuckets: number;
  /** First hash of a key under a seed. */
  readonly hash: (key: number, seed: number) => number;
}

/** What the table is filled to at most: beyond 0.97 (four slots) and 0.89 (two) two-choice cuckoo tables stop fitting. */
const loadFactor: Readonly<Record<number, number>> = { 4: 0.9, 2: 0.75 };

const SEEDS = 32;

/**
 * A static two-choice bucket table: every key is in one of two buckets, so that a lookup reads at most two cache lines. All keys are known,
 * so a set that does not fit tries the next seed, then the next size; undefined when the largest size does not hold it. Deterministic.
 *
 * A bucket is filled from its first place on, and a key is in its second bucket only if the first is full: a lookup that finds the last
 * place of the first bucket empty ends there.
 */
export function buildCuckoo(options: CuckooOptions): CuckooTable | undefined {
  const wanted = options.keys / (options.slots * (loadFactor[options.slots] ?? 0.5));
  let buckets = 1;
  while (buckets < wanted) buckets *= 2;
  for (; buckets <= options.maxBuckets; buckets *= 2)
    for (let seed = 1; seed <= SEEDS; seed++) {
      const place = tryPlace(options, buckets - 1, seed);
      if (place) return { seed, mask: buckets - 1, place };
    }
  return undefined;
}

function tryPlace({ keys, slots, hash }: CuckooOptions, mask: number, seed: number): Int32Array | undefined {
  const place = new Int32Array((mask + 1) * slots).fill(-1);
  const first = new Uint32Array(keys);
  for (let key = 0; key < keys; key++) first[key] = hash(key, seed);
  const free = (bucket: number) => {
    for (let i = 0; i < slots; i++) if (place[bucket * slots + i] === -1) return bucket * slots + i;
    return -1;
  };
  let walk = seed;
  for (let key = 0; key < keys; key++) {
    let moving = key;
    let from = -1;
    for (let kicks = 0; ; kicks++) {
      if (kicks > 500) return undefined;
      const one = first[moving]! & mask;
      const two = hashSecond(first[moving]!) & mask;
      let slot = free(one);
      if (slot === -1) slot = free(two);
      if (slot !== -1) {
        place[slot] = moving;
        break;
      }
      // A fixed walk, not chance: the same keys always end in the same places.
      walk = (Math.imul(walk, 1_664_525) + 1_013_904_223) >>> 0;
      const bucket = from === one ? two : from === two ? one : walk & 0x10000 ? one : two;
      slot = bucket * slots + ((walk >>> 20) % slots);
      const evicted = place[slot]!;
      place[slot] = moving;
      moving = evicted;
      from = bucket;
    }
  }
  return place;
}
