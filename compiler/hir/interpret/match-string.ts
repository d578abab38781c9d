import { assertNever } from "../../diag/index.ts";
import { asciiLower, wireText } from "../bytes.ts";
import type { HirStringMatch } from "../model.ts";
import { compileRegex } from "../regex.ts";

/** Whether a value (latin-1 text) matches. */
export type StringTest = (value: string) => boolean;

/** ignore_case folds ASCII letters only, and never touches a regex. */
export function compileString(match: HirStringMatch): StringTest {
  if (match.kind === "regex") return compileRegex(match.regex).full;
  const text = wireText(match.value);
  if (!match.ignoreCase) return compare(match.kind, text);
  const test = compare(match.kind, asciiLower(text));
  return (value) => test(asciiLower(value));
}

function compare(kind: Exclude<HirStringMatch["kind"], "regex">, text: string): StringTest {
  switch (kind) {
    case "exact":
      return (value) => value === text;
    case "prefix":
      return (value) => value.startsWith(text);
    case "suffix":
      return (value) => value.endsWith(text);
    case "contains":
      return (value) => value.includes(text);
    default:
      return assertNever(kind);
  }
}
