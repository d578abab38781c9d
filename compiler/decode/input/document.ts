import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { jsonTypeNameOf } from "../any-type.ts";
import { COLON, OPEN_OBJECT, QUOTE } from "../json/letters.ts";
import { isJsonObject, newJsonReader, readString } from "../json/reader.ts";
import { afterSpace } from "../json/space.ts";
import { endOfString, endOfValue } from "../json/valid.ts";
import { type Memory, memoryOf } from "../memory.ts";
import type { JsonFields } from "./json-object.ts";
import { kindOfType, type RawContent } from "./raw.ts";

/** A document's resources as text, and what JSON.parse makes of the rest. */
export interface JsonDocument {
  /** In the place of a resource stands an object with its `@type` alone, if it begins with that. */
  readonly outline: unknown;
  /** The text of an object of the outline, as it stands in the document or as good as that. Throws as `textOf` does. */
  contentOf(object: JsonFields): RawContent;
}

/** Of JSON that is parsed as one text, bytes: the longest string V8 makes, with room to spare. */
const maxJsonBytes = 500_000_000;

/** The document in `bytes`, which are UTF-8 from `start` on. Throws what JSON.parse throws; undefined where more than `maxJsonBytes` are to be parsed. */
export function readDocument(bytes: Uint8Array, start: number): JsonDocument | undefined {
  const memory = memoryOf(bytes);
  const cut = cutJson(memory, start);
  if (cut) return cut;
  if (bytes.length - start > maxJsonBytes) return undefined;
  // In one piece, also to hear what is wrong, and where.
  return { outline: JSON.parse(memory.bytes.utf8Slice(start, bytes.length)) as unknown, contentOf: (object) => textOf(object) };
}

/** The object that the bytes are, but for space around it; undefined where they are something else. */
export function objectIn(bytes: Uint8Array): RawContent | undefined {
  const memory = memoryOf(bytes);
  const start = afterSpace(memory, 0);
  if (bytes[start] !== OPEN_OBJECT || !isUtf8(bytes)) return undefined;
  const end = endOfValue(memory, start);
  return end !== -1 && afterSpace(memory, end) === bytes.length ? { form: "json", ...memory, start, end } : undefined;
}

/** What JSON.parse makes of a message's text. */
export function jsonOf({ bytes, start, end }: RawContent): JsonFields {
  return JSON.parse(bytes.utf8Slice(start, end)) as JsonFields;
}

/** Throws a RangeError where the object is nested too deep for JSON.stringify. @param replacer as JSON.stringify's */
export function textOf(object: JsonFields, replacer?: (key: string, value: unknown) => unknown): RawContent {
  const bytes = Buffer.from(JSON.stringify(object, replacer));
  return { form: "json", ...memoryOf(bytes), start: 0, end: bytes.length };
}

/**
 * Cuts the resources out: a mesh's dump is read in place, and is never there as objects all at once. Undefined where something is no JSON, or too
 * long.
 */
function cutJson(memory: Memory, start: number): JsonDocument | undefined {
  const { bytes } = memory;
  const pieces = resourcesIn(memory, start);
  if (!pieces) return undefined;
  const length = pieces.reduce((rest, piece) => rest - (piece.end - piece.start), bytes.length - start);
  if (length > maxJsonBytes) return undefined;
  // No document has this key.
  const key = randomUUID();
  let outline = "";
  let from = start;
  for (const [index, piece] of pieces.entries()) {
    outline += `${bytes.utf8Slice(from, piece.start)}{"@type":${JSON.stringify(piece.url)},"${key}":${index}}`;
    from = piece.end;
  }
  outline += bytes.utf8Slice(from, bytes.length);
  const pieceAt = (value: unknown): RawContent | undefined =>
    isJsonObject(value) && Object.hasOwn(value, key) ? pieces[value[key] as number] : undefined;
  /** A resource may stand where none is looked for. */
  const restored = (_key: string, value: unknown): unknown => {
    const piece = pieceAt(value);
    return piece ? jsonOf(piece) : value;
  };
  try {
    return { outline: JSON.parse(outline) as unknown, contentOf: (object) => pieceAt(object) ?? textOf(object, restored) };
  } catch {
    return undefined;
  }
}

interface Piece extends RawContent {
  readonly url: string;
}

/** Each object that begins with the `@type` of a resource, in order. Undefined where one, or a string beside them, is no JSON. */
function resourcesIn(memory: Memory, start: number): readonly Piece[] | undefined {
  const { bytes } = memory;
  const pieces: Piece[] = [];
  let pos = start;
  while (pos < bytes.length) {
    const byte = bytes[pos]!;
    const url = byte === OPEN_OBJECT ? resourceUrl(memory, pos + 1) : undefined;
    let end = pos + 1;
    if (url !== undefined) end = endOfValue(memory, pos);
    else if (byte === QUOTE) end = endOfString(memory, pos);
    if (end === -1) return undefined;
    if (url !== undefined) pieces.push({ form: "json", ...memory, start: pos, end, url });
    pos = end;
  }
  return pieces;
}

const typeKey = '"@type"';

/** The resource's type URL, where the object that begins before `start` begins with one. */
function resourceUrl(memory: Memory, start: number): string | undefined {
  const { bytes } = memory;
  let pos = afterSpace(memory, start);
  for (let i = 0; i < typeKey.length; i++) if (bytes[pos + i] !== typeKey.charCodeAt(i)) return undefined;
  pos = afterSpace(memory, pos + typeKey.length);
  if (bytes[pos] !== COLON) return undefined;
  pos = afterSpace(memory, pos + 1);
  if (bytes[pos] !== QUOTE || endOfString(memory, pos) === -1) return undefined;
  const url = readString(newJsonReader(memory, pos));
  const type = jsonTypeNameOf(url);
  return type !== undefined && kindOfType(type) !== undefined ? url : undefined;
}
