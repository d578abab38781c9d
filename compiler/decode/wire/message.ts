import { emptyAny, isKnownAny, isTypedStruct, noTypeMessage, typeNameOf } from "../any-type.ts";
import { forgetPlaces, newRecording, recordNote, recordSkipped, recordText } from "../forms/recording.ts";
import { pushItem, setItems, takeItems } from "../items.ts";
import { readKnown } from "../json/message.ts";
import { newJsonReader } from "../json/reader.ts";
import { memoryOf } from "../memory.ts";
import { defaultValue, planOf, planOfValue } from "../plan/plan.ts";
import type { FieldPlan, MessagePlan, MessageValuePlan, ValuePlan } from "../plan/types.ts";
import { admit, enter, enterAny, fail, maxDepth, unknownField } from "../reading.ts";
import type { ReadState } from "../state.ts";
import type { XdsAny, XdsMessage, XdsValue } from "../types.ts";
import { checkMessage, checkNested, checkScalar, judge, judging, setField } from "../values.ts";
import { readAnyFrame } from "./any-frame.ts";
import { type ByteReader, breakOff, newReader, readLength, readVarint32, skipValue } from "./bytes.ts";
import { readDuration } from "./duration.ts";
import { earlierList, readOnce } from "./earlier.ts";
import { entryKey, lengthSize, nameAt, takeTag } from "./look-ahead.ts";
import { ownCopy, repeatAt, repeatsOf, slotOfRepeat } from "./repeats.ts";
import { readScalar, readWrapper } from "./scalars.ts";
import { keepSample, readByForm, slotOfForm } from "./stencils.ts";
import { readList, readStruct, readStructValue } from "./struct.ts";

type Fields = Record<string, XdsValue>;

/** The message from here to the reader's end, where no earlier occurrence is to be merged with it. */
export function readMessage(reader: ByteReader, plan: MessagePlan, state: ReadState): XdsMessage {
  const { stencils } = state;
  if (stencils === undefined || state.recording !== undefined) return readWireMessage(reader, plan, state);
  const slot = slotOfForm(stencils, plan, reader);
  if (slot === -1) return readWireMessage(reader, plan, state);
  const known = readByForm(stencils, plan, slot, reader, state);
  if (known !== undefined) return known;
  const before = { start: reader.pos, reports: state.reports };
  const recording = newRecording(state.depth, reader.end);
  state.recording = recording;
  const message = readWireMessage(reader, plan, state);
  state.recording = undefined;
  keepSample(stencils, plan, slot, { ...before, message, recording }, reader, state);
  return message;
}

/**
 * The message from here to the reader's end. `into` is an earlier occurrence of the same field, which protobuf merges. What is
 * wrong is reported, also when the reader breaks.
 */
function readWireMessage(reader: ByteReader, plan: MessagePlan, state: ReadState, into: Fields = new plan.Message()): XdsMessage {
  if (state.depth > maxDepth) {
    fail(state, "KM1012", "", `more than ${maxDepth} levels`);
    reader.pos = reader.end;
    return into;
  }
  const { recording } = state;
  recording?.plans.set(into, plan);
  const errors = state.errors;
  let set = 0;
  let told: FieldPlan | undefined;
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    const wireType = tag & 7;
    const field = plan.byId[tag >>> 3];
    if (field === undefined || !fits(field, wireType)) {
      if (reader.broken !== undefined) break;
      if (tag >>> 3 === 0) breakOff(reader, "a field of number 0");
      else if (field === undefined) unknownField(state, plan.name, `#${tag >>> 3}`);
      skipValue(reader, wireType);
      continue;
    }
    if (field.support.kind === "honoured" || state.judges) readField(reader, field, tag, state, into);
    else if (field.support.kind === "punt") {
      const before = into[field.name];
      // What is left to a proxy is kept as it is.
      judging(state, () => readField(reader, field, tag, state, into));
      if (before === undefined && into[field.name] !== undefined) admit(state, field);
    } else if (isSet(reader, field, tag, state, into) && told !== field) {
      // The items of a list, and the entries of a map, are told of once.
      told = field;
      admit(state, field);
      if (recording !== undefined) recordNote(recording, field, state);
      set |= field.presenceBit;
    }
    if (field.oneofBit !== 0) {
      set |= field.oneofBit;
      for (const rival of field.rivals) if (into[rival] !== undefined) delete into[rival];
    }
  }
  if (reader.broken !== undefined && !reader.told) {
    reader.told = true;
    fail(state, "KM1010", "", reader.broken);
  }
  if (reader.broken === undefined && state.errors === errors) checkMessage(state, plan, into, set);
  return into;
}

function fits(field: FieldPlan, wireType: number): boolean {
  if (field.shape === "map") return wireType === 2;
  return wireType === field.wireType || (field.shape === "list" && wireType === 2);
}

