import { emptyAny, isKnownAny, isTypedStruct, jsonTypeNameOf, noTypeMessage, typeNameOf } from "../any-type.ts";
import { forgetPlaces, newRecording, recordNote, recordText } from "../forms/recording.ts";
import { pushItem, setItems, takeItems } from "../items.ts";
import { memoryOf } from "../memory.ts";
import { defaultValue, planOf, planOfValue } from "../plan/plan.ts";
import type { FieldPlan, MessagePlan, MessageValuePlan, ValuePlan } from "../plan/types.ts";
import { admit, enter, enterAny, fail, maxDepth, unknownField } from "../reading.ts";
import type { ReadState } from "../state.ts";
import type { XdsAny, XdsMessage, XdsValue } from "../types.ts";
import { checkMessage, checkNested, judge, judging, setField } from "../values.ts";
import { ownCopy } from "../wire/repeats.ts";
import { NULL, OPEN_LIST, OPEN_OBJECT } from "./letters.ts";
import { readPlain, refuse, show } from "./plain.ts";
import { firstByte, isEmpty, type JsonReader, memberAt, newJsonReader, nextItem, nextKey, open, readJson, skipJson } from "./reader.ts";
import { jsonFormsOf, keepJsonSample, maxFormLength, readByJsonForm } from "./stencils.ts";
import { isWellFormed } from "./well-formed.ts";

type Fields = Record<string, XdsValue>;

/** The message that the JSON object here stands for, where no earlier occurrence is to be merged with it. */
export function readJsonMessage(reader: JsonReader, plan: MessagePlan, state: ReadState): XdsMessage {
  const forms = state.recording === undefined ? jsonFormsOf(state.jsonStencils, plan) : undefined;
  if (forms === undefined) return readObject(reader, plan, state);
  const known = readByJsonForm(forms, reader, state);
  if (known !== undefined) return known;
  const before = { start: reader.pos, reports: state.reports };
  const recording = newRecording(state.depth, reader.pos + maxFormLength);
  state.recording = recording;
  const message = readObject(reader, plan, state);
  state.recording = undefined;
  keepJsonSample(forms, { ...before, message, recording }, reader, state);
  return message;
}

/**
 * The same. `into` is an earlier occurrence of the field, perhaps in its other spelling, which Envoy merges. `@type` is not a field. What is wrong
 * is reported; the message then lacks it.
 */
function readObject(reader: JsonReader, plan: MessagePlan, state: ReadState, into: Fields = new plan.Message()): XdsMessage {
  if (firstByte(reader) !== OPEN_OBJECT) {
    refuse(state, readJson(reader), "an object");
    return into;
  }
  if (state.depth > maxDepth) {
    fail(state, "KM1012", "", `more than ${maxDepth} levels`);
    skipJson(reader);
    return into;
  }
  // What goes beyond the limit is no form: the messages in it may be.
  if (state.recording !== undefined && reader.pos > state.recording.limit) state.recording = undefined;
  const { recording } = state;
  recording?.plans.set(into, plan);
  const errors = state.errors;
  let set = 0;
  let chosen: FieldPlan[] | undefined;
  open(reader);
  for (let key = nextKey(reader); key !== undefined; key = nextKey(reader)) {
    const field = plan.byKey.get(key);
    if (field === undefined) {
      if (key !== "@type") unknownField(state, plan.name, key);
      skipJson(reader);
      continue;
    }
    // A Value's null is a value; elsewhere null is unset.
    if (firstByte(reader) === NULL && field.value.kind !== "value") {
      skipJson(reader);
      continue;
    }
    if (field.oneofBit !== 0) {
      chosen ??= [];
      const first = chosen.find((other) => other.oneofBit === field.oneofBit);
      if (first === undefined) chosen.push(field);
      else if (first !== field) {
        fail(state, "KM1014", `.${field.name}`, `another field of ${field.oneofName} is set as well`);
        skipJson(reader);
        continue;
      }
      set |= field.oneofBit;
    }
    if (field.support.kind === "honoured" || state.judges) readField(reader, field, state, into);
    else if (field.support.kind === "punt") {
      // What is left to a proxy is kept as it is.
      judging(state, () => readField(reader, field, state, into));
      if (into[field.name] !== undefined) admit(state, field);
    } else if (isSet(reader, field, state, into)) {
      admit(state, field);
      if (recording !== undefined) recordNote(recording, field, state);
      set |= field.presenceBit;
    }
  }
  if (state.errors === errors) checkMessage(state, plan, into, set);
  return into;
}

