import { Transcript } from "../../diag/index.ts";
import type { FieldPlan } from "../plan/types.ts";
import { pathOf } from "../reading.ts";
import type { ReadState } from "../state.ts";
import type { ByteSource } from "../texts.ts";
import type { XdsRawResource, XdsValue } from "../types.ts";
import { type ByteReader, readLength } from "./bytes.ts";
import type { EarlierItem, EarlierItems, EarlierList } from "./earlier-items.ts";

/** Bytes from which on a resource, and a list in it, is long. */
const LONG = 8 * 1024;

/** Long resources of which items are kept: those that changed last. */
const KEPT = 64;

/** Long lists of resources that changed. It holds on to their bytes. */
export interface EarlierVersions {
  /** Of a resource whose next version is read now. Undefined for a first one: most resources do not change, and nothing is kept of them. */
  itemsOf(resource: XdsRawResource): EarlierItems | undefined;
}

export function createEarlierVersions(): EarlierVersions {
  const seen = new Map<string, EarlierItems["now"] | undefined>();
  return {
    itemsOf({ kind, name, form, bytes }) {
      if (form !== "protobuf" || bytes.length < LONG) return undefined;
      const key = `${kind} ${name}`;
      const isFirst = !seen.has(key);
      const before = seen.get(key);
      const now = isFirst ? undefined : new Map<string, EarlierList["now"]>();
      seen.delete(key);
      seen.set(key, now);
      if (seen.size > KEPT) seen.delete(seen.keys().next().value!);
      return now && { before, now };
    },
  };
}

/** The items of this field, where the list is a long one: `left` bytes are left of its message. Reading is at that message. */
export function earlierList(state: ReadState, field: FieldPlan, left: number): EarlierList | undefined {
  const { earlier } = state;
  if (!earlier || left < LONG) return undefined;
  const path = pathOf(state, `.${field.name}`);
  const now = earlier.now.get(path) ?? new Map<string, EarlierItem>();
  earlier.now.set(path, now);
  return { before: earlier.before?.get(path), now };
}

/**
 * An item of a list, whose length is next; reading is at the item. One that was read before, byte for byte, is that very value, and tells the
 * same.
 */
export function readOnce(
  reader: ByteReader,
  state: ReadState,
  { before, now }: EarlierList,
  name: string,
  read: () => XdsValue | undefined,
): XdsValue | undefined {
  // Its path is its number, which may change.
  if (name === "") return read();
  const { pos, bytes } = reader;
  const end = readLength(reader);
  if (reader.broken !== undefined) return undefined;
  const start = reader.pos;
  const known = before?.get(name);
  if (known && isSame(known, bytes, start, end) && known.depth === state.depth && known.validates === state.validates) {
    reader.pos = end;
    now.set(name, Object.assign(known, { bytes, start, end }));
    if (known.told) state.reports++;
    known.told?.tell(state.sink);
    return known.value;
  }
  reader.pos = pos;
  const { sink, errors, depth, validates } = state;
  const told = new Transcript();
  state.sink = told;
  const value = read();
  state.sink = sink;
  const said = told.ended();
  said?.tell(sink);
  const isWhole = value !== undefined && state.errors === errors && reader.broken === undefined;
  if (isWhole) now.set(name, { bytes, start, end, depth, validates, value, told: said });
  return value;
}

function isSame(item: EarlierItem, bytes: ByteSource, start: number, end: number): boolean {
  return item.end - item.start === end - start && item.bytes.compare(bytes, start, end, item.start, item.end) === 0;
}
