import { InternalError } from "../../diag/index.ts";
import type { XdsValue } from "../types.ts";
import type { ProtoRules, RuleValue, RuleValues } from "./schema.ts";
import type { Check, FieldPlan, ListCheck, ValuePlan } from "./types.ts";

/*
 * The rules of protoc-gen-validate that the protos declare, as functions.
 * https://github.com/bufbuild/protoc-gen-validate (README, "Constraint Rules")
 */

type Shape = FieldPlan["shape"];

/** For one value, an item of a list or a value of a map. */
export function valueCheck(rules: ProtoRules | undefined, shape: Shape, value: ValuePlan): Check | undefined {
  if (!rules) return undefined;
  if (shape === "one") return scalarCheck(rules, value);
  const inner = shape === "list" ? rules["repeated"]?.["items"] : rules["map"]?.["values"];
  return inner ? scalarCheck(inner as unknown as ProtoRules, value) : undefined;
}

/** For a whole list or map (its values). */
export function listCheck(rules: ProtoRules | undefined): ListCheck | undefined {
  const list = rules?.["repeated"];
  const map = rules?.["map"];
  const checks: ListCheck[] = [];
  if (list) {
    const min = numberOf(list["min_items"]);
    const max = numberOf(list["max_items"]);
    if (min !== undefined) checks.push((items) => (items.length < min ? atLeastItems(min) : undefined));
    if (max !== undefined) checks.push((items) => (items.length > max ? `value must contain no more than ${max} item(s)` : undefined));
    if (list["unique"] === true)
      checks.push((items) => (new Set(items).size < items.length ? "repeated value must contain unique items" : undefined));
  }
  const pairs = numberOf(map?.["min_pairs"]);
  if (pairs !== undefined) checks.push((items) => (items.length < pairs ? atLeastPairs(pairs) : undefined));
  return all(checks);
}

export function mapKeyCheck(rules: ProtoRules | undefined): Check | undefined {
  const keys = rules?.["map"]?.["keys"];
  return keys ? scalarCheck(keys as unknown as ProtoRules, { kind: "scalar", type: "string" }) : undefined;
}

/** What the absence of the field breaks. A oneof's field is only judged when it is the chosen one. */
export function violationWhenAbsent(
  rules: ProtoRules | undefined,
  field: Pick<FieldPlan, "shape" | "check" | "unsetValue" | "oneofBit">,
): string | undefined {
  if (!rules || field.oneofBit !== 0) return undefined;
  if (field.shape === "list") {
    const min = numberOf(rules["repeated"]?.["min_items"]);
    return min ? atLeastItems(min) : undefined;
  }
  if (field.shape === "map") {
    const min = numberOf(rules["map"]?.["min_pairs"]);
    return min ? atLeastPairs(min) : undefined;
  }
  if (Object.values(rules).some((rule) => rule["required"] === true)) return "value is required";
  return field.unsetValue === undefined ? undefined : field.check?.(field.unsetValue);
}

function atLeastItems(min: number): string {
  return `value must contain at least ${min} item(s)`;
}

function atLeastPairs(min: number): string {
  return `value must contain at least ${min} pair(s)`;
}

function scalarCheck(rules: ProtoRules, value: ValuePlan): Check | undefined {
  const checks: Check[] = [];
  for (const [type, rule] of Object.entries(rules)) {
    const check = typedCheck(type, rule, value);
    if (check) checks.push(check);
  }
  return all(checks);
}

function typedCheck(type: string, rule: RuleValues, value: ValuePlan): Check | undefined {
  switch (type) {
    case "string":
      return stringCheck(rule);
    case "bytes":
      return bytesCheck(rule);
    case "bool":
      return boolCheck(rule);
    case "enum":
      return enumCheck(rule, value);
    case "duration":
      return durationCheck(rule);
    case "message":
    case "any":
      // `required` is the only rule in use; violationWhenAbsent has it.
      return undefined;
    case "double":
    case "float":
    case "int32":
    case "int64":
    case "uint32":
    case "uint64":
      return rangeCheck(rule, (bound) => bound as number);
    default:
      throw new InternalError(`no validation for (validate.rules).${type}`);
  }
}

function stringCheck(rule: RuleValues): Check | undefined {
  const checks: ((text: string) => string | undefined)[] = [];
  for (const [name, bound] of Object.entries(rule)) {
    if (name === "strict" || name === "ignore_empty") continue;
    checks.push(oneStringCheck(name, bound, rule["strict"] !== false));
  }
  if (checks.length === 0) return undefined;
  const check = all(checks)!;
  return rule["ignore_empty"] === true ? (text) => (text === "" ? undefined : check(text as string)) : (text) => check(text as string);
}

