import { isUtf8 } from "node:buffer";
import type { Memory } from "../memory.ts";
import { asciiText } from "../texts.ts";

/**
 * A range of protobuf bytes being read. Nothing throws: what does not fit sets `broken` with the reason and moves to the end, so that all
 * loops come to theirs.
 */
export interface ByteReader extends Memory {
  pos: number;
  /** End of the message being read. */
  end: number;
  broken: string | undefined;
  /** Whether that has been reported. */
  told: boolean;
}

export function newReader({ bytes, view }: Memory, start = 0, end = bytes.length): ByteReader {
  return { bytes, view, pos: start, end, broken: undefined, told: false };
}

export function breakOff(reader: ByteReader, why: string): void {
  reader.broken ??= why;
  reader.pos = reader.end;
}

const truncated = "the bytes end inside a field";

/** The low 32 bits of a varint, unsigned. */
export function readVarint32(reader: ByteReader): number {
  const { bytes, end } = reader;
  let pos = reader.pos;
  if (pos < end) {
    const first = bytes[pos]!;
    if (first < 0x80) {
      reader.pos = pos + 1;
      return first;
    }
  }
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (pos >= end) {
      breakOff(reader, truncated);
      return 0;
    }
    const byte = bytes[pos++]!;
    if (shift < 32) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      reader.pos = pos;
      return value >>> 0;
    }
  }
  breakOff(reader, "a varint of more than 10 bytes");
  return 0;
}

/** A varint's 64 bits, unsigned. */
export function readVarint64(reader: ByteReader): bigint {
  const { bytes, end } = reader;
  let pos = reader.pos;
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    if (pos >= end) {
      breakOff(reader, truncated);
      return 0n;
    }
    const byte = bytes[pos++]!;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) {
      reader.pos = pos;
      return BigInt.asUintN(64, value);
    }
  }
  breakOff(reader, "a varint of more than 10 bytes");
  return 0n;
}

/** Where the length-delimited field that starts here ends. */
export function readLength(reader: ByteReader): number {
  const length = readVarint32(reader);
  if (length > reader.end - reader.pos) {
    breakOff(reader, truncated);
    return reader.end;
  }
  return reader.pos + length;
}

/** `size` bytes of a fixed-size number: their offset, or -1. */
export function takeFixed(reader: ByteReader, size: 4 | 8): number {
  const at = reader.pos;
  if (size > reader.end - at) {
    breakOff(reader, truncated);
    return -1;
  }
  reader.pos = at + size;
  return at;
}

/** The text between `start` and `end`. Broken when it is not UTF-8. */
export function textBetween(reader: ByteReader, start: number, end: number): string {
  return asciiText(reader.bytes, start, end) ?? unicodeText(reader, start, end);
}

function unicodeText(reader: ByteReader, start: number, end: number): string {
  const text = reader.bytes.toString("utf8", start, end);
  // U+FFFD is what stands for a wrong byte, but it may be meant.
  if (text.includes("\ufffd") && !isUtf8(reader.bytes.subarray(start, end))) breakOff(reader, "a string that is not UTF-8");
  return text;
}

export function readText(reader: ByteReader): string {
  const end = readLength(reader);
  if (reader.broken !== undefined) return "";
  const start = reader.pos;
  reader.pos = end;
  return textBetween(reader, start, end);
}

/** Skips the value of a field; groups (wire type 3) with all they hold. */
export function skipValue(reader: ByteReader, wireType: number): void {
  switch (wireType) {
    case 0:
      skipVarint(reader);
      return;
    case 1:
      takeFixed(reader, 8);
      return;
    case 2:
      reader.pos = readLength(reader);
      return;
    case 3:
      skipGroup(reader);
      return;
    case 5:
      takeFixed(reader, 4);
      return;
    default:
      breakOff(reader, `a field of wire type ${wireType}`);
  }
}

function skipVarint(reader: ByteReader): void {
  for (let i = 0; i < 10; i++) {
    if (reader.pos >= reader.end) {
      breakOff(reader, truncated);
      return;
    }
    if (reader.bytes[reader.pos++]! < 0x80) return;
  }
  breakOff(reader, "a varint of more than 10 bytes");
}

/** Without recursion: a hostile input can nest groups as deep as it is long. */
function skipGroup(reader: ByteReader): void {
  for (let open = 1; open > 0; ) {
    if (reader.pos >= reader.end) {
      breakOff(reader, truncated);
      return;
    }
    const wireType = readVarint32(reader) & 7;
    if (wireType === 3) open++;
    else if (wireType === 4) open--;
    else skipValue(reader, wireType);
  }
}
