import { wireText } from "../hir/bytes.ts";
import type { HirChain, HirListener, HirPrefix } from "../hir/index.ts";
import { parseIp, prefixKey } from "../hir/ip.ts";
import type { LirNamed, LirPlace } from "../lir/decide.ts";
import { addressIntervals, portIntervals } from "./decide-intervals.ts";

const none: LirPlace = { kind: "none" };

/** A level of the search: chains that are still possible -> the place that chooses between them. */
type Level = (chains: readonly HirChain[]) => LirPlace;

/**
 * The search for a filter chain as a tree, by Envoy's nine levels. A level that no chain asks anything of is left out; equal sets of chains
 * share their subtree.
 */
export function lowerChainTree(listener: HirListener, chainId: (chain: HirChain) => number): LirPlace {
  const [only, another] = listener.chains;
  if (only && !another && takesAll(only)) return { kind: "chain", chain: chainId(only) };
  const known = new Map<string, LirPlace>();
  const shared =
    (name: string, level: Level): Level =>
    (chains) => {
      if (chains.length === 0) return none;
      const key = `${name} ${chains.map(chainId).join(" ")}`;
      let place = known.get(key);
      if (!place) {
        place = level(chains);
        known.set(key, place);
      }
      return place;
    };

  const first = shared("chain", (chains) => ({ kind: "chain", chain: chainId(chains[0]!) }));
  const bySourcePort = shared(
    "source port",
    portLevel("source_port", (chain) => chain.match.sourcePorts, first),
  );
  const bySource = shared(
    "source",
    prefixLevel("source", (chain) => chain.match.sourcePrefixRanges, bySourcePort),
  );
  const byType = shared("type", (chains) => sourceTypes(chains, bySource));
  const byDirect = shared(
    "direct",
    prefixLevel("direct", (chain) => chain.match.directSourcePrefixRanges, byType),
  );
  const byProtocol = shared(
    "protocol",
    nameLevel("protocols", (chain) => chain.match.applicationProtocols.map(wireText), byDirect),
  );
  const byTransport = shared("transport", (chains) => transports(chains, byProtocol));
  const byName = shared(
    "name",
    nameLevel("names", (chain) => chain.match.serverNames.map(nameKey), byTransport),
  );
  const byDestination = shared(
    "destination",
    prefixLevel("destination", (chain) => chain.match.prefixRanges, byName),
  );
  return shared("port", portLevel("port", portsOf, byDestination))(listener.chains);
}

/** The chain of most listeners: it asks nothing. */
function takesAll({ match }: HirChain): boolean {
  const { destinationPort, prefixRanges, serverNames, transportProtocol, applicationProtocols, directSourcePrefixRanges } = match;
  if (destinationPort !== undefined || transportProtocol || match.sourceType !== "any") return false;
  const lists = [prefixRanges, serverNames, applicationProtocols, directSourcePrefixRanges, match.sourcePrefixRanges, match.sourcePorts];
  return lists.every((list) => list.length === 0);
}

function portsOf({ match }: HirChain): readonly number[] {
  return match.destinationPort === undefined ? [] : [match.destinationPort];
}

/** `*.x` is kept as `.x`: it takes the name `.x` too. */
function nameKey(name: string): string {
  return wireText(name.startsWith("*.") ? name.slice(1) : name);
}

/** Chains by key, in the order of the list; those without keys are the rest. */
function group<K>(
  chains: readonly HirChain[],
  keysOf: (chain: HirChain) => readonly K[],
): { readonly byKey: Map<K, HirChain[]>; readonly rest: readonly HirChain[] } {
  const byKey = new Map<K, HirChain[]>();
  const rest: HirChain[] = [];
  for (const chain of chains) {
    const keys = new Set(keysOf(chain));
    if (keys.size === 0) rest.push(chain);
    for (const key of keys) {
      const list = byKey.get(key);
      if (list) list.push(chain);
      else byKey.set(key, [chain]);
    }
  }
  return { byKey, rest };
}

function portLevel(by: "port" | "source_port", portsOf: (chain: HirChain) => readonly number[], next: Level): Level {
  return (chains) => {
    const { byKey, rest } = group(chains, (chain) => portsOf(chain).filter((port) => port !== 0));
    if (byKey.size === 0) return next(rest);
    return {
      kind: "intervals",
      by,
      four: portIntervals(new Map([...byKey].map(([port, list]) => [port, next(list)])), next(rest)),
      six: [],
    };
  };
}

function prefixLevel(by: "destination" | "direct" | "source", prefixesOf: (chain: HirChain) => readonly HirPrefix[], next: Level): Level {
  return (chains) => {
    const prefixes = new Map<string, HirPrefix>();
    const keyOf = (prefix: HirPrefix) => {
      const bytes = parseIp(prefix.ip)!;
      const key = `${prefix.length} ${prefixKey(bytes, prefix.length)}`;
      prefixes.set(key, prefix);
      return key;
    };
    const { byKey, rest } = group(chains, (chain) => prefixesOf(chain).map(keyOf));
    if (byKey.size === 0) return next(rest);
    const places = [...byKey].map(([key, list]) => ({ prefix: prefixes.get(key)!, next: next(list) }));
    const otherwise = next(rest);
    return { kind: "intervals", by, four: addressIntervals(places, 4, otherwise), six: addressIntervals(places, 6, otherwise) };
  };
}

/** The empty name is what a chain without names has. */
function nameLevel(kind: "names" | "protocols", namesOf: (chain: HirChain) => readonly string[], next: Level): Level {
  const orEmpty = (names: readonly string[]) => (names.length > 0 ? names : [""]);
  return (chains) => {
    const { byKey } = group(chains, (chain) => orEmpty(namesOf(chain)));
    const rest = byKey.get("") ?? [];
    byKey.delete("");
    if (byKey.size === 0) return next(rest);
    const names: LirNamed[] = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, list]) => ({ name, next: next(list) }));
    return { kind, names, rest: next(rest) };
  };
}

function transports(chains: readonly HirChain[], next: Level): LirPlace {
  const { byKey, rest } = group(chains, ({ match }) => (match.transportProtocol ? [match.transportProtocol] : []));
  if (byKey.size === 0) return next(rest);
  return { kind: "transport", tls: next(byKey.get("tls") ?? rest), raw: next(byKey.get("raw_buffer") ?? rest) };
}

function sourceTypes(chains: readonly HirChain[], next: Level): LirPlace {
  const { byKey } = group(chains, ({ match }) => [match.sourceType]);
  const any = byKey.get("any") ?? [];
  if (byKey.size === 1 && any.length > 0) return next(any);
  return { kind: "source_type", local: next(byKey.get("same_ip_or_loopback") ?? any), external: next(byKey.get("external") ?? any) };
}
