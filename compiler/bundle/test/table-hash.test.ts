import { suite } from "uvu";
import * as assert from "uvu/assert";
import { random as randomOf } from "../../../test/shuffle.ts";
import { createTableHash, tableHash } from "../table-hash.ts";

const hash = suite("table hash");

hash("what is hashed after another version is hashed as by itself", () => {
  const next = randomOf(1);
  const below = (limit: number) => Math.floor(next() * limit);
  const part = () => new Uint8Array(below(8) === 0 ? 0 : below(50_000)).fill(below(256));
  const hashNext = createTableHash();
  let parts: readonly Uint8Array[] = [];
  for (let round = 0; round < 300; round++) {
    const at = below(parts.length + 1);
    parts = parts.toSpliced(at, below(3), ...Array.from({ length: below(3) }, part));
    if (below(20) === 0) parts = [];
    assert.is(hashNext(parts), tableHash(Buffer.concat(parts)), `round ${round}`);
  }
});

hash("every byte and the size count", () => {
  const bytes = new Uint8Array(200_000);
  const hashes = new Set([tableHash(bytes), tableHash(bytes.subarray(1)), tableHash(new Uint8Array(0))]);
  for (const at of [0, 65_535, 65_536, 199_999]) {
    const other = bytes.slice();
    other[at] = 1;
    hashes.add(tableHash(other));
  }
  assert.is(hashes.size, 7);
});

hash.run();
