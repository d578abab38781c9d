import type { ScalarType } from "../plan/types.ts";
import type { XdsValue } from "../types.ts";
import { isWellFormed } from "./well-formed.ts";

/** What is wrong with a JSON value, in words that follow "expected". */
export interface Refusal {
  readonly expected: string;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "expected" in value;
}

/**
 * A scalar from JSON as Envoy 1.40 reads it, each form tried on it: numbers also as strings, as C's strtod takes them (`+5`, `0x1F`, `5.`);
 * booleans also as yes, no, y, n, t, f, 1, 0 in strings, in any case.
 */
export function jsonScalar(json: unknown, type: ScalarType): XdsValue | Refusal {
  switch (type) {
    case "string":
      if (typeof json !== "string") return { expected: "a string" };
      return isWellFormed(json) ? json : { expected: "whole characters (a surrogate stands alone)" };
    case "bool":
      if (typeof json === "boolean") return json;
      return (typeof json === "string" ? booleanWords.get(json.toLowerCase()) : undefined) ?? { expected: "true or false" };
    case "uint32":
    case "fixed32":
      return integer(json, 0, 0xffffffff);
    case "int32":
    case "sfixed32":
    case "sint32":
      return integer(json, -0x80000000, 0x7fffffff);
    case "uint64":
    case "fixed64":
      return bigInteger(json, 0n, 0xffff_ffff_ffff_ffffn);
    case "int64":
    case "sfixed64":
    case "sint64":
      return bigInteger(json, -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn);
    case "double":
      return double(json);
    case "float": {
      const value = double(json);
      return typeof value === "number" ? Math.fround(value) : value;
    }
    case "bytes":
      return bytes(json);
  }
}

const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ...["true", "t", "yes", "y", "1"].map((word) => [word, true] as const),
  ...["false", "f", "no", "n", "0"].map((word) => [word, false] as const),
]);

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x([0-9a-f]+)(?:p([+-]?\d+))?$/i;

/** NaN for what is no number. */
function numberIn(text: string): number {
  if (decimal.test(text)) return Number(text);
  const hex = hexadecimal.exec(text);
  if (!hex) return Number.NaN;
  return (hex[1] === "-" ? -1 : 1) * Number.parseInt(hex[2]!, 16) * 2 ** Number(hex[3] ?? 0);
}

function integer(json: unknown, min: number, max: number): number | Refusal {
  const value = typeof json === "number" ? json : typeof json === "string" ? numberIn(json) : Number.NaN;
  if (Number.isInteger(value) && value >= min && value <= max) return value === 0 ? 0 : value;
  return { expected: `an integer from ${min} to ${max}` };
}

function bigInteger(json: unknown, min: bigint, max: bigint): bigint | Refusal {
  const refusal = { expected: `an integer from ${min} to ${max}` };
  let value: bigint;
  if (typeof json === "string" && /^-?\d{1,20}$/.test(json)) value = BigInt(json);
  else {
    const number = typeof json === "number" ? json : typeof json === "string" ? numberIn(json) : Number.NaN;
    if (!Number.isInteger(number)) return refusal;
    // The type's largest value is not a double: JSON.parse has rounded it up by one.
    value = number === Number(max) ? max : BigInt(number);
  }
  return value >= min && value <= max ? value : refusal;
}

function double(json: unknown): number | Refusal {
  if (typeof json === "number") return json;
  const text = typeof json === "string" ? json.trim() : "";
  const special = specialNumbers.get(text.toLowerCase().replace(/^\+/, ""));
  if (special !== undefined) return special;
  const value = numberIn(text);
  return Number.isNaN(value) ? { expected: "a number" } : value;
}

const specialNumbers: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["-nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["infinity", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["-infinity", Number.NEGATIVE_INFINITY],
]);

/** Both alphabets; padding may be left out, but not in part. */
function bytes(json: unknown): Uint8Array | Refusal {
  const refusal = { expected: "bytes in base64" };
  if (typeof json !== "string") return refusal;
  const match = /^([A-Za-z0-9+/_-]*)(={0,2})$/.exec(json);
  if (!match || match[1]!.length % 4 === 1 || (match[2] !== "" && json.length % 4 !== 0)) return refusal;
  return new Uint8Array(Buffer.from(json, "base64"));
}

/**
 * An enum's value by name in any case, by number, or by number in a string. A number of no name stays, as on the wire; undefined for an unknown
 * name, which Envoy takes as an unknown field.
 */
export function jsonEnum(
  json: unknown,
  names: ReadonlyMap<number, string>,
  numbers: ReadonlyMap<string, number>,
): string | number | Refusal | undefined {
  let number: number;
  if (typeof json === "number") number = json;
  else if (typeof json === "string") {
    const known = numbers.get(json) ?? numbers.get(json.toUpperCase()) ?? (/^\s*[+-]?\d+\s*$/.test(json) ? Number(json) : undefined);
    if (known === undefined) return undefined;
    number = known;
  } else return { expected: "an enum value" };
  const inRange = Number.isInteger(number) && number >= -0x80000000 && number <= 0x7fffffff;
  return inRange ? (names.get(number) ?? number) : { expected: "an enum value" };
}
