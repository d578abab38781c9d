import { emptyAny, isKnownAny, isTypedStruct, jsonTypeNameOf, noTypeMessage, typeNameOf } from "../any-type.ts";
import { pushItem, setItems, takeItems } from "../items.ts";
import { duration } from "../numbers.ts";
import { defaultScalar, defaultValue, planOf, planOfValue } from "../plan/plan.ts";
import type { FieldPlan, MessagePlan, ScalarType, ValuePlan } from "../plan/types.ts";
import { admit, enter, enterAny, fail, maxDepth, unknownEnumName, unknownField } from "../reading.ts";
import type { ReadState } from "../state.ts";
import type { XdsAny, XdsMessage, XdsValue } from "../types.ts";
import { checkMessage, checkValue, judge, judging, setField } from "../values.ts";
import { isRefusal, jsonEnum, jsonScalar, type Refusal } from "./scalars.ts";
import { isWellFormed } from "./well-formed.ts";

type Fields = Record<string, XdsValue>;

/** Why a JSON value is not what a message is read from. */
export function isJsonObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/**
 * The message that a JSON object stands for. `into` is the same field in its other spelling, which Envoy merges. `@type` is not a field.
 * What is wrong is reported; the message then lacks it.
 */
export function readJsonMessage(json: unknown, plan: MessagePlan, state: ReadState, into: Fields = new plan.Message()): XdsMessage {
  if (!isJsonObject(json)) {
    refuse(state, json, "an object");
    return into;
  }
  if (state.depth > maxDepth) {
    fail(state, "KM1012", "", `more than ${maxDepth} levels`);
    return into;
  }
  const errors = state.errors;
  let set = 0;
  const chosen: FieldPlan[] = [];
  for (const key in json) {
    const field = plan.byKey.get(key);
    const value = json[key];
    if (field === undefined) {
      if (key !== "@type") unknownField(state, plan.name, key);
      continue;
    }
    // A Value's null is a value; elsewhere null is unset.
    if (value === null && field.value.kind !== "value") continue;
    if (field.oneofBit !== 0) {
      if (chosen.some((other) => other.oneofBit === field.oneofBit && other !== field)) {
        fail(state, "KM1014", `.${field.name}`, `another field of ${field.oneofName} is set as well`);
        continue;
      }
      chosen.push(field);
      set |= field.oneofBit;
    }
    if (field.support.kind === "honoured" || state.judges) readField(value, field, state, into);
    else if (field.support.kind === "punt") {
      // What is left to a proxy is kept as it is.
      judging(state, () => readField(value, field, state, into));
      if (into[field.name] !== undefined) admit(state, field);
    } else if (isSet(value, field, state, into)) {
      admit(state, field);
      set |= field.presenceBit;
    }
  }
  if (state.errors === errors) checkMessage(state, plan, into, set);
  return into;
}

/** Whether the value of a note sets its field, a field of `message`. */
function isSet(json: unknown, field: FieldPlan, state: ReadState, message: Fields): boolean {
  if (field.value.kind !== "any") return judge(state, field, message, (into) => readField(json, field, state, into));
  if (field.shape === "list") return !Array.isArray(json) || json.length > 0;
  return field.shape === "one" || !isJsonObject(json) || Object.keys(json).length > 0;
}

function refuse(state: ReadState, json: unknown, expected: string): undefined {
  fail(state, "KM1011", "", `expected ${expected}, not ${show(json)}`);
}

