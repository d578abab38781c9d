import type { Memory } from "../memory.ts";
import { BACKSLASH, QUOTE } from "./letters.ts";
import { isSpace } from "./space.ts";

/** The JSON between `start` and `end` without the space between its words, in memory of its own. */
export function compactJson({ bytes }: Memory, start: number, end: number): Uint8Array {
  const compact = new Uint8Array(end - start);
  let length = 0;
  let inString = false;
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos]!;
    if (!inString && isSpace(byte)) continue;
    compact[length++] = byte;
    if (byte === QUOTE) inString = !inString;
    else if (byte === BACKSLASH) compact[length++] = bytes[++pos]!;
  }
  return compact.slice(0, length);
}
