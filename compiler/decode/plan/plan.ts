import { InternalError } from "../../diag/index.ts";
import { support } from "../support/index.ts";
import type { FieldSupport, XdsValue } from "../types.ts";
import { judgesTexts } from "./refusals/grammars.ts";
import { judgedRefusalOf, refusalOf } from "./refusals/index.ts";
import { hasRules } from "./ruled.ts";
import { both, listCheck, mapKeyCheck, valueCheck, violationWhenAbsent } from "./rules.ts";
import { loadSchema, type ProtoMessage, shortName } from "./schema.ts";
import type { FieldPlan, MessagePlan, MessageValuePlan, ScalarType, ValuePlan, WireType } from "./types.ts";

let messageValues = 0;
let messagePlans = 0;

const plans = new Map<string, MessagePlan>();

/** The plan of message `name` (full name), built at the first call with all that are kept below it; of what is only judged few are met. */
export function planOf(name: string): MessagePlan {
  const known = plans.get(name);
  if (known) return known;
  const proto = loadSchema().messages.get(name);
  if (!proto) throw new InternalError(`no message ${name} in the protos`);
  const plan = buildPlan(name, proto);
  plans.set(name, plan);
  for (const { value, support } of plan.fields) {
    if (value.kind === "message" && (support.kind === "honoured" || support.kind === "punt")) value.plan = planOf(value.type);
  }
  return plan;
}

/**
 * Builds the plans of `roots` and of all that can stand in an Any. Once, before the first resource: objects that come to be while the engine
 * optimises the readers make it start over.
 */
export function preparePlans(roots: readonly string[]): void {
  for (const name of [...roots, ...loadSchema().anyTypes]) planOf(name);
}

/** The plan of a message-typed value. */
export function planOfValue(value: MessageValuePlan): MessagePlan {
  return value.plan ?? planOf(value.type);
}

const honoured: FieldSupport = { kind: "honoured" };
/** Fields whose Any may name no type. */
const emptyAnys = new Set([
  "envoy.config.route.v3.FilterConfig.config",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter.typed_config",
]);
const namedLists = new Set(["envoy.config.route.v3.RouteConfiguration.virtual_hosts"]);

function buildPlan(name: string, proto: ProtoMessage): MessagePlan {
  const oneofs = Object.entries(proto.oneofs ?? {});
  let bits = oneofs.length;
  const required: { readonly field: FieldPlan; readonly violation: string }[] = [];
  const fields = Object.keys(proto.fields).map((field) => {
    const plan = fieldPlan(name, field, proto);
    const violation = violationWhenAbsent(proto.fields[field]!.options?.["(validate.rules)"], plan);
    if (violation === undefined || plan.support.kind === "error") return plan;
    const withBit = plan.isNote ? { ...plan, presenceBit: 1 << bits++ } : plan;
    required.push({ field: withBit, violation });
    return withBit;
  });
  if (bits > 31) throw new InternalError(`${name} has more required fields and oneofs than one number has bits`);
  const byId: (FieldPlan | undefined)[] = [];
  const byKey = new Map<string, FieldPlan>();
  for (const field of fields) {
    byId[proto.fields[field.name]!.id] = field;
    byKey.set(field.name, field);
    byKey.set(camelCase(field.name), field);
  }
  const requiredOneofs = oneofs.flatMap(([oneof, { oneof: members, options }], i) =>
    options?.["(validate.required)"] ? [{ bit: 1 << i, name: oneof, hint: hintFor(members, fields) }] : [],
  );
  const checkedLists = fields.filter((field) => field.listCheck !== undefined);
  const isChecked = required.length + checkedLists.length + requiredOneofs.length > 0;
  const id = messagePlans++;
  return { name, id, fields, Message: messageMaker(), byId: Array.from(byId), byKey, isChecked, required, checkedLists, requiredOneofs };
}

/** Which fields would do. */
function hintFor(members: readonly string[], fields: readonly FieldPlan[]): string {
  const usable = members.filter((member) => fields.some(({ name, support }) => name === member && support.kind !== "error"));
  return usable.length === 1 ? `set ${usable[0]}` : `set one of ${usable.join(", ")}`;
}

/** Plain objects as `{}` makes them, but with a hidden class of their own. */
function messageMaker(): MessagePlan["Message"] {
  function Message(): void {}
  Message.prototype = Object.prototype;
  return Message as unknown as MessagePlan["Message"];
}

