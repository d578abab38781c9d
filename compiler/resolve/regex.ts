import { compileRe2 } from "../hir/re2.ts";
import { perText } from "../memo/index.ts";
import { punt, refuse, type Scope } from "./scope.ts";

/** Why RE2 refuses an expression; absent when it takes it. */
const complaint = perText({ texts: 4096, units: 2 ** 20 }, (expression): string | undefined => {
  try {
    compileRe2(expression);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
});

/** Whether RE2 takes an expression. */
export function isRegex(expression: string): boolean {
  return complaint(expression) === undefined;
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
  const why = complaint(expression);
  if (why === undefined) return undefined;
  if (/(^|[^\\])(\\\\)*\\C/.test(expression) && complaint(expression.replaceAll("\\C", ".")) === undefined) {
    return punt(scope, "KM2306", path, "\\C, which matches one byte, is run by a proxy only");
  }
  refuse(
    scope,
    "KM2305",
    path,
    `RE2 refuses ${JSON.stringify(expression)}: ${why}`,
    "RE2 has no look-around and no back-references, and repeats at most 1000 times",
  );
  return undefined;
}
