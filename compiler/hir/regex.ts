import type { RE2JS } from "re2js";
import { InternalError } from "../diag/index.ts";
import { perText } from "../memo/index.ts";
import { compileRe2 } from "../syntax/index.ts";
import { wireText } from "./bytes.ts";

/** An RE2 expression over latin-1 text of bytes, as Envoy runs it. */
export interface Regex {
  /** The whole value matches. */
  readonly full: (value: string) => boolean;
  /** RE2 GlobalReplace: every match, `\0` to `\9` are groups, `\\` a backslash; another escape ends the substitution there. */
  readonly replaceAll: (value: string, substitution: string) => string;
}

/**
 * Compiled once for many questions. Envoy's RE2 reads bytes (Latin-1): `.` takes one byte of a UTF-8 character, and any byte that is no UTF-8
 * (seen on 1.40). Throws InternalError on an expression that RE2 refuses: resolve has checked it.
 */
export const compileRegex = perText({ texts: 4096, units: 2 ** 20 }, (expression): Regex => {
  const program = compileProgram(expression);
  return {
    full: (value) => program.testExact(value),
    replaceAll: (value, substitution) => replaceAll(program, value, wireText(substitution)),
  };
});

function compileProgram(expression: string): RE2JS {
  try {
    return compileRe2(expression);
  } catch (error) {
    throw new InternalError(`HIR holds a regex that RE2 refuses: ${expression}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function replaceAll(program: RE2JS, text: string, substitution: string): string {
  const groups = [...substitution.matchAll(/\\([0-9])|\\./gs)].map(([, digit]) => Number(digit ?? 0));
  // RE2 then replaces nothing.
  if (groups.some((group) => group > program.groupCount())) return text;
  const [rewrite = ""] = /^(?:[^\\]|\\[0-9\\])*/.exec(substitution)!;
  const matcher = program.matcher(text);
  let out = "";
  let at = 0;
  let lastEnd = -1;
  while (at <= text.length && matcher.find(at)) {
    const start = matcher.start(0);
    const end = matcher.end(0);
    out += text.slice(at, start);
    if (start === end && start === lastEnd) {
      // RE2 takes no empty match right behind another match.
      out += text.slice(start, start + 1);
      at = start + 1;
      continue;
    }
    out += rewrite.replace(/\\([0-9\\])/g, (_, what: string) => (what === "\\" ? "\\" : (groupOf(matcher, Number(what)) ?? "")));
    at = end;
    lastEnd = end;
  }
  return at < text.length ? out + text.slice(at) : out;
}

function groupOf(matcher: ReturnType<RE2JS["matcher"]>, group: number): string | null | undefined {
  return group <= matcher.groupCount() ? matcher.group(group) : undefined;
}
