import { wireText } from "../bytes.ts";
import type { HirCookieMatch } from "../model.ts";
import type { RequestTest } from "./match-header.ts";
import { compileString } from "./match-string.ts";

/** One cookie: the first of that name in all cookie lines. A missing one fails, and matches when inverted. */
export function compileCookie(match: HirCookieMatch): RequestTest {
  const name = wireText(match.name);
  const test = compileString(match.value);
  return (request) => {
    const value = readCookie(request.values("cookie"), name);
    return (value !== undefined && test(value)) !== match.invert;
  };
}

function readCookie(lines: readonly string[], name: string): string | undefined {
  for (const line of lines) {
    for (const part of line.split(";")) {
      const cookie = part.replace(/^ +/, "");
      const equals = cookie.indexOf("=");
      if (equals < 0 || cookie.slice(0, equals) !== name) continue;
      const value = cookie.slice(equals + 1);
      return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    }
  }
  return undefined;
}