function oneStringCheck(name: string, bound: RuleValue, strict: boolean): (text: string) => string | undefined {
  const number = bound as number;
  switch (name) {
    case "min_len":
      return (text) =>
        text.length < number || codePoints(text, number) < number ? `value length must be at least ${number} characters` : undefined;
    case "max_len":
      return (text) =>
        text.length > number && codePoints(text, number + 1) > number ? `value length must be at most ${number} characters` : undefined;
    case "max_bytes":
      return (text) => (Buffer.byteLength(text) > number ? `value length must be at most ${number} bytes` : undefined);
    case "prefix":
      return (text) => (text.startsWith(bound as string) ? undefined : `value does not have prefix ${JSON.stringify(bound)}`);
    case "suffix":
      return (text) => (text.endsWith(bound as string) ? undefined : `value does not have suffix ${JSON.stringify(bound)}`);
    case "in":
      return (text) =>
        (bound as readonly string[]).includes(text) ? undefined : `value must be in list [${(bound as readonly string[]).join(" ")}]`;
    case "pattern": {
      const pattern = new RegExp(bound as string, "u");
      return (text) => (pattern.test(text) ? undefined : `value does not match regex pattern ${JSON.stringify(bound)}`);
    }
    case "well_known_regex": {
      const pattern = headerPattern(bound as string, strict);
      return (text) => (pattern.test(text) ? undefined : `value does not match regex pattern ${JSON.stringify(pattern.source)}`);
    }
    default:
      throw new InternalError(`no validation for (validate.rules).string.${name}`);
  }
}

/** As in protoc-gen-validate (its `+-.` is a range, so a comma passes): strict is nearly the header grammar, else all but NUL, CR and LF. */
function headerPattern(name: string, strict: boolean): RegExp {
  if (!strict) return /^[^\0\n\r]*$/;
  if (name === "HTTP_HEADER_NAME") return /^:?[0-9a-zA-Z!#$%&'*+-.^_|~`]+$/;
  if (name === "HTTP_HEADER_VALUE") return /^[^\0-\x08\x0a-\x1f\x7f]*$/;
  throw new InternalError(`no validation for (validate.rules).string.well_known_regex ${name}`);
}

/** Code points of `text`, counted up to `limit` only. */
function codePoints(text: string, limit: number): number {
  let count = 0;
  for (let i = 0; i < text.length && count < limit; count++) i += text.codePointAt(i)! > 0xffff ? 2 : 1;
  return count;
}

function bytesCheck(rule: RuleValues): Check | undefined {
  const min = numberOf(rule["min_len"]);
  const max = numberOf(rule["max_len"]);
  return (value) => {
    const { length } = value as Uint8Array;
    if (min !== undefined && length < min) return `value length must be at least ${min} bytes`;
    return max !== undefined && length > max ? `value length must be at most ${max} bytes` : undefined;
  };
}

function boolCheck(rule: RuleValues): Check | undefined {
  const wanted = rule["const"];
  return wanted === undefined ? undefined : (value) => (value === wanted ? undefined : `value must equal ${wanted}`);
}

function enumCheck(rule: RuleValues, plan: ValuePlan): Check {
  const excluded = (rule["not_in"] as readonly number[] | undefined) ?? [];
  const numberOfName = (value: XdsValue): number | undefined =>
    typeof value === "number" ? value : plan.kind === "enum" ? plan.numbers.get(value as string) : undefined;
  return (value) => {
    if (rule["defined_only"] === true && typeof value === "number") return "value must be one of the defined enum values";
    return excluded.includes(numberOfName(value) ?? Number.NaN) ? `value must not be in list [${excluded.join(" ")}]` : undefined;
  };
}

/** Bounds are messages {seconds, nanos}, values milliseconds. */
function durationCheck(rule: RuleValues): Check | undefined {
  const { required: _checkedWhenAbsent, ...bounds } = rule;
  return rangeCheck(bounds, (bound) => {
    const { seconds = 0, nanos = 0 } = bound as { readonly seconds?: number; readonly nanos?: number };
    return seconds * 1000 + nanos / 1e6;
  });
}

/** `value` may be a number or a bigint: the two compare by value. */
function rangeCheck(rule: RuleValues, boundOf: (bound: RuleValue) => number): Check | undefined {
  const checks: Check[] = [];
  for (const [name, raw] of Object.entries(rule)) {
    const bound = boundOf(raw);
    checks.push(oneRangeCheck(name, bound));
  }
  return all(checks);
}

/** As protoc-gen-validate asks: NaN is beyond no bound. */
function oneRangeCheck(name: string, bound: number): Check {
  switch (name) {
    case "gt":
      return (value) => ((value as number) <= bound ? `value must be greater than ${bound}` : undefined);
    case "gte":
      return (value) => ((value as number) < bound ? `value must be greater than or equal to ${bound}` : undefined);
    case "lt":
      return (value) => ((value as number) >= bound ? `value must be less than ${bound}` : undefined);
    case "lte":
      return (value) => ((value as number) > bound ? `value must be less than or equal to ${bound}` : undefined);
    default:
      throw new InternalError(`no validation for a range rule ${name}`);
  }
}

function numberOf(value: RuleValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function all<T>(checks: readonly ((value: T) => string | undefined)[]): ((value: T) => string | undefined) | undefined {
  if (checks.length <= 1) return checks[0];
  return (value) => {
    for (const check of checks) {
      const violation = check(value);
      if (violation !== undefined) return violation;
    }
    return undefined;
  };
}

/** Two checks as one. */
export function both(a: Check | undefined, b: Check | undefined): Check | undefined {
  return all([a, b].filter((check) => check !== undefined));
}
