import type { ScalarType } from "../plan/plan.ts";
import type { XdsValue } from "../types.ts";

/** What is wrong with a JSON value, in words that follow "expected". */
export interface Refusal {
  readonly expected: string;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "expected" in value;
}

/** A scalar from JSON as Envoy reads it: numbers also as strings, booleans also as "true" and "false". */
export function jsonScalar(json: unknown, type: ScalarType): XdsValue | Refusal {
  switch (type) {
    case "string":
      return typeof json === "string" ? json : { expected: "a string" };
    case "bool":
      if (typeof json === "boolean") return json;
      return json === "true" ? true : json === "false" ? false : { expected: "true or false" };
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

const decimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function integer(json: unknown, min: number, max: number): number | Refusal {
  const value = typeof json === "number" ? json : typeof json === "string" && decimal.test(json) ? Number(json) : Number.NaN;
  if (Number.isInteger(value) && value >= min && value <= max) return value === 0 ? 0 : value;
  return { expected: `an integer from ${min} to ${max}` };
}

function bigInteger(json: unknown, min: bigint, max: bigint): bigint | Refusal {
  const refusal = { expected: `an integer from ${min} to ${max}` };
  let value: bigint;
  if (typeof json === "string" && /^-?\d{1,20}$/.test(json)) value = BigInt(json);
  else {
    const number = typeof json === "number" ? json : typeof json === "string" && decimal.test(json) ? Number(json) : Number.NaN;
    if (!Number.isInteger(number)) return refusal;
    // The type's largest value is not a double: JSON.parse has rounded it up by one.
    value = number === Number(max) ? max : BigInt(number);
  }
  return value >= min && value <= max ? value : refusal;
}

function double(json: unknown): number | Refusal {
  if (typeof json === "number") return json;
  if (json === "NaN") return Number.NaN;
  if (json === "Infinity") return Number.POSITIVE_INFINITY;
  if (json === "-Infinity") return Number.NEGATIVE_INFINITY;
  if (typeof json === "string" && decimal.test(json)) return Number(json);
  return { expected: "a number" };
}

function bytes(json: unknown): Uint8Array | Refusal {
  if (typeof json !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(json) || json.replace(/=+$/, "").length % 4 === 1) {
    return { expected: "bytes in base64" };
  }
  return new Uint8Array(Buffer.from(json, "base64"));
}

/** An enum's value by name in any case, by number, or by number in a string. */
export function jsonEnum(json: unknown, names: ReadonlyMap<number, string>, numbers: ReadonlyMap<string, number>): string | Refusal {
  if (typeof json === "string") {
    const byName = numbers.get(json) ?? numbers.get(json.toUpperCase());
    const number = byName ?? (/^-?\d{1,10}$/.test(json) ? Number(json) : undefined);
    const name = number === undefined ? undefined : names.get(number);
    if (name !== undefined) return name;
  } else if (typeof json === "number") {
    const name = names.get(json);
    if (name !== undefined) return name;
  }
  return { expected: `one of ${[...numbers.keys()].join(", ")}` };
}
