import { suite } from "uvu";
import * as assert from "uvu/assert";
import { buildCuckoo } from "../cuckoo.ts";
import { hashAdd, hashSecond } from "../hash.ts";

const test = suite("cuckoo");
const hash = (key: number, seed: number) => hashAdd(seed, key);

for (const [slots, keys] of [
  [4, 0],
  [4, 1],
  [4, 4],
  [4, 5],
  [4, 1000],
  [4, 65_536],
  [2, 3],
  [2, 50_000],
] as const)
  test(`${keys} keys in buckets of ${slots}: each once, in one of its two buckets`, () => {
    const table = buildCuckoo({ keys, slots, maxBuckets: 1 << 17, hash })!;
    const seen = new Set<number>();
    for (const [slot, key] of table.place.entries()) {
      if (key === -1) continue;
      const bucket = Math.floor(slot / slots);
      const h = hash(key, table.seed);
      assert.ok(bucket === (h & table.mask) || bucket === (hashSecond(h) & table.mask), `key ${key} is in bucket ${bucket}`);
      if (bucket !== (h & table.mask))
        assert.is.not(table.place[(h & table.mask) * slots + slots - 1], -1, `key ${key}: its first bucket has room`);
      assert.ok(slot % slots === 0 || table.place[slot - 1] !== -1, `a gap before slot ${slot}`);
      assert.not.ok(seen.has(key));
      seen.add(key);
    }
    assert.is(seen.size, keys);
    assert.ok(keys < 1000 || keys / table.place.length > 0.3, `filled to ${keys / table.place.length}`);
  });

test("the same keys always end in the same places", () => {
  const build = () => buildCuckoo({ keys: 5000, slots: 4, maxBuckets: 1 << 17, hash })!;
  assert.equal(build(), build());
});

test("a seed that fails is followed by the next, a size that fails by the next", () => {
  const stuck = buildCuckoo({ keys: 9, slots: 4, maxBuckets: 1024, hash: (key, seed) => (seed < 3 ? 7 : hashAdd(seed, key)) })!;
  assert.is(stuck.seed, 3);
  assert.is(buildCuckoo({ keys: 9, slots: 4, maxBuckets: 1024, hash: () => 7 }), undefined, "nine keys of one hash fit nowhere");
});

test.run();
