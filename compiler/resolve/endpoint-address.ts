import type { Address } from "../decode/gen/types.ts";
import { whyUnresolved } from "../decode/index.ts";
import { endpointText } from "../hir/endpoint-text.ts";
import type { HirEndpointAddress, IpText } from "../hir/index.ts";
import { mappedIpv4, splitZone } from "../hir/ip.ts";
import { addressKind, canonicalIp, ipv4Of, plainAddress } from "./address.ts";
import { readHost } from "./host-name.ts";
import { note, refuse, type Scope } from "./scope.ts";

/** Where endpoints come from decides which addresses they may have and what an address that occurs twice means. */
export type AssignmentUse = "eds" | "static" | "dns";

/** `at` is the locality's path, `index` the endpoint's place in it: the path is only put together where it is needed. */
export function endpointAddress(
  scope: Scope,
  address: Address | undefined,
  at: string,
  index: number,
  use: AssignmentUse,
): HirEndpointAddress | undefined {
  const socket = address?.socket_address;
  // `protocol: UDP` says nothing to what connects by TCP.
  if (!socket) {
    if (use !== "dns") return otherAddress(scope, address, at, index);
    const message = "this endpoint has no socket address: Envoy asks for the empty host name, which is none's";
    note(scope, "KM2428", "endpoint without address", () => `${at}.lb_endpoints[${index}]`, message);
    return undefined;
  }
  const { address: text = "", port_value: port = 0, resolver_name: resolver } = socket;
  const none = resolver ? "a cluster that looks host names up takes no resolver_name" : undefined;
  const wrong = use === "dns" ? none : whyUnresolved(socket);
  if (wrong !== undefined) refuse(scope, "KM2134", `${at}.lb_endpoints[${index}]`, wrong, use === "dns" ? "leave it out" : plainAddress);
  if (use === "dns") {
    const read = readHost(text);
    if (read) return "ip" in read ? judgedEndpoint(scope, read.ip, port, at, index) : { kind: "host", host: read.host, port };
    const message = `${JSON.stringify(text)} is no host name: Envoy's resolver asks nobody for it`;
    note(scope, "KM2428", "endpoint without name", () => `${at}.lb_endpoints[${index}]`, message);
    return undefined;
  }
  const ip = canonicalIp(text);
  const zoned = ip === undefined ? splitZone(text) : undefined;
  if (zoned && port !== 0 && /^fe[89ab]/.test(zoned.ip) && Number(zoned.zone) !== 0)
    return ofLink(scope, `[${zoned.ip}%${zoned.zone}]:${port}`, at, index);
  const bare = ip ?? zoned?.ip;
  if (bare !== undefined) return judgedEndpoint(scope, (socket.ipv4_compat && mappedIpv4(bare)) || bare, port, at, index);
  refuse(
    scope,
    "KM2413",
    `${at}.lb_endpoints[${index}]`,
    `${JSON.stringify(text)} is no IP address, and ${use === "eds" ? "an EDS" : "a STATIC"} cluster resolves no names`,
    "use an IP address, or a STRICT_DNS or LOGICAL_DNS cluster",
  );
  return undefined;
}

/** The kernel connects to no group of hosts. */
function isGroup(ip: IpText): boolean {
  const ipv4 = ipv4Of(ip);
  return ipv4 < 0 ? /^ff..:/.test(ip) : isIpv4Group(ipv4);
}

/** @param ip as of ipv4Of() */
export function isIpv4Group(ip: number): boolean {
  return ip >>> 28 === 0xe || ip === 0xffff_ffff;
}

/** Nobody listens on port 0, and a socket for IPv6 alone does not go to IPv4 addresses. */
export function socketEndpoint(ip: IpText, port: number): HirEndpointAddress {
  const dead = port === 0 || (ip.startsWith("::ffff:") && mappedIpv4(ip) !== undefined) || isGroup(ip);
  return { kind: dead ? "dead" : "ip", ip, port };
}

function judgedEndpoint(scope: Scope, ip: IpText, port: number, at: string, index: number): HirEndpointAddress {
  const address = socketEndpoint(ip, port);
  if (address.kind === "dead") {
    const message = `no connection of Envoy's gets to ${endpointText(address)}: requests are answered 503, connections are closed`;
    note(scope, "KM2444", "dead endpoint", () => `${at}.lb_endpoints[${index}]`, message);
  }
  return address;
}

/** Which link is meant can't be said at connect(). */
function ofLink(scope: Scope, text: string, at: string, index: number): HirEndpointAddress {
  const message = `the zone of ${text} can't be given at connect(): only a proxy in user space can reach it`;
  note(scope, "KM2412", "endpoint of a link", () => `${at}.lb_endpoints[${index}]`, message);
  return { kind: "other", text };
}

/** Bytes of sockaddr_un's path without its end. */
const maxPipePath = 107;

function otherAddress(scope: Scope, address: Address | undefined, at: string, index: number): HirEndpointAddress | undefined {
  const kind = addressKind(address);
  if (kind.kind !== "pipe" && kind.kind !== "internal") {
    refuse(scope, "KM2411", `${at}.lb_endpoints[${index}]`, "this endpoint has no address", "add its socket_address");
    return undefined;
  }
  const { text } = kind;
  if (kind.kind === "pipe" && Buffer.byteLength(address?.pipe?.path ?? "") > maxPipePath) {
    refuse(scope, "KM2427", `${at}.lb_endpoints[${index}]`, `${text} has more than ${maxPipePath} bytes`, "use a shorter path");
  }
  note(
    scope,
    "KM2412",
    `${kind.kind} endpoint`,
    () => `${at}.lb_endpoints[${index}]`,
    `${text} is no TCP address: only a proxy in user space can reach it`,
  );
  return { kind: "other", text };
}
