/** Node's Buffer has these methods, though its types do not: toString costs twice as much for short texts. */
export type ByteSource = Buffer & { latin1Slice(start: number, end: number): string; utf8Slice(start: number, end: number): string };

/** The same memory. */
export function byteSource(bytes: Uint8Array): ByteSource {
  return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as ByteSource;
}

/** The text between `start` and `end`; undefined where it is not all ASCII. */
export function asciiText(bytes: ByteSource, start: number, end: number): string | undefined {
  const length = end - start;
  if (length === 0) return "";
  if (length > maxKnownText) return isAscii(bytes, start, end) ? bytes.latin1Slice(start, end) : undefined;
  const slot = slotOf(bytes, start, end);
  const known = knownTexts[slot]!;
  if (isText(bytes, start, end, known)) return known;
  if (!isAscii(bytes, start, end)) return undefined;
  const text = bytes.latin1Slice(start, end);
  knownTexts[slot] = text;
  return text;
}

/**
 * ASCII texts seen lately, by hash: the same names, zones and types stand in a mesh thousands of times, and one string for all of them is
 * quicker made and smaller.
 */
const knownTexts: string[] = new Array<string>(8192).fill("");
const maxKnownText = 128;

/** From the length and every eighth byte, and the last four, where names differ. */
function slotOf(bytes: ByteSource, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at += 8) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  for (let at = Math.max(start, end - 4); at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return (hash ^ (hash >>> 15)) & (knownTexts.length - 1);
}

function isText(bytes: ByteSource, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let i = text.length - 1; i >= 0; i--) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function isAscii(bytes: ByteSource, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}
