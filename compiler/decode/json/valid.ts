import type { Memory } from "../memory.ts";
import { BACKSLASH, CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, DOT, LETTER_E, MINUS, OPEN_LIST, OPEN_OBJECT, QUOTE, ZERO } from "./letters.ts";
import { afterSpace } from "./space.ts";

/**
 * Where the JSON value that begins at `start` ends; -1 where it is no value as RFC 8259 has it. Bytes above ASCII are taken as they are: whether
 * they are UTF-8 is asked of a whole text at once. Without recursion: a hostile text can be nested as deep as it is long.
 */
export function endOfValue(memory: Memory, start: number): number {
  const { bytes } = memory;
  // Whether each open one is an object.
  let isObject = new Uint8Array(64);
  let level = 0;
  let pos = start;
  for (;;) {
    // A value begins here.
    let byte = bytes[pos]!;
    if (byte === QUOTE) pos = endOfString(memory, pos);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      const isKeyed = byte === OPEN_OBJECT;
      pos = afterSpace(memory, pos + 1);
      byte = bytes[pos]!;
      if (byte !== (isKeyed ? CLOSE_OBJECT : CLOSE_LIST)) {
        if (level === isObject.length) isObject = grown(isObject);
        isObject[level++] = isKeyed ? 1 : 0;
        if (isKeyed) pos = endOfKey(memory, pos);
        if (pos === -1) return -1;
        continue;
      }
      pos++;
    } else pos = endOfWord(bytes, pos);
    if (pos === -1) return -1;
    // Behind a value.
    for (;;) {
      if (level === 0) return pos;
      pos = afterSpace(memory, pos);
      byte = bytes[pos]!;
      const isKeyed = isObject[level - 1] === 1;
      if (byte === COMMA) {
        pos = afterSpace(memory, pos + 1);
        if (isKeyed) pos = endOfKey(memory, pos);
        if (pos === -1) return -1;
        break;
      }
      if (byte !== (isKeyed ? CLOSE_OBJECT : CLOSE_LIST)) return -1;
      level--;
      pos++;
    }
  }
}

function grown(list: Uint8Array): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(list.length * 4);
  longer.set(list);
  return longer;
}

/** Behind the key that begins at `pos`, its colon and spaces. */
function endOfKey(memory: Memory, start: number): number {
  const { bytes } = memory;
  if (bytes[start] !== QUOTE) return -1;
  let pos = endOfString(memory, start);
  if (pos === -1) return -1;
  pos = afterSpace(memory, pos);
  return bytes[pos] === COLON ? afterSpace(memory, pos + 1) : -1;
}

/** Behind the string whose quote is at `start`; -1 where it is none. */
export function endOfString({ bytes }: Memory, start: number): number {
  for (let pos = start + 1; pos < bytes.length; pos++) {
    const byte = bytes[pos]!;
    if (byte === QUOTE) return pos + 1;
    if (byte < 0x20) return -1;
    if (byte !== BACKSLASH) continue;
    const escaped = bytes[++pos]!;
    if (escaped === 0x75) {
      for (let digit = 1; digit <= 4; digit++) if (!isHexDigit(bytes[pos + digit]!)) return -1;
      pos += 4;
    } else if (!isEscape(escaped)) return -1;
  }
  return -1;
}

function isEscape(byte: number): boolean {
  return byte === QUOTE || byte === BACKSLASH || byte === 0x2f || (byte >= 0x62 && "bfnrt".includes(String.fromCharCode(byte)));
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function endOfWord(bytes: Uint8Array, start: number): number {
  switch (bytes[start]) {
    case 0x74:
      return endOfName(bytes, start, "true");
    case 0x66:
      return endOfName(bytes, start, "false");
    case 0x6e:
      return endOfName(bytes, start, "null");
    default:
      return endOfNumber(bytes, start);
  }
}

function endOfName(bytes: Uint8Array, start: number, name: string): number {
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return -1;
  return start + name.length;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let pos = bytes[start] === MINUS ? start + 1 : start;
  if (bytes[pos] === ZERO) pos++;
  else pos = endOfDigits(bytes, pos);
  if (pos !== -1 && bytes[pos] === DOT) pos = endOfDigits(bytes, pos + 1);
  if (pos === -1 || (bytes[pos]! | 0x20) !== LETTER_E) return pos;
  const sign = bytes[pos + 1];
  return endOfDigits(bytes, sign === 0x2b || sign === MINUS ? pos + 2 : pos + 1);
}

/** Behind one digit or more; -1 where there is none. */
function endOfDigits(bytes: Uint8Array, start: number): number {
  let pos = start;
  while (isDigit(bytes[pos]!)) pos++;
  return pos === start ? -1 : pos;
}
