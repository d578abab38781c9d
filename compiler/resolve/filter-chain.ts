import type { CidrRange, FilterChain, FilterChainMatch } from "../decode/gen/types.ts";
import { asciiLower } from "../hir/bytes.ts";
import type { HirChainMatch, HirPrefix } from "../hir/index.ts";
import { maskedPrefix } from "./address.ts";
import { punt, refuse, type Scope } from "./scope.ts";

const sourceTypes = { ANY: "any", SAME_IP_OR_LOOPBACK: "same_ip_or_loopback", EXTERNAL: "external" } as const;

/** Of a chain without criteria. */
export const matchAll: HirChainMatch = {
  prefixRanges: [],
  serverNames: [],
  applicationProtocols: [],
  directSourcePrefixRanges: [],
  sourceType: "any",
  sourcePrefixRanges: [],
  sourcePorts: [],
};

/** A chain's criteria in one form: prefixes masked, server names in lower case. */
export function resolveChainMatch(scope: Scope, match: FilterChainMatch | undefined, path: string): HirChainMatch {
  if (!match) return matchAll;
  const prefixes = (field: string, ranges: readonly CidrRange[] | undefined) => resolvePrefixes(scope, ranges, `${path}.${field}`);
  return {
    ...(match.destination_port === undefined ? {} : { destinationPort: match.destination_port }),
    prefixRanges: prefixes("prefix_ranges", match.prefix_ranges),
    serverNames: resolveServerNames(scope, match.server_names, `${path}.server_names`),
    ...(match.transport_protocol ? { transportProtocol: match.transport_protocol } : {}),
    applicationProtocols: match.application_protocols ?? [],
    directSourcePrefixRanges: prefixes("direct_source_prefix_ranges", match.direct_source_prefix_ranges),
    sourceType: sourceTypes[match.source_type ?? "ANY"],
    sourcePrefixRanges: prefixes("source_prefix_ranges", match.source_prefix_ranges),
    sourcePorts: match.source_ports ?? [],
  };
}

function resolvePrefixes(scope: Scope, ranges: readonly CidrRange[] | undefined, path: string): readonly HirPrefix[] {
  if (!ranges) return [];
  const prefixes: HirPrefix[] = [];
  for (const [i, range] of ranges.entries()) {
    const prefix = maskedPrefix(range);
    if (prefix) prefixes.push(prefix);
    else
      refuse(
        scope,
        "KM2110",
        `${path}[${i}]`,
        `${JSON.stringify(range.address_prefix ?? "")} is no IP address`,
        "write address_prefix and prefix_len apart",
      );
  }
  return prefixes;
}

function resolveServerNames(scope: Scope, names: readonly string[] | undefined, path: string): readonly string[] {
  if (!names) return [];
  for (const [i, name] of names.entries()) {
    if (name.includes("*") && !name.startsWith("*.")) {
      refuse(
        scope,
        "KM2111",
        `${path}[${i}]`,
        `${JSON.stringify(name)}: a wildcard stands for whole labels at the start`,
        'write "*.example.com"',
      );
    }
  }
  return names.map(asciiLower);
}

/** A chain as far as two of them can collide. */
export interface NamedMatch {
  readonly path: string;
  readonly raw: FilterChain;
  readonly match: HirChainMatch;
}

/** More combinations than this in one listener are refused: each is an entry of Envoy's tree too. */
const maxCombinations = 1 << 20;

/**
 * Chains that Envoy could not tell apart: equal matches and overlaps are refused; where one entry is 0.0.0.0/0 or ::/0 and another is
 * absent, Envoy's choice differs from start to start, so that no answer would be right: a code why the listener is left to a proxy.
 */
