/**
 * IP addresses as text and bytes. Canonical text (IpText) is dotted IPv4, or IPv6 by RFC 5952 (lower case, longest run of zeroes as
 * `::`, IPv4-mapped addresses with a dotted tail).
 */

/** 4 or 16 bytes, network order; absent when `text` is no address. Zones (`%eth0`) are none. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

/** Canonical text of 4 or 16 bytes. */
export function formatIp(bytes: Uint8Array): string {
  // Not join(): of typed arrays that is slow.
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i]! << 8) | bytes[i + 1]!);
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) return `::ffff:${bytes.slice(12).join(".")}`;
  const run = longestZeroRun(groups);
  const hex = (list: readonly number[]) => list.map((g) => g.toString(16)).join(":");
  return run.length < 2 ? hex(groups) : `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

/** An IPv6 address and its zone, where inet_pton's kin take it: a number, or a name where the zone tells links apart. */
export function splitZone(text: string): { readonly ip: string; readonly zone: string } | undefined {
  const at = text.indexOf("%");
  const ip = at < 0 ? undefined : parseV6(text.slice(0, at));
  if (!ip) return undefined;
  const zone = text.slice(at + 1);
  const isNumber = /^[0-9]{1,10}$/.test(zone) && Number(zone) <= 0xffff_ffff;
  const isName = isOfLink(ip) && /^[^\s/%]{1,15}$/.test(zone) && !/^[-+]?[0-9]/.test(zone);
  return isNumber || isName ? { ip: formatIp(ip), zone } : undefined;
}

/** fe80::/10, ff01::/16 and ff02::/16. */
function isOfLink([a = 0, b = 0]: Uint8Array): boolean {
  return (a === 0xfe && b >> 6 === 2) || (a === 0xff && ((b & 15) === 1 || (b & 15) === 2));
}

/** The IPv4 address that an IPv4-mapped IPv6 one (::ffff:a.b.c.d) stands for. */
export function mappedIpv4(ip: string): string | undefined {
  const bytes = parseIp(ip);
  if (bytes?.length !== 16 || !bytes.every((byte, i) => i > 11 || byte === (i > 9 ? 255 : 0))) return undefined;
  return formatIp(bytes.subarray(12));
}

/** `10.0.0.1:80` or `[::1]:80`, the address made canonical; absent when it is neither or the port is above 65535. */
export function parseSocketAddress(text: string): { readonly ip: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  if (!match) return undefined;
  const bytes = match[1] === undefined ? parseV4(match[2]!) : parseV6(match[1]);
  const port = Number(match[3]);
  return bytes && port <= 65535 ? { ip: formatIp(bytes), port } : undefined;
}

/** `10.0.0.1:80`, `[::1]:80`. */
export function formatSocketAddress(ip: string, port: number): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The first `length` bits as a key: equal for two addresses of one family exactly when they share the prefix. */
export function prefixKey(bytes: Uint8Array, length: number): string {
  let key = bytes.length === 4 ? "4" : "6";
  const whole = length >> 3;
  for (let i = 0; i < whole; i++) key += String.fromCharCode(bytes[i]!);
  const rest = length & 7;
  if (rest > 0) key += String.fromCharCode(bytes[whole]! & (0xff00 >> rest));
  return key;
}

function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const part = parts[i]!;
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[i] = Number(part);
  }
  return bytes;
}

function parseV6(text: string): Uint8Array | undefined {
  let source = text;
  const lastColon = text.lastIndexOf(":");
  if (text.includes(".")) {
    const tail = parseV4(text.slice(lastColon + 1));
    if (!tail) return undefined;
    const group = (i: number) => ((tail[i]! << 8) | tail[i + 1]!).toString(16);
    source = `${text.slice(0, lastColon + 1)}${group(0)}:${group(2)}`;
  }
  const halves = source.split("::");
  if (halves.length > 2) return undefined;
  const groupsOf = (half: string | undefined) => (half === undefined || half === "" ? [] : half.split(":"));
  const left = groupsOf(halves[0]);
  const right = groupsOf(halves[1]);
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array<string>(missing).fill("0"), ...right];
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 8; i++) {
    const group = groups[i]!;
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    bytes[2 * i] = value >> 8;
    bytes[2 * i + 1] = value & 0xff;
  }
  return bytes;
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let i = 0; i < groups.length; i++) {
    let j = i;
    while (j < groups.length && groups[j] === 0) j++;
    if (j - i > best.length) best = { start: i, length: j - i };
    i = Math.max(i, j - 1);
  }
  return best;
}
