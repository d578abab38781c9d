import { type Circumstances, holdsHere } from "../forms/form.ts";
import { areSame, type Memory } from "../memory.ts";
import type { XdsMessage, XdsValue } from "../types.ts";
import type { ByteReader } from "./bytes.ts";

/**
 * Messages that were read, to be used again for the same bytes: a mesh has some (localities, filters, transport sockets) ten thousand
 * times. Only those that were read without a word to the user are kept, so that diagnostics are the same.
 */
export interface Repeats {
  /** By the number of the field's value plan. */
  readonly fields: (RepeatedField | undefined)[];
  /** Messages made here out of earlier ones: these alone may be changed, the others may stand in several places. */
  readonly own: WeakSet<object>;
}

interface RepeatedField {
  readonly entries: (Repeat | undefined)[];
  tries: number;
  hits: number;
}

interface Repeat extends Memory, Circumstances {
  readonly start: number;
  readonly end: number;
  readonly message: XdsMessage;
}

const slots = 32;
const maxLength = 512;
/** After so many tries one in four must have been a hit, or the field's messages are no longer looked up. */
const trial = 128;

export function newRepeats(): Repeats {
  return { fields: [], own: new WeakSet() };
}

export function repeatsOf(repeats: Repeats, id: number): RepeatedField {
  const known = repeats.fields[id];
  if (known) return known;
  const field: RepeatedField = { entries: new Array<Repeat | undefined>(slots).fill(undefined), tries: 0, hits: 0 };
  while (repeats.fields.length <= id) repeats.fields.push(undefined);
  repeats.fields[id] = field;
  return field;
}

/** The slot for the bytes from the reader's place to its end; -1 where looking does not pay. */
export function slotOfRepeat(field: RepeatedField, { bytes, pos, end }: ByteReader): number {
  const length = end - pos;
  if (length === 0 || length > maxLength) return -1;
  if (field.tries > trial && field.hits * 4 < field.tries) return -1;
  field.tries++;
  let hash = length;
  for (let at = pos; at < end; at += 16) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  for (let at = Math.max(pos, end - 4); at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return (hash ^ (hash >>> 15)) & (slots - 1);
}

/** The message in the slot, where it is that of the reader's bytes and what it was read under holds here. */
export function repeatAt(field: RepeatedField, slot: number, reader: ByteReader, now: Circumstances): XdsMessage | undefined {
  const entry = field.entries[slot];
  if (!entry || !holdsHere(entry, now) || !isSame(entry, reader)) return undefined;
  field.hits++;
  return entry.message;
}

function isSame(known: Repeat, reader: ByteReader): boolean {
  const length = reader.end - reader.pos;
  return known.end - known.start === length && areSame(known, known.start, reader, reader.pos, length);
}

/** `message`, or a copy of it, to merge another occurrence of the field into. */
export function ownCopy(repeats: Repeats, message: Record<string, XdsValue>): Record<string, XdsValue> {
  return repeats.own.has(message) ? message : (copyOf(repeats, message) as Record<string, XdsValue>);
}

function copyOf(repeats: Repeats, value: XdsValue): XdsValue {
  if (Array.isArray(value)) return value.map((item: XdsValue) => copyOf(repeats, item));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as XdsMessage;
  for (const [key, inner] of Object.entries(value)) {
    Object.defineProperty(copy, key, { value: copyOf(repeats, inner as XdsValue), enumerable: true, configurable: true, writable: true });
  }
  repeats.own.add(copy);
  return copy;
}
