/** From a folder to a bundle in memory whose form, hashes and tables have been verified. Hostile files give diagnostics, never a crash. */
export type { Bundle, ReadBundle } from "../../compiler/bundle/index.ts";
export { readBundle } from "../../compiler/bundle/index.ts";
