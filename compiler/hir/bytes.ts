/**
 * Text of the configuration is Unicode, bytes on the wire are latin-1 text (one char a byte). Whatever compares the two goes through
 * here, so that a configured `ü` is the two bytes that Envoy compares.
 */

/** The UTF-8 bytes of `text` as latin-1 text. */
export function wireText(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return Buffer.from(text, "utf8").toString("latin1");
  }
  return text;
}

/** Latin-1 text of `bytes`. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** Bytes of latin-1 text. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

/** ASCII letters only, as Envoy folds case; other bytes stay. */
export function asciiLower(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x41 && c <= 0x5a) return text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
  }
  return text;
}