function fieldPlan(message: string, name: string, proto: ProtoMessage): FieldPlan {
  const declared = proto.fields[name]!;
  const oneofs = Object.entries(proto.oneofs ?? {});
  const oneofIndex = oneofs.findIndex(([, oneof]) => oneof.oneof.includes(name));
  const oneof = oneofs[oneofIndex];
  const value: ValuePlan = emptyAnys.has(`${message}.${name}`) ? { kind: "any", mayBeEmpty: true } : valuePlan(declared.type);
  const shape = declared.keyType ? "map" : declared.rule === "repeated" ? "list" : "one";
  const hasPresence = oneof !== undefined || declared.options?.proto3_optional === true;
  const rules = declared.options?.["(validate.rules)"];
  const fieldSupport = support[message]?.[name] ?? honoured;
  const label = `${shortName(message)}.${name}`;
  const type = value.kind === "message" ? shortName(value.type) : undefined;
  const refusal = both(refusalOf(label), type === undefined ? undefined : refusalOf(type));
  return {
    name,
    label,
    value,
    wireType: wireTypeOf(value),
    shape,
    mapKey: declared.keyType as ScalarType | undefined,
    unsetValue: shape === "one" && !hasPresence ? defaultValue(value) : undefined,
    oneofBit: oneof ? 1 << oneofIndex : 0,
    presenceBit: 0,
    oneofName: oneof ? oneof[0] : "",
    rivals: oneof ? oneof[1].oneof.filter((other) => other !== name) : [],
    support: fieldSupport,
    check: both(valueCheck(rules, shape, value), refusal),
    judgedCheck: type === undefined ? undefined : judgedRefusalOf(type, label),
    judgesTexts: type !== undefined && judgesTexts(label, type),
    listCheck: listCheck(rules),
    keyCheck: mapKeyCheck(rules),
    isNote: fieldSupport.kind === "note",
    isKept: fieldSupport.kind === "note" && fieldSupport.kept === true,
    isJudged: fieldSupport.kind === "note" && value.kind === "message" && (fieldSupport.kept === true || hasRules(value.type)),
    isLeaf: value.kind === "scalar" || value.kind === "enum" || value.kind === "wrapper" || value.kind === "duration",
    namedItems: namedLists.has(`${message}.${name}`),
  };
}

/** protoc's json_name: letters after an underscore are raised, digits are not letters. */
export function camelCase(name: string): string {
  return name.replace(/_+([a-zA-Z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}

const wrappers: Readonly<Record<string, ScalarType>> = {
  BoolValue: "bool",
  BytesValue: "bytes",
  DoubleValue: "double",
  FloatValue: "float",
  Int32Value: "int32",
  Int64Value: "int64",
  StringValue: "string",
  UInt32Value: "uint32",
  UInt64Value: "uint64",
};

const plain: Readonly<Record<string, ValuePlan>> = {
  Any: { kind: "any", mayBeEmpty: false },
  Duration: { kind: "duration" },
  ListValue: { kind: "list_value" },
  Struct: { kind: "struct" },
  Value: { kind: "value" },
};

function valuePlan(type: string): ValuePlan {
  if (!type.startsWith(".")) return { kind: "scalar", type: type as ScalarType };
  const name = type.slice(1);
  if (name.startsWith("google.protobuf.")) {
    const short = name.slice("google.protobuf.".length);
    const wrapper = wrappers[short];
    if (wrapper) return { kind: "wrapper", type: wrapper };
    if (plain[short]) return plain[short];
  }
  const values = loadSchema().enums.get(name);
  if (!values) return { kind: "message", id: messageValues++, type: name, plan: undefined };
  const names = new Map<number, string>();
  for (const [value, number] of Object.entries(values)) if (!names.has(number)) names.set(number, value);
  return { kind: "enum", names, numbers: new Map(Object.entries(values)) };
}

/** What an unset scalar means; undefined for what has presence of its own. */
export function defaultValue(value: ValuePlan): XdsValue | undefined {
  if (value.kind === "enum") return value.names.get(0) ?? 0;
  if (value.kind !== "scalar") return undefined;
  return defaultScalar(value.type);
}

export function defaultScalar(type: ScalarType): XdsValue {
  switch (type) {
    case "bool":
      return false;
    case "string":
      return "";
    case "bytes":
      return new Uint8Array(0);
    case "fixed64":
    case "int64":
    case "sfixed64":
    case "sint64":
    case "uint64":
      return 0n;
    default:
      return 0;
  }
}

function wireTypeOf(value: ValuePlan): WireType {
  if (value.kind === "enum") return 0;
  return value.kind === "scalar" ? wireTypes[value.type] : 2;
}

export const wireTypes: Readonly<Record<ScalarType, WireType>> = {
  bool: 0,
  bytes: 2,
  double: 1,
  fixed32: 5,
  fixed64: 1,
  float: 5,
  int32: 0,
  int64: 0,
  sfixed32: 5,
  sfixed64: 1,
  sint32: 0,
  sint64: 0,
  string: 2,
  uint32: 0,
  uint64: 0,
};
