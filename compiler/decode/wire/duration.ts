import { duration } from "../numbers.ts";
import { fail } from "../reading.ts";
import type { ReadState } from "../state.ts";
import type { XdsValue } from "../types.ts";
import { type ByteReader, readVarint32, readVarint64, skipValue } from "./bytes.ts";

/** The google.protobuf.Duration from here to the reader's end. */
export function readDuration(reader: ByteReader, state: ReadState): XdsValue | undefined {
  let seconds = 0n;
  let nanos = 0;
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (tag === 8) seconds = BigInt.asIntN(64, readVarint64(reader));
    else if (tag === 16) nanos = readVarint32(reader) | 0;
    else skipValue(reader, tag & 7);
  }
  const result = duration(seconds, nanos);
  if (typeof result === "number") return result;
  fail(state, "KM1011", "", result.problem);
  return undefined;
}
