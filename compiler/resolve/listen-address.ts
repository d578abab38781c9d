import type { Address, Listener } from "../decode/gen/types.ts";
import { whyUnresolved, type XdsResource } from "../decode/index.ts";
import type { HirListenAddress } from "../hir/index.ts";
import { formatSocketAddress, mappedIpv4, splitZone } from "../hir/ip.ts";
import { addressKind, canonicalIp, plainAddress } from "./address.ts";
import { note, punt, refuse, type Scope } from "./scope.ts";

/** What tells the addresses of listeners apart. */
export function addressText({ ip, port }: Pick<HirListenAddress, "ip" | "port">): string {
  return formatSocketAddress(ip, port);
}

/**
 * Addresses that Envoy lets no other listener have, though no connection is taken there: those of inbound listeners, those with a zone, and those
 * with port 0 that are not bound (each one that is bound gets a port of its own).
 */
export function unservedAddresses({ message }: XdsResource): readonly string[] {
  const listener = message as Listener;
  const inbound = listener.traffic_direction === "INBOUND";
  const bound = (listener.bind_to_port ?? true) && (listener.deprecated_v1?.bind_to_port ?? true);
  return addressesIn(listener, "").flatMap(({ address }) => {
    const socket = address?.socket_address;
    const port = socket?.port_value ?? 0;
    const zoned = splitZone(socket?.address ?? "");
    if (!socket || socket.protocol === "UDP" || (port === 0 ? bound : !inbound && !zoned)) return [];
    const ip = zoned ? `${zoned.ip}%${zoned.zone}` : canonicalIp(socket.address ?? "");
    return ip === undefined ? [] : [addressText({ ip, port })];
  });
}

/** Settings of a socket, which an internal listener has not. */
const socketSettings = [
  "connection_balance_config",
  "enable_reuse_port",
  "tcp_backlog_size",
  "tcp_fast_open_queue_length",
  "socket_options",
] as const;

/** An internal listener says so, and has no address and no socket; no other has an internal address. MPTCP takes IP addresses and TCP. */
export function checkAddresses(scope: Scope, listener: Listener, path: string): void {
  const isTcp = ({ socket_address: socket }: Address) => socket !== undefined && socket.protocol !== "UDP";
  if (
    listener.enable_mptcp &&
    (listener.internal_listener || addressesIn(listener, path).some(({ address }) => address && !isTcp(address)))
  ) {
    refuse(scope, "KM2116", `${path}.enable_mptcp`, "MPTCP is for IP addresses and TCP", "leave enable_mptcp out");
  }
  if (listener.internal_listener) {
    const set =
      socketSettings.find((field) => listener[field] !== undefined) ??
      (["freebind", "transparent"] as const).find((field) => listener[field]);
    if (set) refuse(scope, "KM2101", `${path}.${set}`, "an internal listener has no socket", "leave it out");
    if (!listener.address && !listener.additional_addresses?.length) return;
    refuse(scope, "KM2101", `${path}.address`, "an internal listener has no address", "leave out address, or internal_listener");
    return;
  }
  for (const { address, at } of addressesIn(listener, path)) {
    const wrong = whyUnresolved(address?.socket_address ?? {});
    if (wrong !== undefined) refuse(scope, "KM2134", at, wrong, plainAddress);
    if (!address?.envoy_internal_address) continue;
    refuse(scope, "KM2101", at, "a listener has no internal address", "write internal_listener: {} in the place of all addresses");
  }
}

function addressesIn(listener: Listener, path: string): readonly { readonly address: Address | undefined; readonly at: string }[] {
  const further = listener.additional_addresses ?? [];
  return [
    { address: listener.address, at: `${path}.address` },
    ...further.map(({ address }, i) => ({ address, at: `${path}.additional_addresses[${i}].address` })),
  ];
}

export function resolveAddresses(scope: Scope, listener: Listener, path: string): readonly HirListenAddress[] {
  const addresses: HirListenAddress[] = [];
  for (const { address, at } of addressesIn(listener, path)) {
    const kind = addressKind(address);
    if (kind.kind === "none") {
      refuse(scope, "KM2101", at, "this listener has no address", "write an IP address and a port as its socket_address");
      continue;
    }
    if (kind.kind !== "socket") {
      note(scope, "KM2104", kind.text, () => at, `${kind.text} takes no TCP connection`);
      continue;
    }
    if (kind.socket.protocol === "UDP") {
      refuse(scope, "KM2116", at, "a UDP address beside a TCP one", "make a listener of its own of it");
      continue;
    }
    const ip = canonicalIp(kind.socket.address ?? "");
    if (ip === undefined && splitZone(kind.socket.address ?? "")) {
      const message = `the zone of ${kind.socket.address} is not seen at connect(): connections to it pass untouched`;
      punt(scope, "KM2135", at, message, "leave the zone out, where the address is not of one link");
      continue;
    }
    if (ip === undefined) {
      refuse(scope, "KM2101", at, `${JSON.stringify(kind.socket.address ?? "")} is no IP address`, "a listener takes IP addresses only");
      continue;
    }
    const port = kind.socket.port_value ?? 0;
    if (port === 0) note(scope, "KM2107", "port 0", () => at, "no connection goes to port 0: this address takes none");
    else {
      const ipv4Compat = kind.socket.ipv4_compat ?? false;
      addresses.push({ ip, port, ipv4Compat });
      const mapped = ipv4Compat ? mappedIpv4(ip) : undefined;
      if (mapped !== undefined) addresses.push({ ip: mapped, port, ipv4Compat: false });
    }
  }
  checkCompat(scope, addresses, path);
  return addresses;
}

/** Whichever address sets ipv4_compat, Envoy looks at the first one of the listener. */
function checkCompat(scope: Scope, addresses: readonly HirListenAddress[], path: string): void {
  const first = addresses[0];
  if (!first || first.ip === "::" || mappedIpv4(first.ip) !== undefined || !addresses.some(({ ipv4Compat }) => ipv4Compat)) return;
  const message = `ipv4_compat needs a listener whose first address is :: or an IPv4-mapped one, and this is ${first.ip}`;
  refuse(scope, "KM2109", `${path}.address`, message, "put :: first, or make a listener of its own of it");
}
