import type { FirstBytes, Question, SocketAddress } from "../../hir/decision.ts";
import type { HirChain, HirListener, HirModel, HirPrefix } from "../../hir/index.ts";
import { formatIp, parseIp } from "../../hir/ip.ts";
import { endsOf, type Seeds, seedsOfParts } from "./seeds.ts";

const nothing: FirstBytes = { kind: "nothing" };

/** What a client may send first, by what a filter makes of it. */
const firsts: readonly FirstBytes[] = [
  nothing,
  bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
  bytes("GET / HTTP/1.0\r\nHost: a\r\n\r\n"),
  bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  bytes("*1\r\n$4\r\nPING\r\n"),
  { kind: "tls", alpn: [] },
];

/** Latin-1 text as first bytes. */
export function bytes(text: string): FirstBytes {
  return { kind: "bytes", bytes: Uint8Array.from(Buffer.from(text, "latin1")) };
}

/** An address that a listener takes. */
export function addressOf(listener: HirListener): SocketAddress {
  const [first] = listener.addresses;
  if (!first) return { ip: "198.51.100.7", port: 9 };
  return { ip: concrete(first.ip), port: first.port };
}

/** A wildcard's example, other addresses themselves. */
function concrete(ip: string): string {
  return ip === "0.0.0.0" ? "198.51.100.7" : ip === "::" ? "2001:db8::7" : ip;
}

/** Every listener address and its neighbours. */
export function listenerSeeds(model: HirModel): Seeds {
  return seedsOfParts(
    model.listeners,
    endsOf(model.listeners, ({ addresses }) => addresses.length),
    ({ addresses }, at) =>
      () =>
        aroundAddress(addresses[at]!),
  );
}

function aroundAddress({ ip, port }: SocketAddress): readonly Question[] {
  const own = concrete(ip);
  const near = [
    { ip: own, port },
    { ip: own, port: (port + 1) & 0xffff },
    { ip: step(own, 1), port },
    { ip: own.includes(":") ? "198.51.100.9" : "2001:db8::9", port },
  ];
  return near.flatMap((to) => [nothing, firsts[1]!].map((first) => ({ to, first })));
}

/** Every criterion of every chain, and what is beside it. */
export function chainSeeds(model: HirModel): Seeds {
  return seedsOfParts(
    model.listeners,
    endsOf(model.listeners, ({ chains }) => chains.length),
    (listener, at) => () => aroundChain(listener, listener.chains[at]!),
  );
}

/** A destination and source that a chain asks for. */
export function arrivalOf(listener: HirListener, chain: HirChain): Pick<Question, "to" | "from"> {
  const { match } = chain;
  const [range] = match.prefixRanges;
  const base = addressOf(listener);
  const to = { ip: range ? range.ip : base.ip, port: match.destinationPort ?? base.port };
  const [source] = [...match.sourcePrefixRanges, ...match.directSourcePrefixRanges];
  const [port] = match.sourcePorts;
  if (match.sourceType === "same_ip_or_loopback") return { to, from: { ip: to.ip, port: port ?? 1 } };
  return source || port !== undefined ? { to, from: { ip: source?.ip ?? "192.0.2.1", port: port ?? 1 } } : { to };
}

function* aroundChain(listener: HirListener, chain: HirChain): Iterable<Question> {
  const { match } = chain;
  const base = arrivalOf(listener, chain);
  const tls = (sni: string | undefined, alpn: readonly string[]): FirstBytes => ({
    kind: "tls",
    ...(sni === undefined ? {} : { sni }),
    alpn,
  });
  const [name] = match.serverNames;
  const sni = name?.replace(/^\*/, "x");
  const own = match.transportProtocol === "tls" || name !== undefined ? tls(sni, match.applicationProtocols) : firsts[1]!;
  for (const first of [own, ...firsts]) yield { ...base, first };
  for (const prefix of match.prefixRanges.slice(0, 8))
    for (const ip of edges(prefix)) yield { ...base, to: { ...base.to, ip }, first: own };
  if (match.destinationPort !== undefined) yield { ...base, to: { ...base.to, port: (match.destinationPort + 1) & 0xffff }, first: own };
  for (const server of match.serverNames.slice(0, 8)) {
    const bare = server.replace(/^\*/, "");
    for (const asked of [
      `x${bare}`,
      bare,
      `a.b${bare}`,
      bare.toUpperCase(),
      bare.replace(/^\.?[^.]*/, "y"),
      `${bare}.`,
      bare.replace(/^\./, ""),
    ]) {
      yield { ...base, first: tls(asked, match.applicationProtocols) };
    }
  }
  for (const protocol of match.applicationProtocols) {
    for (const alpn of [[protocol], [protocol.toUpperCase()], ["other", protocol], [protocol, "other"], []])
      yield { ...base, first: tls(sni, alpn) };
  }
  const sources = [...match.sourcePrefixRanges, ...match.directSourcePrefixRanges].slice(0, 8).flatMap(edges);
  const ports = [...match.sourcePorts.slice(0, 4), 1];
  for (const ip of [...sources, "127.0.0.1", "::1", "127.5.5.5", base.to.ip, "192.0.2.1"]) {
    for (const port of ports) yield { ...base, from: { ip, port }, first: own };
  }
}

/** First and last address of a prefix, and their neighbours. */
function edges({ ip, length }: HirPrefix): readonly string[] {
  const first = parseIp(ip);
  if (!first) return [];
  const last = first.slice();
  for (let bit = length; bit < 8 * last.length; bit++) last[bit >> 3]! |= 0x80 >> (bit & 7);
  return [ip, formatIp(last), step(ip, -1), step(formatIp(last), 1)];
}

/** The address before (-1) or behind (1), round the end. */
function step(ip: string, by: 1 | -1): string {
  const address = parseIp(ip)!;
  for (let i = address.length - 1; i >= 0; i--) {
    address[i] = (address[i]! + by + 256) & 255;
    if (address[i] !== (by === 1 ? 0 : 255)) break;
  }
  return formatIp(address);
}
