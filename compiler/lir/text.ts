import { quoted } from "../hir/print-text.ts";

export { wireText } from "../hir/bytes.ts";
export { knownMethods } from "../hir/methods.ts";
export { Printer, pathBelow, quoted } from "../hir/print-text.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes (as latin-1 text) in quotes: what they spell in UTF-8, else each byte above ASCII as `\xNN`. Always one line. */
export function wireQuoted(text: string): string {
  try {
    return quoted(utf8.decode(Buffer.from(text, "latin1")));
  } catch {
    return JSON.stringify(text).replace(/[\u007f-\u00ff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
  }
}

/** A run of addresses of one family (4 or 16 bytes): an address, a prefix, or `first..last`. */
export function addressRunText(first: Uint8Array, last: Uint8Array, format: (bytes: Uint8Array) => string): string {
  const size = first.length * 8;
  const bit = (bytes: Uint8Array, i: number) => (bytes[i >> 3]! >> (7 - (i & 7))) & 1;
  let length = 0;
  while (length < size && bit(first, length) === bit(last, length)) length++;
  if (length === size) return format(first);
  for (let i = length; i < size; i++) {
    if (bit(first, i) !== 0 || bit(last, i) !== 1) return `${format(first)}..${format(last)}`;
  }
  return `${format(first)}/${length}`;
}

/** `80`, `1-79`. */
export function portRunText(first: number, last: number): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** The address after this one; undefined after the last of its family. */
export function nextAddress(bytes: Uint8Array): Uint8Array | undefined {
  const next = bytes.slice();
  for (let i = next.length - 1; i >= 0; i--) {
    next[i] = (next[i]! + 1) & 255;
    if (next[i] !== 0) return next;
  }
  return undefined;
}
