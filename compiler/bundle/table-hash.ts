import { createHash, type Hash } from "node:crypto";
import type { Parts } from "../layout/index.ts";
import { sha256 } from "./sha256.ts";

/** Bytes that are hashed together. */
const RANGE = 1 << 16;

/** SHA-256 of the SHA-256 of each 64 KiB of a table (in hexadecimal, each with its end of line): a change of a large one touches few. */
export function tableHash(bytes: Uint8Array): string {
  return createTableHash()([bytes]);
}

/** The same of one table's versions, one after the other: a range whose parts stay where they are is not hashed again. */
export function createTableHash(): (parts: Parts) => string {
  let before: ReadonlyMap<number, Uint8Array> = new Map();
  let hashes: readonly string[] = [];
  let size = 0;

  return (parts) => {
    const now = new Map<number, Uint8Array>();
    let end = 0;
    for (const part of parts) {
      now.set(end, part);
      end += part.length;
    }
    const hashers = new Map<number, Hash>();
    const touch = (range: number): void => void hashers.set(range, hashers.get(range) ?? createHash("sha256"));
    for (const [at, part] of now) if (before.get(at) !== part) for (const range of rangesOf(at, part)) touch(range);
    // The last one may end elsewhere.
    if (end !== size) touch(Math.floor((Math.min(end, size) - 1) / RANGE));
    if (hashers.size > 0)
      for (const [at, part] of now)
        for (const range of rangesOf(at, part)) {
          const start = range * RANGE - at;
          hashers.get(range)?.update(part.subarray(Math.max(0, start), start + RANGE));
        }
    hashes = Array.from({ length: Math.ceil(end / RANGE) }, (_, range) => hashers.get(range)?.digest("hex") ?? hashes[range]!);
    [before, size] = [now, end];
    return sha256(hashes.map((hash) => `${hash}\n`).join(""));
  };
}

/** Ranges that hold some of a part. */
function* rangesOf(at: number, { length }: Uint8Array): Generator<number> {
  for (let range = Math.floor(at / RANGE); range * RANGE < at + length; range++) yield range;
}
