/** Values that hold no message of a plan: scalars, and the messages of google.protobuf that JSON has forms of its own for. */
import { recordInner } from "../forms/recording.ts";
import { duration } from "../numbers.ts";
import { defaultScalar } from "../plan/plan.ts";
import type { ScalarType, ValuePlan } from "../plan/types.ts";
import { fail, maxDepth, unknownEnumName, unknownField } from "../reading.ts";
import type { ReadState } from "../state.ts";
import type { XdsValue } from "../types.ts";
import { eachString, isJsonObject, type JsonReader, readJson } from "./reader.ts";
import { isRefusal, jsonEnum, jsonScalar, type Refusal } from "./scalars.ts";

type StructValuePlan = Extract<ValuePlan, { readonly kind: "struct" | "list_value" | "value" }>;
type ScalarValuePlan = Extract<ValuePlan, { readonly kind: "scalar" | "enum" | "wrapper" | "duration" }>;

/** Undefined when it can't be used; that has been reported then. */
export function readPlain(reader: JsonReader, value: StructValuePlan | ScalarValuePlan, state: ReadState): XdsValue | undefined {
  switch (value.kind) {
    case "struct":
    case "list_value":
    case "value":
      return readStruct(reader, value, state);
    default:
      return scalarValue(readJson(reader), value, state);
  }
}

function readStruct(reader: JsonReader, { kind }: StructValuePlan, state: ReadState): XdsValue | undefined {
  const { recording } = state;
  const { pos } = reader;
  const json = readJson(reader);
  if (recording !== undefined) eachString(reader, pos, (start, end) => recordInner(recording, start, end));
  if (kind === "struct" && !isJsonObject(json)) return refuse(state, json, "an object");
  if (kind === "list_value" && !Array.isArray(json)) return refuse(state, json, "a list");
  return inDepth(json, state);
}

function scalarValue(json: unknown, value: ScalarValuePlan, state: ReadState): XdsValue | undefined {
  switch (value.kind) {
    case "scalar":
      return orRefuse(state, json, jsonScalar(json, value.type));
    case "enum":
      return enumValue(json, value, state);
    case "wrapper":
      return orRefuse(state, json, jsonWrapper(json, value.type, state));
    case "duration":
      return jsonDuration(json, state);
  }
}

function enumValue(json: unknown, plan: ValuePlan & { readonly kind: "enum" }, state: ReadState): XdsValue | undefined {
  const value = jsonEnum(json, plan.names, plan.numbers);
  if (value === undefined) unknownEnumName(state, json as string, plan.numbers.keys());
  return value === undefined ? undefined : orRefuse(state, json, value);
}

export function refuse(state: ReadState, json: unknown, expected: string): undefined {
  fail(state, "KM1011", "", `expected ${expected}, not ${show(json)}`);
}

export function show(json: unknown): string {
  if (Array.isArray(json)) return "a list";
  if (typeof json === "object" && json !== null) return "an object";
  const text = JSON.stringify(json) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function orRefuse(state: ReadState, json: unknown, value: XdsValue | Refusal): XdsValue | undefined {
  return isRefusal(value) ? refuse(state, json, value.expected) : value;
}

/** Bare, or as the message it is: `{value: 5}`. */
function jsonWrapper(json: unknown, type: ScalarType, state: ReadState): XdsValue | Refusal {
  if (!isJsonObject(json)) return jsonScalar(json, type);
  for (const key in json) if (key !== "value") unknownField(state, "google.protobuf wrapper", key);
  const inner = json["value"];
  return inner === undefined || inner === null ? defaultScalar(type) : jsonScalar(inner, type);
}

/** The proto3 JSON form, or the message `{seconds, nanos}`. */
function jsonDuration(json: unknown, state: ReadState): XdsValue | undefined {
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

/** A Struct, ListValue or Value: JSON as it is, once it is known not to be nested without end. */
function inDepth(json: unknown, state: ReadState): XdsValue | undefined {
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
