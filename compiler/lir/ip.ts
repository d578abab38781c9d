import { InternalError } from "../diag/index.ts";
import { formatIp, formatSocketAddress, parseIp } from "../hir/ip.ts";

/** Canonical text of 16 bytes. */
export const ipText = formatIp;
/** `10.0.0.1:80`, `[::1]:80`. */
export const formatSocket = formatSocketAddress;

/** Writes the 16-byte form (IPv4 as ::ffff:a.b.c.d) of a canonical address into `out`; true when it is IPv4. Allocates nothing for IPv4. */
export function ipInto(out: Uint8Array, text: string): boolean {
  if (ipv4Into(out, text)) {
    out.fill(0, 0, 10);
    out.fill(255, 10, 12);
    return true;
  }
  const bytes = parseIp(text);
  if (bytes?.length !== 16) throw new InternalError(`${JSON.stringify(text)} is no canonical IP address`);
  out.set(bytes);
  return false;
}

function ipv4Into(out: Uint8Array, text: string): boolean {
  let at = 12;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 46) {
      out[at++] = value;
      value = 0;
    } else if (c >= 48 && c <= 57 && at < 16) value = value * 10 + c - 48;
    else return false;
  }
  out[at] = value;
  return at === 15;
}