/** Reads the value of a note; whether it sets its field, a field of `message`. */
function isSet(reader: JsonReader, field: FieldPlan, state: ReadState, message: Fields): boolean {
  const { shape } = field;
  if (field.value.kind !== "any") {
    const first = state.recording?.texts.length ?? 0;
    const isThere = judge(state, field, message, (into) => readField(reader, field, state, into));
    if (state.recording !== undefined && !field.isKept) forgetPlaces(state.recording, first);
    return isThere;
  }
  const hasNone = shape !== "one" && firstByte(reader) === (shape === "list" ? OPEN_LIST : OPEN_OBJECT) && isEmpty(reader);
  skipJson(reader);
  return !hasNone;
}

function readField(reader: JsonReader, field: FieldPlan, state: ReadState, into: Fields): void {
  switch (field.shape) {
    case "one":
      readOne(reader, field, state, into);
      return;
    case "list": {
      const base = state.items.top;
      readItems(reader, field, state, base - lengthOf(into[field.name]), 0);
      setItems(into, field.name, takeItems(state.items, base));
      return;
    }
    case "map":
      readEntries(reader, field, state, into);
  }
}

function lengthOf(list: XdsValue | undefined): number {
  return (list as readonly XdsValue[] | undefined)?.length ?? 0;
}

function readOne(reader: JsonReader, field: FieldPlan, state: ReadState, into: Fields): void {
  const { recording } = state;
  const { pos } = reader;
  enter(state, field, -1);
  const first = recording?.texts.length ?? 0;
  const value = readValue(reader, field.value, state, into[field.name]);
  checkNested(state, field, value, first);
  state.depth--;
  setField(into, field, value);
  const isText = typeof value === "string" && field.value.kind === "scalar" && field.value.type === "string";
  if (isText && recording !== undefined) recordText(recording, pos + 1, reader.pos - 1, { into, field, state });
}

/**
 * Puts the items of the field's list on the stack; its first item, also of an earlier occurrence, stands or would stand at `base` of it. One item
 * without its list is a list of one; lists in lists are one list.
 */
function readItems(reader: JsonReader, field: FieldPlan, state: ReadState, base: number, level: number): void {
  if (firstByte(reader) !== OPEN_LIST || level > maxDepth) {
    readItem(reader, field, state, base);
    return;
  }
  open(reader);
  while (nextItem(reader)) readItems(reader, field, state, base, level + 1);
}

function readItem(reader: JsonReader, field: FieldPlan, state: ReadState, base: number): void {
  const { pos } = reader;
  const { items } = state;
  enter(state, field, items.top - base, field.namedItems ? () => nameIn(newJsonReader(reader, pos)) : undefined);
  const first = state.recording?.texts.length ?? 0;
  if (field.namedItems && state.recording !== undefined) {
    // Paths have their names, wherever these stand.
    state.recording.isSpecial = true;
    state.recording = undefined;
  }
  const value = readInner(reader, field.value, state);
  checkNested(state, field, value, first);
  state.depth--;
  if (value !== undefined) pushItem(items, value);
}

function nameIn(reader: JsonReader): string {
  const at = firstByte(reader) === OPEN_OBJECT ? memberAt(reader, "name") : undefined;
  const name = at && readJson(at);
  return typeof name === "string" ? name : "";
}

