import { assertNever } from "../../diag/index.ts";
import type { HirHeaderMatch } from "../model.ts";
import { compileString, type StringTest } from "./match-string.ts";
import type { HttpRequest } from "./request.ts";

export type RequestTest = (request: HttpRequest) => boolean;

/**
 * One header matcher. Of several lines any one may match; inverted, none may. A missing header fails every value matcher, inverted or
 * not, unless it is treated as empty.
 */
export function compileHeader(match: HirHeaderMatch): RequestTest {
  const { name, invert, missingAsEmpty, value } = match;
  if (value.kind === "present") {
    const wanted = value.present !== invert;
    return missingAsEmpty ? () => wanted : (request) => request.values(name).length > 0 === wanted;
  }
  const test = compileValue(value);
  return (request) => {
    const lines = request.values(name);
    if (lines.length === 0) return missingAsEmpty && test("") !== invert;
    if (lines.length === 1) return test(lines[0]!) !== invert;
    return lines.some(test) !== invert;
  };
}

function compileValue(value: Exclude<HirHeaderMatch["value"], { kind: "present" }>): StringTest {
  switch (value.kind) {
    case "exact":
    case "prefix":
    case "suffix":
    case "contains":
    case "regex":
      return compileString(value);
    case "range":
      return compileRange(BigInt(value.start), BigInt(value.end));
    default:
      return assertNever(value);
  }
}

const int64 = { least: -(1n << 63n), most: (1n << 63n) - 1n };

/** [start, end) over decimal int64; what is no such number is in no range. */
function compileRange(start: bigint, end: bigint): StringTest {
  return (text) => {
    if (!/^[ \t]*[+-]?[0-9]+[ \t]*$/.test(text)) return false;
    const number = BigInt(text.trim().replace(/^\+/, ""));
    return number >= int64.least && number <= int64.most && number >= start && number < end;
  };
}
