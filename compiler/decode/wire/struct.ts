import type { JsonValue } from "../gen/types.ts";
import { fail, maxDepth } from "../reading.ts";
import type { ReadState } from "../state.ts";
import { type ByteReader, readLength, readText, readVarint32, skipValue, takeFixed } from "./bytes.ts";

type JsonObject = { [key: string]: JsonValue };

/** The google.protobuf.Struct from here to the reader's end, as the JSON object it stands for. */
export function readStruct(reader: ByteReader, state: ReadState, depth: number): JsonObject {
  const object: JsonObject = {};
  fields(reader, (id, wireType) => {
    if (id !== 1 || wireType !== 2) return false;
    nested(reader, () => {
      let key = "";
      let value: JsonValue = null;
      fields(reader, (entryId, entryType) => {
        if (entryType !== 2) return false;
        if (entryId === 1) key = readText(reader);
        else if (entryId === 2) value = nested(reader, () => readStructValue(reader, state, depth + 1)) ?? null;
        else return false;
        return true;
      });
      setKey(object, key, value);
    });
    return true;
  });
  return object;
}

/** The google.protobuf.Value from here to the reader's end. */
export function readStructValue(reader: ByteReader, state: ReadState, depth: number): JsonValue {
  let value: JsonValue = null;
  if (depth > maxDepth) {
    fail(state, "KM1012", "", `more than ${maxDepth} levels`);
    reader.pos = reader.end;
    return value;
  }
  fields(reader, (id, wireType) => {
    if (id === 1 && wireType === 0) {
      readVarint32(reader);
      value = null;
    } else if (id === 2 && wireType === 1) {
      const at = takeFixed(reader, 8);
      value = at < 0 ? null : reader.bytes.readDoubleLE(at);
    } else if (id === 3 && wireType === 2) value = readText(reader);
    else if (id === 4 && wireType === 0) value = readVarint32(reader) !== 0;
    else if (id === 5 && wireType === 2) value = nested(reader, () => readStruct(reader, state, depth)) ?? null;
    else if (id === 6 && wireType === 2) value = nested(reader, () => readList(reader, state, depth)) ?? null;
    else return false;
    return true;
  });
  return value;
}

/** The google.protobuf.ListValue from here to the reader's end. */
export function readList(reader: ByteReader, state: ReadState, depth: number): JsonValue[] {
  const list: JsonValue[] = [];
  fields(reader, (id, wireType) => {
    if (id !== 1 || wireType !== 2) return false;
    list.push(nested(reader, () => readStructValue(reader, state, depth + 1)) ?? null);
    return true;
  });
  return list;
}

/** `__proto__` as a key must be a key. */
function setKey(object: JsonObject, key: string, value: JsonValue): void {
  if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

function fields(reader: ByteReader, take: (id: number, wireType: number) => boolean): void {
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (!take(tag >>> 3, tag & 7)) skipValue(reader, tag & 7);
  }
}

/** Reads the length-delimited value that starts here by `read`, which must go to its end. */
function nested<T>(reader: ByteReader, read: () => T): T | undefined {
  const end = readLength(reader);
  if (reader.broken !== undefined) return undefined;
  const outer = reader.end;
  reader.end = end;
  const value = read();
  reader.end = outer;
  if (reader.broken === undefined) reader.pos = end;
  return value;
}
