import { RE2JS } from "re2js";
import { InternalError } from "../diag/index.ts";

/** An RE2 expression over latin-1 text of UTF-8 bytes, as Envoy runs it. */
export interface Regex {
  /** The whole value matches. */
  readonly full: (value: string) => boolean;
  /** RE2 GlobalReplace: every match, `\0` to `\9` are groups, `\\` a backslash. */
  readonly replaceAll: (value: string, substitution: string) => string;
}

const compiled = new Map<string, Regex>();

/**
 * Compiled once per process. RE2 reads UTF-8, and bytes that are no UTF-8 match nothing, not even `.`: a value that holds such bytes
 * never matches. Throws InternalError on an expression that RE2 refuses: resolve has checked it.
 */
export function compileRegex(expression: string): Regex {
  const known = compiled.get(expression);
  if (known) return known;
  const program = compileProgram(expression);
  const regex: Regex = {
    full: (value) => {
      const text = unicode(value);
      return text !== undefined && program.testExact(text);
    },
    replaceAll: (value, substitution) => {
      const text = unicode(value);
      return text === undefined ? value : Buffer.from(replaceAll(program, text, substitution), "utf8").toString("latin1");
    },
  };
  compiled.set(expression, regex);
  return regex;
}

function compileProgram(expression: string): RE2JS {
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    throw new InternalError(`HIR holds a regex that RE2 refuses: ${expression}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Absent for bytes that are no UTF-8. */
function unicode(value: string): string | undefined {
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) <= 0x7f) continue;
    try {
      return decoder.decode(Buffer.from(value, "latin1"));
    } catch {
      return undefined;
    }
  }
  return value;
}

function replaceAll(program: RE2JS, text: string, substitution: string): string {
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
      const char = start < text.length ? String.fromCodePoint(text.codePointAt(start)!) : "";
      out += char;
      at = start + Math.max(char.length, 1);
      continue;
    }
    out += substitution.replace(/\\([0-9\\])/g, (_, what: string) => (what === "\\" ? "\\" : (groupOf(matcher, Number(what)) ?? "")));
    at = end;
    lastEnd = end;
  }
  return at < text.length ? out + text.slice(at) : out;
}

function groupOf(matcher: ReturnType<RE2JS["matcher"]>, group: number): string | null | undefined {
  return group <= matcher.groupCount() ? matcher.group(group) : undefined;
}