/** Reads or skips the value of a note; whether it sets its field, a field of `message`. */
function isSet(reader: ByteReader, field: FieldPlan, tag: number, state: ReadState, message: Fields): boolean {
  const isText = field.shape === "one" && field.check === undefined && field.value.kind === "scalar" && (tag & 7) === 2;
  if (field.isJudged || (field.isLeaf && !isText)) {
    const first = state.recording?.texts.length ?? 0;
    const isThere = judge(state, field, message, (into) => readField(reader, field, tag, state, into));
    if (state.recording !== undefined && !field.isKept) forgetPlaces(state.recording, first);
    return isThere;
  }
  const end = readLength(reader);
  const isEmpty = end === reader.pos;
  if (state.recording !== undefined) recordSkipped(state.recording, reader.pos, end);
  reader.pos = end;
  return !(isEmpty && field.unsetValue !== undefined);
}

function readField(reader: ByteReader, field: FieldPlan, tag: number, state: ReadState, into: Fields): void {
  switch (field.shape) {
    case "one":
      readOne(reader, field, state, into);
      return;
    case "list":
      readItems(reader, field, tag, state, into);
      return;
    case "map":
      readEntry(reader, field, state, into);
  }
}

function readOne(reader: ByteReader, field: FieldPlan, state: ReadState, into: Fields): void {
  const { name, value: plan } = field;
  let value: XdsValue | undefined;
  if (plan.kind === "scalar" || plan.kind === "enum") {
    const { pos } = reader;
    value = plan.kind === "scalar" ? readScalar(reader, plan.type) : readEnum(reader, plan);
    const { recording } = state;
    if (recording !== undefined && typeof value === "string" && plan.kind === "scalar")
      recordText(recording, pos + lengthSize(reader.bytes, pos), reader.pos, { into, field, state });
    checkScalar(state, field, value);
  } else {
    enter(state, field, -1);
    const first = state.recording?.texts.length ?? 0;
    value = readNested(reader, plan, state, into[name]);
    checkNested(state, field, value, first);
    state.depth--;
  }
  setField(into, field, value);
}

/** The field's items from here on; those that follow one another are read in one go. */
function readItems(reader: ByteReader, field: FieldPlan, tag: number, state: ReadState, into: Fields): void {
  const { items } = state;
  const base = items.top;
  const before = (into[field.name] as readonly XdsValue[] | undefined)?.length ?? 0;
  const packed = (tag & 7) === 2 && field.wireType !== 2;
  const outer = reader.end;
  // Paths have their names, wherever these stand.
  if (field.namedItems && state.recording !== undefined) state.recording.isSpecial = true;
  const earlier = field.namedItems ? earlierList(state, field, outer - reader.pos) : undefined;
  if (packed) reader.end = readLength(reader);
  while (reader.broken === undefined) {
    if (packed && reader.pos >= reader.end) break;
    const start = reader.pos;
    enter(state, field, before + items.top - base, field.namedItems ? () => nameAt(reader, start) : undefined);
    const first = state.recording?.texts.length ?? 0;
    const value = earlier
      ? readOnce(reader, state, earlier, nameAt(reader, start), () => readValue(reader, field.value, state, undefined))
      : readValue(reader, field.value, state, undefined);
    checkNested(state, field, value, first);
    state.depth--;
    if (value !== undefined) pushItem(items, value);
    if (!packed && !takeTag(reader, tag)) break;
  }
  reader.end = outer;
  setItems(into, field.name, takeItems(items, base));
}

function readEntry(reader: ByteReader, field: FieldPlan, state: ReadState, into: Fields): void {
  const end = readLength(reader);
  if (reader.broken !== undefined) return;
  const start = reader.pos;
  const outer = reader.end;
  reader.end = end;
  const key = entryKey(reader, field.mapKey!);
  // The key may come after the value; paths want it before.
  reader.pos = reader.broken === undefined ? start : end;
  enter(state, field, key);
  let value: XdsValue | undefined;
  let found = false;
  const first = state.recording?.texts.length ?? 0;
  while (reader.pos < end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (tag >>> 3 === 2 && (tag & 7) === field.wireType) {
      value = readValue(reader, field.value, state, value);
      found = true;
    } else skipValue(reader, tag & 7);
  }
  if (!found && reader.broken === undefined) value = emptyValue(field.value, state);
  checkNested(state, field, value, first);
  const violation = field.keyCheck?.(key);
  if (violation !== undefined) fail(state, "KM1013", "", `key: ${violation}`);
  state.depth--;
  reader.end = outer;
  if (value === undefined) return;
  into[field.name] ??= Object.create(null) as Fields;
  (into[field.name] as Fields)[key] = value;
}

/** A map's value that the entry leaves out. */
function emptyValue(value: ValuePlan, state: ReadState): XdsValue | undefined {
  return defaultValue(value) ?? readContent(newReader(memoryOf(Buffer.alloc(0))), value, state, undefined);
}