export function checkChains(scope: Scope, chains: readonly NamedMatch[], listenerPath: string): string | undefined {
  if (chains.length === 1 && chains[0]!.match === matchAll) return undefined;
  const seen = new Map<string, string>();
  const root: Node = new Map();
  let combinations = 0;
  for (const chain of chains) {
    const key = asWritten(chain.raw.filter_chain_match);
    const twin = seen.get(key);
    if (twin !== undefined) {
      refuse(
        scope,
        "KM2112",
        chain.path,
        `has the same matching rules as ${twin}`,
        "give each chain a match of its own, or make one the default_filter_chain",
      );
      continue;
    }
    seen.set(key, chain.path);
    const levels = levelsOf(chain.match);
    combinations += levels.reduce((n, keys) => n * keys.length, 1);
    if (combinations > maxCombinations) {
      refuse(scope, "KM2115", listenerPath, `the chains' criteria have more than ${maxCombinations} combinations`, "split the listener");
      return undefined;
    }
    const other = insert(root, levels, 0, chain.path);
    if (other !== undefined) {
      refuse(
        scope,
        "KM2113",
        chain.path,
        `${other === chain.path ? "names a value twice" : `overlaps ${other}: some connections match both equally well`}`,
        "let each value stand in one of the two chains only",
      );
    }
  }
  return checkAmbiguity(scope, root, 0, listenerPath);
}

/** A match as text, equal for equal messages whatever the order of their fields. */
function asWritten(match: FilterChainMatch = {}): string {
  return JSON.stringify(match, [...Object.keys(match), "address_prefix", "prefix_len"].sort());
}

type Node = Map<string, Node | string>;

/** Envoy's order of criteria. */
const levelNames = [
  "destination_port",
  "prefix_ranges",
  "server_names",
  "transport_protocol",
  "application_protocols",
  "direct_source_prefix_ranges",
  "source_type",
  "source_prefix_ranges",
  "source_ports",
] as const;

function levelsOf(match: HirChainMatch): readonly (readonly string[])[] {
  const orAny = (keys: readonly string[]) => (keys.length > 0 ? keys : [""]);
  const prefixes = (list: readonly HirPrefix[]) => orAny(list.map(({ ip, length }) => `${ip}/${length}`));
  return [
    [String(match.destinationPort ?? "")],
    prefixes(match.prefixRanges),
    // Envoy keeps *.x as .x.
    orAny(match.serverNames.map((name) => name.replace(/^\*(?=\.)/, ""))),
    [match.transportProtocol ?? ""],
    orAny(match.applicationProtocols),
    prefixes(match.directSourcePrefixRanges),
    [match.sourceType],
    prefixes(match.sourcePrefixRanges),
    orAny(match.sourcePorts.map(String)),
  ];
}

/** Puts a chain into every leaf it takes; gives the path of one that is there already. */
function insert(node: Node, levels: readonly (readonly string[])[], level: number, path: string): string | undefined {
  let other: string | undefined;
  for (const key of levels[level]!) {
    const child = node.get(key);
    if (level === levels.length - 1) {
      if (typeof child === "string") other ??= child;
      else node.set(key, path);
      continue;
    }
    const next: Node = child === undefined || typeof child === "string" ? new Map() : child;
    node.set(key, next);
    const found = insert(next, levels, level + 1, path);
    other ??= found;
  }
  return other;
}

function checkAmbiguity(scope: Scope, node: Node, level: number, listenerPath: string): string | undefined {
  let punted: string | undefined;
  if (node.has("") && levelNames[level]!.endsWith("prefix_ranges")) {
    for (const all of ["0.0.0.0/0", "::/0"]) {
      if (!node.has(all)) continue;
      const [explicit, absent] = [anyLeaf(node.get(all)!), anyLeaf(node.get("")!)];
      const message = `${explicit} has ${all} in ${levelNames[level]}, ${absent} has none: Envoy takes one of them at random`;
      punted = punt(scope, "KM2114", `${listenerPath}.filter_chains`, message, `leave ${all} out, or write it in both`);
    }
  }
  for (const child of node.values()) {
    const below = typeof child === "string" ? undefined : checkAmbiguity(scope, child, level + 1, listenerPath);
    punted ??= below;
  }
  return punted;
}

function anyLeaf(node: Node | string): string {
  let at = node;
  while (typeof at !== "string") at = at.values().next().value as Node | string;
  return at;
}
