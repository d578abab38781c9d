import type { Memory } from "../memory.ts";
import { asciiText } from "../texts.ts";
import {
  BACKSLASH,
  CAPITAL_E,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  DOT,
  LETTER_E,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  ZERO,
} from "./letters.ts";
import { afterSpace, isSpace } from "./space.ts";

/**
 * JSON text being read where it stands. It is known to be JSON in UTF-8 (`endOfValue`), so nothing here asks again. Whoever reads a value begins
 * at its first byte and ends behind its last one.
 */
export interface JsonReader extends Memory {
  pos: number;
}

export function newJsonReader({ bytes, view }: Memory, pos = 0): JsonReader {
  return { bytes, view, pos };
}

/** The byte that the value here begins with. */
export function firstByte({ bytes, pos }: JsonReader): number {
  return bytes[pos]!;
}

/** Goes to the next byte that is no space. */
function skipSpace(reader: JsonReader): number {
  reader.pos = afterSpace(reader, reader.pos);
  return firstByte(reader);
}

/** Into the object or list that begins here. */
export function open(reader: JsonReader): void {
  reader.pos++;
}

/** From the object's open brace, or behind a value of it, to the next value: its key. Undefined where the object ends: behind that. */
export function nextKey(reader: JsonReader): string | undefined {
  if (!isNext(reader, CLOSE_OBJECT)) return undefined;
  const key = readString(reader);
  skipSpace(reader);
  reader.pos++;
  skipSpace(reader);
  return key;
}

/** From the list's open bracket, or behind an item of it, to the next item. False where the list ends: behind that. */
export function nextItem(reader: JsonReader): boolean {
  return isNext(reader, CLOSE_LIST);
}

function isNext(reader: JsonReader, close: number): boolean {
  let byte = skipSpace(reader);
  if (byte === COMMA) {
    reader.pos++;
    byte = skipSpace(reader);
  }
  if (byte !== close) return true;
  reader.pos++;
  return false;
}

export function readString(reader: JsonReader): string {
  const { bytes } = reader;
  const start = reader.pos + 1;
  let at = start;
  let byte = bytes[at]!;
  while (byte !== QUOTE && byte !== BACKSLASH) byte = bytes[++at]!;
  if (byte === QUOTE) {
    reader.pos = at + 1;
    return asciiText(bytes, start, at) ?? bytes.utf8Slice(start, at);
  }
  skipString(reader);
  return JSON.parse(bytes.utf8Slice(start - 1, reader.pos)) as string;
}

function skipString(reader: JsonReader): void {
  const { bytes } = reader;
  let at = reader.pos + 1;
  for (let byte = bytes[at]!; byte !== QUOTE; byte = bytes[at]!) at += byte === BACKSLASH ? 2 : 1;
  reader.pos = at + 1;
}

export function skipJson(reader: JsonReader): void {
  const { bytes } = reader;
  let open = 0;
  do {
    const byte = bytes[reader.pos]!;
    if (byte === QUOTE) skipString(reader);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      open++;
      reader.pos++;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      open--;
      reader.pos++;
    } else if (open > 0) reader.pos++;
    else skipWord(reader);
  } while (open > 0);
}

/** A number, or true, false, null. */
function skipWord(reader: JsonReader): void {
  const { bytes } = reader;
  let { pos } = reader;
  for (let byte = bytes[pos]; byte !== undefined && !isSpace(byte); byte = bytes[++pos]) {
    if (byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT) break;
  }
  reader.pos = pos;
}

/** The value as JSON.parse gives it. */
export function readJson(reader: JsonReader): unknown {
  if (firstByte(reader) === QUOTE) return readString(reader);
  const start = reader.pos;
  const small = smallNumber(reader);
  if (small !== undefined) return small;
  skipJson(reader);
  return JSON.parse(reader.bytes.utf8Slice(start, reader.pos));
}

/** A number of one to nine digits, which is most of them; undefined, and the reader stays, for any other value. */
function smallNumber(reader: JsonReader): number | undefined {
  const { bytes } = reader;
  let { pos } = reader;
  let value = 0;
  for (let digit = bytes[pos]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++pos]! - ZERO) value = value * 10 + digit;
  const digits = pos - reader.pos;
  const next = bytes[pos]!;
  if (digits === 0 || digits > 9 || next === DOT || next === LETTER_E || next === CAPITAL_E) return undefined;
  reader.pos = pos;
  return value;
}

/** Whether what readJson gave is an object. */
export function isJsonObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Calls `visit` with the start and end, between the quotes, of each string from `start` on that is no key. The reader is at the end. */
export function eachString({ bytes, view, pos: end }: JsonReader, start: number, visit: (start: number, end: number) => void): void {
  const inner = { bytes, view, pos: start };
  while (inner.pos < end) {
    if (firstByte(inner) !== QUOTE) {
      inner.pos++;
      continue;
    }
    const first = inner.pos + 1;
    skipString(inner);
    const last = inner.pos - 1;
    if (inner.pos === end || skipSpace(inner) !== COLON) visit(first, last);
  }
}

/** Whether the object or list here has nothing in it. Stays where it is. */
export function isEmpty({ bytes, view, pos }: JsonReader): boolean {
  const inner = { bytes, view, pos: pos + 1 };
  const byte = skipSpace(inner);
  return byte === CLOSE_OBJECT || byte === CLOSE_LIST;
}

/** A reader at the first member of the object here that has this key; undefined where it has none. Stays where it is. */
export function memberAt({ bytes, view, pos }: JsonReader, key: string): JsonReader | undefined {
  const inner = { bytes, view, pos: pos + 1 };
  for (let next = nextKey(inner); next !== undefined; next = nextKey(inner)) {
    if (next === key) return inner;
    skipJson(inner);
  }
  return undefined;
}
