import { gunzipSync } from "node:zlib";
import { type Inflated, maxInflatedBytes } from "./zstd.ts";

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Decompresses all members; no more output is made than may be read. https://www.rfc-editor.org/rfc/rfc1952 */
export function inflateGzip(bytes: Uint8Array, most = maxInflatedBytes): Inflated {
  try {
    return { kind: "bytes", bytes: gunzipSync(bytes, { maxOutputLength: most }) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_BUFFER_TOO_LARGE") return { kind: "problem", code: "KM1004", message: `gzip: ${message}` };
    return { kind: "problem", code: "KM1003", message: `more than ${most} bytes when decompressed` };
  }
}
