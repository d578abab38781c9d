import { createRequire } from "node:module";
import type * as Re2 from "re2js";
import { latin1Expression, type SetOf } from "./re2-latin1.ts";

/**
 * Compiles as Envoy's RE2 does, over text of one byte a character: `.` takes one byte of a UTF-8 character, and any byte that is no UTF-8.
 * Several groups may have one name, as in Envoy 1.40's RE2; nothing here asks for groups by name. Throws what re2js throws.
 */
export function compileRe2(expression: string): Re2.RE2JS {
  const read = latin1Expression(Buffer.from(expression, "utf8").toString("latin1"), setOf);
  try {
    return re2().compile(read);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("duplicate capture group name")) throw error;
    return re2().compile(read.replace(notInGroups, (part, name: string | undefined) => (name === undefined ? part : "(")));
  }
}

/** Quoted text, escapes, classes; and the openings of named groups. */
const notInGroups = /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\?P?<(\w+)>/gs;

const setOf: SetOf = (expression) => {
  try {
    const compiled = re2().compile(expression);
    return Array.from({ length: 256 }, (_, byte) => compiled.testExact(String.fromCharCode(byte)));
  } catch {
    return undefined;
  }
};

let engine: typeof Re2 | undefined;

/** RE2, in one copy for all rooms; loaded when the first expression is met, as many meshes have none. */
function re2(): typeof Re2.RE2JS {
  engine ??= createRequire(import.meta.url)("re2js") as typeof Re2;
  return engine.RE2JS;
}
