import { takesOneByte, whyNoRegex } from "../syntax/index.ts";
import { punt, refuse, type Scope } from "./scope.ts";

/** Whether RE2 takes an expression. */
export function isRegex(expression: string): boolean {
  return whyNoRegex(expression) === undefined;
}

/**
 * Checks a safe_regex as Envoy's RE2 does: an expression that RE2 refuses rejects the resource. Gives a diagnostic code for the few that
 * RE2 takes and this compiler can't run (`\C`, a single byte).
 */
export function checkRegex(scope: Scope, expression: string, path: string): string | undefined {
  if (expression === "") {
    refuse(scope, "KM2305", path, "an empty expression is refused", "write .* for any value");
    return undefined;
  }
  const why = whyNoRegex(expression);
  if (why === undefined) return undefined;
  if (takesOneByte(expression)) return punt(scope, "KM2306", path, "\\C, which matches one byte, is run by a proxy only");
  refuse(
    scope,
    "KM2305",
    path,
    `RE2 refuses ${shorten(expression)}: ${why}`,
    "RE2 has no look-around and no back-references, and repeats at most 1000 times",
  );
  return undefined;
}

function shorten(expression: string): string {
  return JSON.stringify(expression.length > 200 ? `${expression.slice(0, 200)}...` : expression);
}
