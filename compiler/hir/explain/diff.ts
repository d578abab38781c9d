import { counted } from "../../diag/index.ts";
import type { HirChain, HirHttp, HirListener, HirModel, HirNetwork, HirRouteConfig } from "../index.ts";
import { formatSocketAddress } from "../ip.ts";
import { type Change, change, compareFacts, type Facts, plainFacts } from "./changes.ts";
import { describeCluster, diffCluster } from "./diff-clusters.ts";
import { diffRouteConfig } from "./diff-routes.ts";
import { inOneOrder } from "./one-order.ts";
import { compareItems, pairUp } from "./pairs.ts";
import { renamedClusters, withNewNames } from "./renamed.ts";
import { type SeenNames, seenNames } from "./seen-names.ts";
import { describeChain, describeChainMatch, exactShares, listenerAddresses, quote } from "./words.ts";

export type { Change } from "./changes.ts";

/**
 * What changes for traffic from `older` to `newer`, in words: listeners, then routes, then clusters and endpoints, each in path order. What has
 * another name, place or order, and means the same, is no change; a cluster's new name is told once.
 */
export function diffModels(older: HirModel, newer: HirModel): readonly Change[] {
  const [a, b] = inOneOrder(older, newer);
  const names = renamedClusters(a, b);
  const paths = new Map(b.clusters.map((c) => [c.name, c.path]));
  return [
    ...[...names].map(([from, to]) => change("changed", "cluster", paths.get(to)!, `name: ${quote(from)} -> ${quote(to)}`)),
    ...diffRules(withNewNames(a, b, names), b),
  ];
}

function diffRules(a: HirModel, b: HirModel): readonly Change[] {
  const seen = seenNames(a, b);
  const hosts = (r: HirRouteConfig): string => counted(r.vhosts.length, "virtual host");
  return [
    ...compareItems(a.listeners, b.listeners, listenerKeys, {
      added: (l) => [change("added", "listener", l.path, `takes ${listenerAddresses(l)}`)],
      removed: (l) => [change("removed", "listener", l.path, `took ${listenerAddresses(l)}`)],
      both: (x, y) => diffListener(x, y, seen),
    }),
    ...compareItems(inPlace(a, b), b.routeConfigs, [(r) => r.path], {
      added: (r) => [change("added", "route_configuration", r.path, hosts(r))],
      removed: (r) => [change("removed", "route_configuration", r.path, hosts(r))],
      both: (x, y) => diffRouteConfig(x, y, seen),
    }),
    ...compareItems(a.clusters, b.clusters, [(c) => c.path], {
      added: (c) => [change("added", "cluster", c.path, describeCluster(c))],
      removed: (c) => [change("removed", "cluster", c.path, describeCluster(c))],
      both: diffCluster,
    }),
  ];
}

const listenerKeys = [(l: HirListener) => l.path, listenerAddresses];

/** By name, else by what they match, as their order decides nothing; else by place. */
const chainKeys = [
  (c: HirChain) => c.name,
  (c: HirChain) => describeChainMatch(c.match),
  (c: HirChain) => c.path.replace(/^.*\.(?=(?:default_)?filter_chain)/, ""),
];

/** Apart from the others: one that takes anything takes less, as it is not looked for where a more specific one led nowhere. */
function defaultChains(l: HirListener): readonly HirChain[] {
  return l.defaultChain ? [l.defaultChain] : [];
}

function pairChains(a: HirListener, b: HirListener): readonly (readonly [HirChain, HirChain])[] {
  return [...pairUp(a.chains, b.chains, chainKeys).both, ...pairUp(defaultChains(a), defaultChains(b), chainKeys).both];
}

/** The older tables, inline ones under the paths that they have in `b`: of the chain that is the same, wherever it stands. */
function inPlace(a: HirModel, b: HirModel): readonly HirRouteConfig[] {
  const chains = pairUp(a.listeners, b.listeners, listenerKeys).both.flatMap(([x, y]) => pairChains(x, y));
  const paths = new Map(chains.map(([x, y]) => [inlineTable(x), inlineTable(y)]));
  return a.routeConfigs.map((r) => ({ ...r, path: paths.get(r.path) ?? r.path }));
}

function inlineTable({ path, network }: HirChain): string | undefined {
  const table = network.kind === "http" ? network.http.routeConfig : undefined;
  return table?.startsWith(path) ? table : undefined;
}

function diffListener(a: HirListener, b: HirListener, seen: SeenNames): Change[] {
  const facts = (l: HirListener): Facts => ({
    addresses: listenerAddresses(l),
    inspectors: [l.inspectors.tls && "tls", l.inspectors.http && (l.inspectors.shortHttp ? "http behind it" : "http")]
      .filter(Boolean)
      .join(", "),
    listener_filters_timeout: timeoutOf(l),
    use_original_dst: String(l.useOriginalDst),
    ipv4_compat: l.addresses.flatMap(({ ip, port, ipv4Compat }) => (ipv4Compat ? [formatSocketAddress(ip, port)] : [])).join(", "),
    proxy: l.punt ?? "",
  });
  const chains = (of: (l: HirListener) => readonly HirChain[], when: (c: HirChain) => string): Change[] =>
    compareItems(of(a), of(b), chainKeys, {
      added: (c) => [change("added", "filter_chain", c.path, `${when(c)}: ${describeChain(c)}`)],
      removed: (c) => [change("removed", "filter_chain", c.path, `${when(c)}: ${describeChain(c)}`)],
      both: (x, y) => diffChain(x, y, seen),
    });
  return [
    ...compareFacts(b.path, "listener", facts(a), facts(b)),
    ...chains(defaultChains, () => "otherwise"),
    ...chains(
      (l) => l.chains,
      (c) => describeChainMatch(c.match),
    ),
  ];
}

function timeoutOf({ listenerFiltersTimeout: timeout, continueOnListenerFiltersTimeout: continues }: HirListener): string {
  if (timeout === 0) return "waits for ever";
  return `${timeout} ms${continues ? ", then continues" : ""}`;
}

function diffChain(a: HirChain, b: HirChain, seen: SeenNames): Change[] {
  const isRounded = describeChain(a) === describeChain(b);
  const facts = (c: HirChain): Facts => ({
    name: seen.chains ? quote(c.name) : "",
    match: describeChainMatch(c.match),
    target: targetOf(c),
    ...(isRounded && c.network.kind === "tcp" ? { shares: exactShares(c.network.target) } : {}),
    ...(a.network.kind === b.network.kind ? networkFacts(c.network) : {}),
  });
  return compareFacts(b.path, "filter_chain", facts(a), facts(b));
}

/** The name of an inline table is seen by nobody. */
function targetOf(c: HirChain): string {
  const isInline = inlineTable(c) !== undefined && c.network.kind === "http" && c.network.http.punt === undefined;
  return isInline ? "HTTP, routes of its own" : describeChain(c);
}

/** Nothing but its target makes a difference in a TCP proxy. */
function networkFacts(network: HirNetwork): Facts {
  if (network.kind !== "http") return {};
  const told: readonly (keyof HirHttp)[] = ["path", "routeConfig", "routeConfigName", "punt"];
  return plainFacts(network.http, told);
}
