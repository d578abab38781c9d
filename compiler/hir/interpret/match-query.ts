import { wireText } from "../bytes.ts";
import type { HirQueryMatch } from "../model.ts";
import type { RequestTest } from "./match-header.ts";
import { compileString } from "./match-string.ts";

/** One query parameter: its first occurrence, compared raw. */
export function compileQuery(match: HirQueryMatch): RequestTest {
  const name = wireText(match.name);
  const { value } = match;
  if (value.kind === "present") return (request) => (readParameter(request.path, name) !== undefined) === value.present;
  const test = compileString(value);
  return (request) => {
    const found = readParameter(request.path, name);
    return found !== undefined && test(found);
  };
}

/** `&` alone separates; the query starts at the first `?`; nothing is decoded. */
function readParameter(path: string | undefined, name: string): string | undefined {
  const start = path === undefined ? -1 : path.indexOf("?");
  if (path === undefined || start < 0 || start === path.length - 1) return undefined;
  const pairs = path.slice(start + 1).split("&");
  // A trailing `&` ends the last pair, it starts no empty one.
  if (pairs.at(-1) === "") pairs.pop();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if ((equals < 0 ? pair : pair.slice(0, equals)) === name) return equals < 0 ? "" : pair.slice(equals + 1);
  }
  return undefined;
}
