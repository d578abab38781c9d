import { createRequire } from "node:module";
import type * as Re2 from "re2js";

/**
 * Compiles as RE2 does, where re2js is stricter: several groups may have one name, as in Envoy 1.40's RE2. Nothing here asks for groups
 * by name. Throws what re2js throws.
 */
export function compileRe2(expression: string): Re2.RE2JS {
  try {
    return re2().compile(expression);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("duplicate capture group name")) throw error;
    return re2().compile(expression.replace(notInGroups, (part, name: string | undefined) => (name === undefined ? part : "(")));
  }
}

/** Quoted text, escapes, classes; and the openings of named groups. */
const notInGroups = /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\?P?<(\w+)>/gs;

let engine: typeof Re2 | undefined;

/** RE2, in one copy for all rooms; loaded when the first expression is met, as many meshes have none. */
function re2(): typeof Re2.RE2JS {
  engine ??= createRequire(import.meta.url)("re2js") as typeof Re2;
  return engine.RE2JS;
}
