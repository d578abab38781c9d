import { defaultScalar, wireTypes } from "../plan/plan.ts";
import type { ScalarType } from "../plan/types.ts";
import type { XdsValue } from "../types.ts";
import { type ByteReader, readLength, readText, readVarint32, readVarint64, skipValue, takeFixed } from "./bytes.ts";

/** One scalar; the tag has been read and its wire type fits. */
export function readScalar(reader: ByteReader, type: ScalarType): XdsValue {
  switch (type) {
    case "string":
      return readText(reader);
    case "uint32":
      return readVarint32(reader);
    case "bool":
      return readBool(reader);
    case "int32":
      return readVarint32(reader) | 0;
    case "sint32": {
      const zigzag = readVarint32(reader);
      return (zigzag >>> 1) ^ -(zigzag & 1);
    }
    case "uint64":
      return readVarint64(reader);
    case "int64":
      return BigInt.asIntN(64, readVarint64(reader));
    case "sint64": {
      const zigzag = readVarint64(reader);
      return BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
    }
    case "bytes": {
      const end = readLength(reader);
      const bytes = new Uint8Array(reader.bytes.subarray(reader.pos, end));
      reader.pos = end;
      return bytes;
    }
    case "double": {
      const at = takeFixed(reader, 8);
      return at < 0 ? 0 : reader.bytes.readDoubleLE(at);
    }
    case "float": {
      const at = takeFixed(reader, 4);
      return at < 0 ? 0 : reader.bytes.readFloatLE(at);
    }
    case "fixed32": {
      const at = takeFixed(reader, 4);
      return at < 0 ? 0 : reader.bytes.readUInt32LE(at);
    }
    case "sfixed32": {
      const at = takeFixed(reader, 4);
      return at < 0 ? 0 : reader.bytes.readInt32LE(at);
    }
    case "fixed64": {
      const at = takeFixed(reader, 8);
      return at < 0 ? 0n : reader.bytes.readBigUInt64LE(at);
    }
    case "sfixed64": {
      const at = takeFixed(reader, 8);
      return at < 0 ? 0n : reader.bytes.readBigInt64LE(at);
    }
  }
}

/** The scalar in a google.protobuf wrapper, to the reader's end. */
export function readWrapper(reader: ByteReader, type: ScalarType): XdsValue {
  const wireType = wireTypes[type];
  let value = defaultScalar(type);
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (tag >>> 3 === 1 && (tag & 7) === wireType) value = readScalar(reader, type);
    else skipValue(reader, tag & 7);
  }
  return value;
}

function readBool(reader: ByteReader): boolean {
  const first = reader.bytes[reader.pos];
  if (first !== undefined && first < 0x80) return readVarint32(reader) !== 0;
  return readVarint64(reader) !== 0n;
}
