import { whyNoRegex } from "../syntax/index.ts";
import { refuse, type Scope } from "./scope.ts";

/** Whether RE2 takes an expression. */
export function isRegex(expression: string): boolean {
  return whyNoRegex(expression) === undefined;
}

/** Checks a safe_regex as Envoy does: an expression that RE2 refuses rejects the resource. Whether it can be used. */
export function checkRegex(scope: Scope, expression: string, path: string): boolean {
  if (expression === "") {
    refuse(scope, "KM2305", path, "an empty expression is refused", "write .* for any value");
    return false;
  }
  const why = whyNoRegex(expression);
  if (why === undefined) return true;
  refuse(
    scope,
    "KM2305",
    path,
    `RE2 refuses ${shorten(expression)}: ${why}`,
    "RE2 has no look-around and no back-references, and repeats at most 1000 times",
  );
  return false;
}

function shorten(expression: string): string {
  return JSON.stringify(expression.length > 200 ? `${expression.slice(0, 200)}...` : expression);
}
