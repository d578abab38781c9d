import { createRequire } from "node:module";
import type * as Re2 from "re2js";

let engine: typeof Re2 | undefined;

/** RE2, in one copy for all rooms; loaded when the first expression is met, as many meshes have none. */
export function re2(): typeof Re2.RE2JS {
  engine ??= createRequire(import.meta.url)("re2js") as typeof Re2;
  return engine.RE2JS;
}
