import type { SocketAddress } from "../decision.ts";
import { parseIp, prefixKey } from "../ip.ts";
import type { HirChain, HirListener, HirPrefix } from "../model.ts";

/** What is known of a connection when its chain is chosen. */
export interface ConnectionFacts {
  readonly to: SocketAddress;
  readonly source: ConnectionSource;
  /** Lower case; "" without SNI. */
  readonly serverName: string;
  readonly transportProtocol: string;
  /** In the client's order. */
  readonly applicationProtocols: readonly string[];
}

/** `external` is what source_type asks. */
export interface ConnectionSource extends SocketAddress {
  readonly external: boolean;
}

/** Absent: no chain, and no default one. */
export type ChooseChain = (facts: ConnectionFacts) => HirChain | undefined;

type Level = (facts: ConnectionFacts) => HirChain | undefined;
type Build = (chains: readonly HirChain[]) => Level;

/**
 * Nine levels in Envoy's order. Each takes the most specific entry that fits and never looks back, so a chain that fits may be missed
 * when a more specific entry leads nowhere; the default chain is what remains then.
 */
export function indexChains(listener: HirListener): ChooseChain {
  const find = byDestinationPort(listener.chains);
  const rest = listener.defaultChain;
  return (facts) => find(facts) ?? rest;
}

const byDestinationPort: Build = (chains) => {
  const ports = byKey(chains, (chain) => [chain.match.destinationPort ?? 0], byDestinationPrefix);
  return (facts) => (ports.get(facts.to.port) ?? ports.get(0))?.(facts);
};

const byDestinationPrefix: Build = (chains) =>
  byPrefix(
    chains,
    (chain) => chain.match.prefixRanges,
    (facts) => facts.to.ip,
    byServerName,
  );

/** `*.x` is kept as `.x`, which is why `*.x` takes the name `.x` too. */
const byServerName: Build = (chains) => {
  const names = byKey(
    chains,
    (chain) => (chain.match.serverNames.length === 0 ? [""] : chain.match.serverNames.map(keyOfName)),
    byTransport,
  );
  return (facts) => {
    const name = facts.serverName;
    let entry = names.get(name);
    if (!entry && name !== "") {
      for (let dot = name.indexOf(".", 1); dot >= 0 && dot < name.length - 1 && !entry; dot = name.indexOf(".", dot + 1)) {
        entry = names.get(name.slice(dot));
      }
    }
    return (entry ?? names.get(""))?.(facts);
  };
};

function keyOfName(name: string): string {
  return name.startsWith("*.") ? name.slice(1) : name;
}

const byTransport: Build = (chains) => {
  const protocols = byKey(chains, (chain) => [chain.match.transportProtocol ?? ""], byApplicationProtocol);
  return (facts) => (protocols.get(facts.transportProtocol) ?? protocols.get(""))?.(facts);
};

const byApplicationProtocol: Build = (chains) => {
  const protocols = byKey(
    chains,
    (chain) => (chain.match.applicationProtocols.length === 0 ? [""] : chain.match.applicationProtocols),
    byDirectSource,
  );
  return (facts) => {
    for (const protocol of facts.applicationProtocols) {
      const entry = protocols.get(protocol);
      if (entry) return entry(facts);
    }
    return protocols.get("")?.(facts);
  };
};

const byDirectSource: Build = (chains) =>
  byPrefix(
    chains,
    (chain) => chain.match.directSourcePrefixRanges,
    (facts) => facts.source.ip,
    bySourceType,
  );

const bySourceType: Build = (chains) => {
  const types = byKey(chains, (chain) => [chain.match.sourceType], bySourcePrefix);
  const local = types.get("same_ip_or_loopback");
  const external = types.get("external");
  const any = types.get("any");
  return (facts) => ((facts.source.external ? external : local) ?? any)?.(facts);
};

const bySourcePrefix: Build = (chains) =>
  byPrefix(
    chains,
    (chain) => chain.match.sourcePrefixRanges,
    (facts) => facts.source.ip,
    bySourcePort,
  );

const bySourcePort: Build = (chains) => {
  const ports = byKey(chains, (chain) => (chain.match.sourcePorts.length === 0 ? [0] : chain.match.sourcePorts), first);
  return (facts) => (ports.get(facts.source.port) ?? ports.get(0))?.(facts);
};

/** Identical matches were refused before; the first one stands. */
const first: Build = (chains) => {
  const chain = chains[0];
  return () => chain;
};

function byKey<K>(chains: readonly HirChain[], keysOf: (chain: HirChain) => readonly K[], build: Build): Map<K, Level> {
  const groups = new Map<K, HirChain[]>();
  for (const chain of chains) {
    for (const key of new Set(keysOf(chain))) {
      const group = groups.get(key);
      if (group) group.push(chain);
      else groups.set(key, [chain]);
    }
  }
  const levels = new Map<K, Level>();
  for (const [key, group] of groups) levels.set(key, build(group));
  return levels;
}

/** Longest prefix first. No prefix stands for everything; an explicit /0 goes before it (Envoy's choice of the two is not stable). */
function byPrefix(
  chains: readonly HirChain[],
  prefixesOf: (chain: HirChain) => readonly HirPrefix[],
  addressOf: (facts: ConnectionFacts) => string,
  build: Build,
): Level {
  const anywhere = chains.filter((chain) => prefixesOf(chain).length === 0);
  const rest = anywhere.length > 0 ? build(anywhere) : undefined;
  const ranged = chains.filter((chain) => prefixesOf(chain).length > 0);
  if (ranged.length === 0) return rest ?? (() => undefined);
  const lengths = new Map<number, Map<string, Level>>();
  for (const length of new Set(ranged.flatMap((chain) => prefixesOf(chain).map((prefix) => prefix.length)))) {
    lengths.set(
      length,
      byKey(ranged, (chain) => keysOf(prefixesOf(chain), length), build),
    );
  }
  const order = [...lengths].sort(([a], [b]) => b - a);
  return (facts) => {
    const bytes = parseIp(addressOf(facts));
    if (!bytes) return undefined;
    for (const [length, entries] of order) {
      if (length > bytes.length * 8) continue;
      const entry = entries.get(prefixKey(bytes, length));
      if (entry) return entry(facts);
    }
    return rest?.(facts);
  };
}

function keysOf(prefixes: readonly HirPrefix[], length: number): readonly string[] {
  return prefixes.flatMap((prefix) => {
    const bytes = prefix.length === length ? parseIp(prefix.ip) : undefined;
    return bytes ? [prefixKey(bytes, length)] : [];
  });
}