/** One value whose tag has been read. Undefined when it can't be used; that has been reported then. */
function readValue(reader: ByteReader, plan: ValuePlan, state: ReadState, earlier: XdsValue | undefined): XdsValue | undefined {
  if (plan.kind === "scalar") return readScalar(reader, plan.type);
  return plan.kind === "enum" ? readEnum(reader, plan) : readNested(reader, plan, state, earlier);
}

function readEnum(reader: ByteReader, plan: ValuePlan & { readonly kind: "enum" }): XdsValue {
  const number = readVarint32(reader) | 0;
  return plan.names.get(number) ?? number;
}

/** A value that has a length. */
function readNested(reader: ByteReader, plan: ValuePlan, state: ReadState, earlier: XdsValue | undefined): XdsValue | undefined {
  const end = readLength(reader);
  if (reader.broken !== undefined) return undefined;
  const outer = reader.end;
  reader.end = end;
  const value = readContent(reader, plan, state, earlier);
  reader.end = outer;
  return value;
}

/** The content of a length-delimited value, to the reader's end. */
function readContent(reader: ByteReader, value: ValuePlan, state: ReadState, earlier: XdsValue | undefined): XdsValue | undefined {
  switch (value.kind) {
    case "message":
      return readMessageValue(reader, value, state, earlier as Fields | undefined);
    case "wrapper":
      return readWrapper(reader, value.type);
    case "any":
      return readWireAny(reader, state, value.mayBeEmpty);
    case "duration":
      return readDuration(reader, state);
    case "struct":
      return readStruct(reader, state, state.depth) as unknown as XdsValue;
    case "value":
      return readStructValue(reader, state, state.depth) as unknown as XdsValue;
    case "list_value":
      return readList(reader, state, state.depth) as unknown as XdsValue;
    case "scalar":
    case "enum":
      return undefined;
  }
}

function readMessageValue(reader: ByteReader, value: MessageValuePlan, state: ReadState, earlier: Fields | undefined): XdsMessage {
  const plan = planOfValue(value);
  if (earlier !== undefined) return readWireMessage(reader, plan, state, ownCopy(state.repeats, earlier));
  // What is recorded stands in one place.
  if (state.recording !== undefined) return readWireMessage(reader, plan, state);
  const field = repeatsOf(state.repeats, value.id);
  const slot = slotOfRepeat(field, reader);
  if (slot === -1) return readMessage(reader, plan, state);
  const known = repeatAt(field, slot, reader, state);
  if (known) {
    reader.pos = reader.end;
    return known;
  }
  const { reports } = state;
  const { bytes, view, pos: start, end } = reader;
  const message = readMessage(reader, plan, state);
  if (state.reports === reports)
    field.entries[slot] = { bytes, view, start, end, depth: state.depth, validates: state.validates, judges: state.judges, message };
  return message;
}

/** The google.protobuf.Any from here to the reader's end. */
function readWireAny(reader: ByteReader, state: ReadState, mayBeEmpty: boolean): XdsAny | undefined {
  const { url, start, end } = readAnyFrame(reader);
  if (reader.broken !== undefined) return undefined;
  if (url === "" && mayBeEmpty) return emptyAny;
  const type = typeNameOf(url);
  if (type === "") {
    fail(state, "KM1015", "", `${noTypeMessage}, not ${JSON.stringify(url)}`);
    return undefined;
  }
  if (isTypedStruct(type)) return readTypedStruct(reader, type, start, end, state);
  if (!isKnownAny(type)) return { any: type };
  const { pos, end: outer } = reader;
  const validates = enterAny(state, type);
  reader.pos = start;
  reader.end = end;
  const value = readMessage(reader, planOf(type), state);
  reader.end = outer;
  if (reader.broken === undefined) reader.pos = pos;
  state.validates = validates;
  return { any: type, value };
}

/** Runs `read` on a range, then leaves the reader where it was. */
function within<T>(reader: ByteReader, start: number, end: number, read: () => T): T {
  const { pos, end: outer } = reader;
  reader.pos = start;
  reader.end = end;
  const result = read();
  reader.end = outer;
  if (reader.broken === undefined) reader.pos = pos;
  return result;
}

/** A TypedStruct of a type we read is that type; another is told by the type it names. */
function readTypedStruct(reader: ByteReader, type: string, start: number, end: number, state: ReadState): XdsAny {
  return within(reader, start, end, () => {
    // It has the fields of an Any: a type and a value.
    const frame = readAnyFrame(reader);
    const inner = typeNameOf(frame.url);
    if (reader.broken !== undefined || inner === "") return { any: type };
    if (!isKnownAny(inner)) return { any: inner };
    const struct = within(reader, frame.start, frame.end, () => readStruct(reader, state, state.depth));
    if (reader.broken !== undefined) return { any: inner };
    // Its texts do not stand in these bytes.
    const { recording } = state;
    state.recording = undefined;
    const known = readKnown(inner, newJsonReader(memoryOf(Buffer.from(JSON.stringify(struct)))), state);
    state.recording = recording;
    return known;
  });
}
