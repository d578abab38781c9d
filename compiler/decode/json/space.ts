import type { Memory } from "../memory.ts";

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The next place, from `start` on, where there is no space. */
export function afterSpace({ bytes, view }: Memory, start: number): number {
  if (!isSpace(bytes[start]!)) return start;
  let pos = start + 1;
  // Most of it is how far a line is indented.
  while (pos + 4 <= bytes.length && view.getInt32(pos) === 0x20202020) pos += 4;
  while (isSpace(bytes[pos]!)) pos++;
  return pos;
}
