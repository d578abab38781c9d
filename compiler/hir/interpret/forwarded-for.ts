import { formatIp, parseIp } from "../ip.ts";
import type { HirHttp } from "../model.ts";

/**
 * The address in x-forwarded-for behind which `hops` more stand, as canonical text (Envoy's Utility::getLastAddressFromXFF). Absent: there
 * are not so many, or it is no address.
 */
function forwardedAddress(forwardedFor: string | undefined, hops: number): string | undefined {
  let list = forwardedFor ?? "";
  for (let i = 0; i < hops; i++) {
    const comma = list.lastIndexOf(",");
    if (comma < 0) return undefined;
    list = list.slice(0, comma);
  }
  // Not trim(): it takes more for blanks.
  return readAddress(list.slice(list.lastIndexOf(",") + 1).replace(/^[ \t]+|[ \t]+$/g, ""));
}

const maxZone = 2 ** 32 - 1;

/** IPv6 may have a zone, a number: `fe80::1%2`. Names of zones are those of Envoy's own interfaces, which are not known. */
function readAddress(text: string): string | undefined {
  const zoned = /^([^%]*:[^%]*)%([0-9]+)$/.exec(text);
  const zone = Number(zoned?.[2] ?? 0);
  const bytes = parseIp(zoned?.[1] ?? text);
  if (!bytes || zone > maxZone) return undefined;
  return zone === 0 ? formatIp(bytes) : `${formatIp(bytes)}%${zone}`;
}

/** The client that x-forwarded-for names as it came, behind the trusted proxies; absent: none whose word counts. */
export function forwardedClient({ useRemoteAddress, trustedHops }: HirHttp, forwardedFor: string | undefined): string | undefined {
  if (!useRemoteAddress) return forwardedAddress(forwardedFor, trustedHops);
  // The nearest proxy is the connection's own peer, which is not in the list yet.
  return trustedHops > 0 ? forwardedAddress(forwardedFor, trustedHops - 1) : undefined;
}

/** Whether what a client says of itself counts. At the edge only what a trusted proxy says does. */
export function isBelieved({ useRemoteAddress, trustedHops }: HirHttp): boolean {
  return !useRemoteAddress || trustedHops > 0;
}
