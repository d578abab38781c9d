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
 * Cuts out each object that begins with the `@type` of a resource: a mesh's dump is read in place, and is never there as objects all at once.
 * Undefined where something is no JSON, or too long.
 */
function cutJson(memory: Memory, start: number): JsonDocument | undefined {
  const { bytes } = memory;
  // No document has this key.
  const key = randomUUID();
  const pieces: RawContent[] = [];
  let outline = "";
  let from = start;
  for (let pos = start; pos < bytes.length; ) {
    const byte = bytes[pos]!;
    if (byte === QUOTE) {
      pos = endOfString(memory, pos);
      if (pos === -1) return undefined;
    } else if (byte === OPEN_OBJECT) {
      const url = resourceUrl(memory, pos + 1);
      if (url === undefined) pos++;
      else {
        const end = endOfValue(memory, pos);
        if (end === -1 || outline.length + pos - from > maxJsonBytes) return undefined;
        outline += `${bytes.utf8Slice(from, pos)}{"@type":${JSON.stringify(url)},"${key}":${pieces.length}}`;
        pieces.push({ form: "json", ...memory, start: pos, end });
        pos = end;
        from = end;
      }
    } else pos++;
  }
  if (outline.length + bytes.length - from > maxJsonBytes) return undefined;
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
