/** Bytes that are held for long and seldom read, in a file instead of memory. */
export { Body } from "./body.ts";
export { LostError, orWhereLost } from "./file.ts";
export { createSpill, noSpill, type Spill } from "./spill.ts";