function show(json: unknown): string {
  if (Array.isArray(json)) return "a list";
  if (typeof json === "object" && json !== null) return "an object";
  const text = JSON.stringify(json) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function readField(json: unknown, field: FieldPlan, state: ReadState, into: Fields): void {
  switch (field.shape) {
    case "one":
      readOne(json, field, state, into);
      return;
    case "list":
      readItems(json, field, state, into);
      return;
    case "map":
      readEntries(json, field, state, into);
  }
}

function readOne(json: unknown, field: FieldPlan, state: ReadState, into: Fields): void {
  enter(state, field, -1);
  const value = readValue(json, field.value, state, into[field.name]);
  checkValue(state, field, value);
  state.depth--;
  setField(into, field, value);
}

function readItems(json: unknown, field: FieldPlan, state: ReadState, into: Fields): void {
  const { items } = state;
  const base = items.top;
  const before = (into[field.name] as readonly XdsValue[] | undefined)?.length ?? 0;
  for (const item of itemsIn(json)) {
    enter(state, field, before + items.top - base, field.namedItems ? () => nameIn(item) : undefined);
    const value = readItem(item, field.value, state);
    checkValue(state, field, value);
    state.depth--;
    if (value !== undefined) pushItem(items, value);
  }
  setItems(into, field.name, takeItems(items, base));
}

/** One item without its list is a list of one; lists in lists are one list. */
function itemsIn(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) return [json];
  return json.some(Array.isArray) ? (json.flat(maxDepth) as readonly unknown[]) : json;
}

/** A list's item or a map's value: null is the type's empty value. */
function readItem(json: unknown, value: ValuePlan, state: ReadState): XdsValue | undefined {
  if (json !== null || value.kind === "value") return readValue(json, value, state, undefined);
  return defaultValue(value) ?? readValue(value.kind === "list_value" ? [] : {}, value, state, undefined);
}

function nameIn(item: unknown): string {
  const name = isJsonObject(item) ? item["name"] : undefined;
  return typeof name === "string" ? name : "";
}

function readEntries(json: unknown, field: FieldPlan, state: ReadState, into: Fields): void {
  if (!isJsonObject(json)) {
    enter(state, field, -1);
    refuse(state, json, "an object");
    state.depth--;
    return;
  }
  const map = (into[field.name] as Fields | undefined) ?? (Object.create(null) as Fields);
  let size = 0;
  for (const key in json) {
    size++;
    enter(state, field, key);
    const value = readItem(json[key], field.value, state);
    checkValue(state, field, value);
    const violation = field.keyCheck?.(key);
    if (violation !== undefined) fail(state, "KM1013", "", `key: ${violation}`);
    if (!isWellFormed(key)) fail(state, "KM1011", "", "a surrogate stands alone in the key");
    state.depth--;
    if (value !== undefined) map[key] = value;
  }
  if (size > 0) into[field.name] = map;
}

/** Undefined when it can't be used; that has been reported then. */
function readValue(json: unknown, value: ValuePlan, state: ReadState, earlier: XdsValue | undefined): XdsValue | undefined {
  switch (value.kind) {
    case "scalar":
      return orRefuse(state, json, jsonScalar(json, value.type));
    case "enum":
      return readEnum(json, value, state);
    case "message":
      return readJsonMessage(json, planOfValue(value), state, earlier as Fields | undefined);
    case "wrapper":
      return orRefuse(state, json, wrapped(json, value.type, state));
    case "any":
      return value.mayBeEmpty && isEmptyObject(json) ? emptyAny : readJsonAny(json, state);
    case "duration":
      return readDuration(json, state);
    case "struct":
      return isJsonObject(json) ? checkedDepth(json, state) : refuse(state, json, "an object");
    case "list_value":
      return Array.isArray(json) ? checkedDepth(json, state) : refuse(state, json, "a list");
    case "value":
      return checkedDepth(json, state);
  }
}

function readEnum(json: unknown, plan: ValuePlan & { readonly kind: "enum" }, state: ReadState): XdsValue | undefined {
  const value = jsonEnum(json, plan.names, plan.numbers);
  if (value === undefined) unknownEnumName(state, json as string, plan.numbers.keys());
  return value === undefined ? undefined : orRefuse(state, json, value);
}

