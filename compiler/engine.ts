import { setFlagsFromString } from "node:v8";

/**
 * For processes that compile once, at their start. The V8 of Node.js 20 optimizes a function that has run for a while, and throws that away where
 * the next resource looks otherwise; a mesh's resources come kind by kind, so much of it is done for nothing. Four times as much must have run
 * before. A daemon gains nothing: its changes are the same again and again. Newer engines decide by other numbers, and do not know the flag.
 */
export function optimizeLate(): void {
  if (process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=300000");
}
