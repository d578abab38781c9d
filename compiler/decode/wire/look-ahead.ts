/** What is looked for in bytes that are read, or not, later. */
import { defaultScalar, wireTypes } from "../plan/plan.ts";
import type { ScalarType } from "../plan/types.ts";
import type { ByteSource } from "../texts.ts";
import { type ByteReader, readLength, readText, readVarint32, skipValue } from "./bytes.ts";
import { readScalar } from "./scalars.ts";

/** The string field 1 of the message whose length stands at `start`. */
export function nameAt(reader: ByteReader, start: number): string {
  const scan: ByteReader = { bytes: reader.bytes, view: reader.view, pos: start, end: reader.bytes.length, broken: undefined, told: true };
  scan.end = readLength(scan);
  while (scan.pos < scan.end && scan.broken === undefined) {
    const tag = readVarint32(scan);
    if (tag === 10) return readText(scan);
    skipValue(scan, tag & 7);
  }
  return "";
}

/** The key of the map's entry from here to the reader's end. */
export function entryKey(reader: ByteReader, type: ScalarType): string {
  let key = defaultScalar(type);
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (tag >>> 3 === 1 && (tag & 7) === wireTypes[type]) key = readScalar(reader, type);
    else skipValue(reader, tag & 7);
  }
  return String(key);
}

/** Steps over the next tag where it is `tag` again. */
export function takeTag(reader: ByteReader, tag: number): boolean {
  const { pos } = reader;
  if (pos >= reader.end) return false;
  if (readVarint32(reader) === tag) return true;
  if (reader.broken === undefined) reader.pos = pos;
  return false;
}

/** Bytes that a length takes. */
export function lengthSize(bytes: ByteSource, pos: number): number {
  let size = 1;
  while (bytes[pos + size - 1]! >= 0x80) size++;
  return size;
}
