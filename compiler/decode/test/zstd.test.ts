/** Files compressed by zstd: read as they are, and refused when broken, before memory is taken. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inflateZstd, isZstd, maxInflatedBytes } from "../input/zstd.ts";
import { cluster, decodeFiles } from "./decoding.ts";

const zstd = suite("zstd");

/** Clusters a and b, by `zstd -19`, from a file (which tells the size) and from a pipe (which does not). */
const ofFile = Buffer.from(
  "KLUv/SSlnQIAQkUREZB9hJA8ELdoZn7pT0Hi+l8lG21XYHty4g9TdOAmDBzo23rfCs2xKFfIEscXUK5Q3Uz/mpQtOPGf2RbXh3j9Ra+sT10HAwDkBKTiggVZBQ9oDVgV",
  "base64",
);
const ofPipe = Buffer.from(
  "KLUv/QRonQIAQkUREZB9hJA8ELdoZn7pT0Hi+l8lG21XYHty4g9TdOAmDBzo23rfCs2xKFfIEscXUK5Q3Uz/mpQtOPGf2RbXh3j9Ra+sT10HAwDkBKTiggVZBQ9oDVgV",
  "base64",
);

type Block = readonly ["raw", Uint8Array] | readonly ["repeat", byte: number, times: number];

/** One frame of blocks that need no compressor. */
function frame(blocks: readonly Block[], size?: number): Uint8Array {
  const head = Buffer.alloc(size === undefined ? 6 : 9);
  head.writeUInt32LE(0xfd2fb528, 0);
  if (size === undefined) head[5] = 7 << 3;
  else {
    head[4] = 0xa0;
    head.writeUInt32LE(size, 5);
  }
  const parts = blocks.map((block, i) => {
    const last = i === blocks.length - 1 ? 1 : 0;
    const [length, kind, body] = block[0] === "raw" ? [block[1].length, 0, block[1]] : [block[2], 1, Buffer.from([block[1]])];
    const header = Buffer.alloc(3);
    header.writeUIntLE((length << 3) | (kind << 1) | last, 0, 3);
    return Buffer.concat([header, body]);
  });
  return Buffer.concat([head, ...parts]);
}

const plain = Buffer.from(JSON.stringify({ resources: [cluster({ name: "a" })] }));

/** The diagnostic of a file, or the names of its clusters. */
function read(bytes: Uint8Array): string {
  const { diagnostics, clusters } = decodeFiles({ name: "f.zst", bytes });
  return diagnostics.map(({ code, message }) => `${code} ${message}`).join() || clusters.map(({ name }) => name).join();
}

zstd("a file and a pipe, several frames, skippable frames", () => {
  assert.is(read(ofFile), "a,b");
  assert.is(read(ofPipe), "a,b");
  assert.is(read(frame([["raw", plain]], plain.length)), "a");
  assert.is(
    read(
      frame([
        ["raw", plain.subarray(0, 9)],
        ["raw", plain.subarray(9)],
      ]),
    ),
    "a",
  );
  assert.is(read(Buffer.concat([frame([["raw", plain.subarray(0, 9)]], 9), frame([["raw", plain.subarray(9)]])])), "a");
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  assert.is(read(Buffer.concat([frame([["raw", plain]]), skippable])), "a");
});

zstd("what is in it is told by content as well", () => {
  assert.match(read(frame([["raw", Buffer.alloc(0)]])), /^KM1001 the file is empty/);
  assert.match(read(frame([["raw", Buffer.from("{")]])), /^KM1002 /);
  assert.match(read(frame([["raw", Buffer.from([0x1f, 0x8b, 8])]])), /^KM1001 neither JSON/);
  assert.not(isZstd(plain));
});

zstd("truncated at every byte", () => {
  for (const whole of [ofFile, ofPipe, frame([["raw", plain]])]) {
    for (let length = 4; length < whole.length; length++)
      assert.match(read(whole.subarray(0, length)), /^KM1004 zstd: /, `${length} bytes`);
  }
});

zstd("what is not taken", () => {
  assert.match(read(Buffer.concat([ofFile, Buffer.from("more")])), /KM1004 zstd: no frame at byte/);
  const dictionary = Buffer.from(frame([["raw", plain]]));
  dictionary[4] = 1;
  assert.match(read(dictionary), /KM1004 zstd: it needs a dictionary/);
  const window = Buffer.from(frame([["raw", plain]]));
  window[5] = 18 << 3;
  assert.match(read(window), /KM1004 zstd: a window of 268435456 bytes/);
  assert.match(read(frame([["raw", plain]], 1_000_000_000)), /KM1004 zstd: it says 1000000000 bytes, and its blocks give at most/);
});

zstd("a bomb is refused before it goes off", () => {
  const times = maxInflatedBytes / 2 ** 17 + 1;
  const bomb = frame(Array.from({ length: times }, (): Block => ["repeat", 0x20, 2 ** 17]));
  assert.ok(bomb.length < 50_000);
  const start = process.memoryUsage.rss();
  assert.match(read(bomb), /^KM1003 up to 1073872896 bytes when decompressed/);
  assert.ok(process.memoryUsage.rss() - start < 50_000_000);
});

zstd("changed bytes never throw", () => {
  let state = 7;
  const next = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % n;
  };
  for (let i = 0; i < 1000; i++) {
    const bytes = Buffer.from(i % 2 ? ofFile : ofPipe);
    for (let n = next(3); n >= 0; n--) bytes[4 + next(bytes.length - 4)] = next(256);
    const got = inflateZstd(bytes);
    assert.ok(got.kind === "bytes" ? got.bytes.length <= maxInflatedBytes : got.message.length > 0);
  }
});

zstd.run();
