import type { Address, CidrRange, SocketAddress } from "../decode/gen/types.ts";
import type { HirPrefix, IpText } from "../hir/index.ts";
import { formatIp, parseIp, splitZone } from "../hir/ip.ts";

/** To the user, of an address that Envoy does not resolve. */
export const plainAddress = "write an IP address and its port_value, without resolver_name";

/** Canonical text of an IP address; absent when it is none. Dotted IPv4, which nearly all are, is not copied. */
export function canonicalIp(text: string): IpText | undefined {
  if (ipv4Of(text) >= 0) return text;
  const bytes = parseIp(text);
  return bytes && formatIp(bytes);
}

/**
 * The number, in network order, that four decimal numbers of at most 255 without leading zeroes are: what inet_pton takes, and already
 * canonical. -1 for other texts.
 */
export function ipv4Of(text: string): number {
  const length = text.length;
  if (length < 7 || length > 15) return -1;
  let whole = 0;
  let value = -1;
  let dots = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit === -2) {
      if (value < 0) return -1;
      whole = whole * 256 + value;
      dots++;
      value = -1;
    } else if (digit < 0 || digit > 9 || value === 0) return -1;
    else {
      value = value < 0 ? digit : value * 10 + digit;
      if (value > 255) return -1;
    }
  }
  return dots === 3 && value >= 0 ? whole * 256 + value : -1;
}

/** A range with its host bits cleared; absent when the address is none. Envoy cuts a length that is too long to the address's own. */
export function maskedPrefix(range: CidrRange): HirPrefix | undefined {
  const text = range.address_prefix ?? "";
  // In a range Envoy does not look at the zone.
  const bytes = parseIp(splitZone(text)?.ip ?? text);
  if (!bytes) return undefined;
  const length = Math.min(range.prefix_len ?? 0, bytes.length * 8);
  const masked = bytes.map((byte, i) => {
    const bits = Math.max(0, Math.min(8, length - 8 * i));
    return byte & (0xff00 >> bits);
  });
  return { ip: formatIp(masked), length };
}

/** What an Address is, for a listener or an endpoint. */
export type AddressKind =
  | { readonly kind: "socket"; readonly socket: SocketAddress }
  | { readonly kind: "pipe"; readonly text: string }
  | { readonly kind: "internal"; readonly text: string }
  | { readonly kind: "none" };

export function addressKind(address: Address | undefined): AddressKind {
  if (address?.socket_address) return { kind: "socket", socket: address.socket_address };
  if (address?.pipe) return { kind: "pipe", text: `pipe:${address.pipe.path ?? ""}` };
  const internal = address?.envoy_internal_address;
  if (internal) return { kind: "internal", text: `internal:${internal.server_listener_name ?? ""}/${internal.endpoint_id ?? ""}` };
  return { kind: "none" };
}
