import type { IpText } from "../hir/index.ts";
import { canonicalIp } from "./address.ts";

/** What the resolver of a DNS cluster takes a text for: an address, a name to ask for, or none of them. */
export type HostText = { readonly ip: IpText } | { readonly host: string } | undefined;

const maxLabel = 63;
const maxName = 253;

/** Of c-ares, which is what Envoy's resolver is: four decimal numbers are an address with leading zeroes, too. */
export function readHost(text: string): HostText {
  const ip = canonicalIp(text) ?? paddedQuad(text);
  if (ip !== undefined) return { ip };
  return isName(text) ? { host: text } : undefined;
}

function paddedQuad(text: string): IpText | undefined {
  if (!/^\d+(?:\.\d+){3}$/.test(text)) return undefined;
  return canonicalIp(text.split(".").map(Number).join("."));
}

/** The dot alone is the root of all names. */
function isName(text: string): boolean {
  const name = text.endsWith(".") ? text.slice(0, -1) : text;
  if (name === "") return text === ".";
  return name.length <= maxName && name.split(".").every((label) => label.length <= maxLabel && /^[\w*/-]+$/.test(label));
}