function orRefuse(state: ReadState, json: unknown, value: XdsValue | Refusal): XdsValue | undefined {
  return isRefusal(value) ? refuse(state, json, value.expected) : value;
}

/** Bare, or as the message it is: `{value: 5}`. */
function wrapped(json: unknown, type: ScalarType, state: ReadState): XdsValue | Refusal {
  if (!isJsonObject(json)) return jsonScalar(json, type);
  for (const key in json) if (key !== "value") unknownField(state, "google.protobuf wrapper", key);
  const inner = json["value"];
  return inner === undefined || inner === null ? defaultScalar(type) : jsonScalar(inner, type);
}

/** The proto3 JSON form, or the message `{seconds, nanos}`. */
function readDuration(json: unknown, state: ReadState): XdsValue | undefined {
  const parts = typeof json === "string" ? durationText(json) : isJsonObject(json) ? durationFields(json, state) : undefined;
  if (!parts) return refuse(state, json, 'a duration ("1.5s", at most 9 decimals)');
  const result = duration(parts.seconds, parts.nanos);
  if (typeof result === "number") return result;
  fail(state, "KM1011", "", result.problem);
  return undefined;
}

interface DurationParts {
  readonly seconds: bigint;
  readonly nanos: number;
}

function durationText(text: string): DurationParts | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?s$/.exec(text);
  if (!match) return undefined;
  const sign = match[1] === "-" ? -1 : 1;
  return { seconds: BigInt(match[2]!) * BigInt(sign), nanos: Number((match[3] ?? "").padEnd(9, "0")) * sign };
}

function durationFields(json: Readonly<Record<string, unknown>>, state: ReadState): DurationParts | undefined {
  for (const key in json) if (key !== "seconds" && key !== "nanos") unknownField(state, "google.protobuf.Duration", key);
  const seconds = jsonScalar(json["seconds"] ?? 0, "int64");
  const nanos = jsonScalar(json["nanos"] ?? 0, "int32");
  return typeof seconds === "bigint" && typeof nanos === "number" ? { seconds, nanos } : undefined;
}

/** JSON as it is, once it is known not to be nested without end. */
function checkedDepth(json: unknown, state: ReadState): XdsValue | undefined {
  if (!isWithin(json, maxDepth - state.depth)) {
    fail(state, "KM1012", "", `more than ${maxDepth} levels`);
    return undefined;
  }
  return json as XdsValue;
}

function isWithin(json: unknown, levels: number): boolean {
  if (typeof json !== "object" || json === null) return true;
  if (levels < 0) return false;
  const inner = json as Readonly<Record<string, unknown>>;
  for (const key in inner) if (!isWithin(inner[key], levels - 1)) return false;
  return true;
}

function isEmptyObject(json: unknown): boolean {
  return isJsonObject(json) && Object.keys(json).length === 0;
}

/** An Any: `@type` and the message's fields beside it. */
function readJsonAny(json: unknown, state: ReadState): XdsAny | undefined {
  if (!isJsonObject(json)) return refuse(state, json, "an object with @type");
  const url = json["@type"];
  const type = jsonTypeNameOf(url);
  if (type === undefined) {
    fail(state, "KM1015", "", `${noTypeMessage}, not ${show(url)}`);
    return undefined;
  }
  if (isTypedStruct(type)) {
    const innerUrl = json["type_url"] ?? json["typeUrl"];
    const inner = typeof innerUrl === "string" ? typeNameOf(innerUrl) : "";
    if (inner === "") return { any: type };
    return readKnown(inner, json["value"] ?? {}, state);
  }
  return readKnown(type, json, state);
}

/** An Any of this type; with its message if the type is one we read. */
export function readKnown(type: string, json: unknown, state: ReadState): XdsAny {
  if (!isKnownAny(type)) return { any: type };
  const validates = enterAny(state, type);
  const value = readJsonMessage(json, planOf(type), state);
  state.validates = validates;
  return { any: type, value };
}
