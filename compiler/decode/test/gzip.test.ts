/** Files compressed by gzip: read as they are, and refused when broken or too large. */
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inflateGzip } from "../input/gzip.ts";
import { cluster, decodeFiles } from "./decoding.ts";

const gzip = suite("gzip");

const plain = Buffer.from(JSON.stringify({ resources: [cluster({ name: "a" })] }));
const compressed = gzipSync(plain);

/** The diagnostic of a file, or the names of its clusters. */
function read(bytes: Uint8Array): string {
  const { diagnostics, clusters } = decodeFiles({ name: "f.gz", bytes });
  return diagnostics.map(({ code, message }) => `${code} ${message}`).join() || clusters.map(({ name }) => name).join();
}

gzip("one member and several", () => {
  assert.is(read(compressed), "a");
  assert.is(read(Buffer.concat([gzipSync(plain.subarray(0, 9)), gzipSync(plain.subarray(9))])), "a");
});

gzip("what is in it is told by content as well", () => {
  assert.match(read(gzipSync("")), /^KM1001 the file is empty/);
  assert.match(read(gzipSync("{")), /^KM1002 /);
  assert.match(read(gzipSync(compressed)), /^KM1001 neither JSON/);
});

gzip("truncated at every byte, and damaged", () => {
  for (let length = 2; length < compressed.length; length++)
    assert.match(read(compressed.subarray(0, length)), /^KM1004 gzip: /, `${length} bytes`);
  const damaged = Buffer.from(compressed);
  damaged[damaged.length - 5]! ^= 1;
  assert.match(read(damaged), /^KM1004 gzip: incorrect data check/);
});

gzip("no more is made than may be read", () => {
  const many = gzipSync(Buffer.alloc(1 << 20));
  assert.is(inflateGzip(many, 1 << 20).kind, "bytes");
  assert.equal(inflateGzip(many, (1 << 20) - 1), { kind: "problem", code: "KM1003", message: "more than 1048575 bytes when decompressed" });
});

gzip.run();