/** A list's item or a map's value: null is the type's empty value. */
function readInner(reader: JsonReader, value: ValuePlan, state: ReadState): XdsValue | undefined {
  if (firstByte(reader) !== NULL || value.kind === "value") return readValue(reader, value, state, undefined);
  skipJson(reader);
  const empty = memoryOf(Buffer.from(value.kind === "list_value" ? "[]" : "{}"));
  return defaultValue(value) ?? readValue(newJsonReader(empty), value, state, undefined);
}

function readEntries(reader: JsonReader, field: FieldPlan, state: ReadState, into: Fields): void {
  if (firstByte(reader) !== OPEN_OBJECT) {
    enter(state, field, -1);
    refuse(state, readJson(reader), "an object");
    state.depth--;
    return;
  }
  const map = (into[field.name] as Fields | undefined) ?? (Object.create(null) as Fields);
  let size = 0;
  open(reader);
  for (let key = nextKey(reader); key !== undefined; key = nextKey(reader)) {
    size++;
    enter(state, field, key);
    const first = state.recording?.texts.length ?? 0;
    const value = readInner(reader, field.value, state);
    checkNested(state, field, value, first);
    const violation = field.keyCheck?.(key);
    if (violation !== undefined) fail(state, "KM1013", "", `key: ${violation}`);
    if (!isWellFormed(key)) fail(state, "KM1011", "", "a surrogate stands alone in the key");
    state.depth--;
    if (value !== undefined) map[key] = value;
  }
  if (size > 0) into[field.name] = map;
}

/** Undefined when it can't be used; that has been reported then. */
function readValue(reader: JsonReader, value: ValuePlan, state: ReadState, earlier: XdsValue | undefined): XdsValue | undefined {
  switch (value.kind) {
    case "message":
      return readMessageValue(reader, value, state, earlier as Fields | undefined);
    case "any":
      return readJsonAny(reader, state, value.mayBeEmpty);
    default:
      return readPlain(reader, value, state);
  }
}

function readMessageValue(reader: JsonReader, value: MessageValuePlan, state: ReadState, earlier: Fields | undefined): XdsMessage {
  const plan = planOfValue(value);
  return earlier === undefined ? readJsonMessage(reader, plan, state) : readObject(reader, plan, state, ownCopy(state.repeats, earlier));
}

/** An Any: `@type` and the message's fields beside it. */
function readJsonAny(reader: JsonReader, state: ReadState, mayBeEmpty: boolean): XdsAny | undefined {
  if (firstByte(reader) !== OPEN_OBJECT) return refuse(state, readJson(reader), "an object with @type");
  if (mayBeEmpty && isEmpty(reader)) {
    skipJson(reader);
    return emptyAny;
  }
  const url = jsonMember(reader, "@type");
  const type = jsonTypeNameOf(url);
  if (type === undefined) {
    fail(state, "KM1015", "", `${noTypeMessage}, not ${show(url)}`);
    skipJson(reader);
    return undefined;
  }
  if (!isTypedStruct(type)) return readKnown(type, reader, state);
  const innerUrl = jsonMember(reader, "type_url") ?? jsonMember(reader, "typeUrl");
  const inner = typeof innerUrl === "string" ? typeNameOf(innerUrl) : "";
  const at = memberAt(reader, "value");
  skipJson(reader);
  if (inner === "") return { any: type };
  return readKnown(inner, at && firstByte(at) !== NULL ? at : newJsonReader(memoryOf(Buffer.from("{}"))), state);
}

function jsonMember(reader: JsonReader, key: string): unknown {
  const at = memberAt(reader, key);
  return at && readJson(at);
}

/** An Any of this type; with its message if the type is one we read. */
export function readKnown(type: string, reader: JsonReader, state: ReadState): XdsAny {
  if (!isKnownAny(type)) {
    skipJson(reader);
    return { any: type };
  }
  const validates = enterAny(state, type);
  const value = readJsonMessage(reader, planOf(type), state);
  state.validates = validates;
  return { any: type, value };
}
