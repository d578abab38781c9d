import type { HirChain, HirHttp, HirListener, HirModel, HirNetwork, HirRouteConfig } from "../index.ts";
import { type Change, change, compareFacts, type Facts, plainFacts } from "./changes.ts";
import { describeCluster, diffCluster } from "./diff-clusters.ts";
import { diffRouteConfig } from "./diff-routes.ts";
import { byKey } from "./pairs.ts";
import { describeChain, describeChainMatch, listenerAddresses } from "./words.ts";

export type { Change } from "./changes.ts";

/** What changes for traffic from `a` to `b`, in words: listeners, then routes, then clusters and endpoints, each in path order. */
export function diffModels(a: HirModel, b: HirModel): readonly Change[] {
  const hosts = (r: HirRouteConfig): string => `${r.vhosts.length} virtual host${r.vhosts.length === 1 ? "" : "s"}`;
  return [
    ...byKey(a.listeners, b.listeners, (l) => l.path, {
      added: (l) => [change("added", "listener", l.path, `takes ${listenerAddresses(l)}`)],
      removed: (l) => [change("removed", "listener", l.path, `took ${listenerAddresses(l)}`)],
      both: diffListener,
    }),
    ...byKey(a.routeConfigs, b.routeConfigs, (r) => r.path, {
      added: (r) => [change("added", "route_configuration", r.path, hosts(r))],
      removed: (r) => [change("removed", "route_configuration", r.path, hosts(r))],
      both: diffRouteConfig,
    }),
    ...byKey(a.clusters, b.clusters, (c) => c.path, {
      added: (c) => [change("added", "cluster", c.path, describeCluster(c))],
      removed: (c) => [change("removed", "cluster", c.path, describeCluster(c))],
      both: diffCluster,
    }),
  ];
}

function diffListener(a: HirListener, b: HirListener): Change[] {
  const facts = (l: HirListener): Facts => ({
    addresses: listenerAddresses(l),
    inspectors: [l.inspectors.tls && "tls", l.inspectors.http && "http"].filter(Boolean).join(", "),
    listener_filters_timeout: `${l.listenerFiltersTimeout} ms${l.continueOnListenerFiltersTimeout ? ", then continues" : ""}`,
    use_original_dst: String(l.useOriginalDst),
    ipv4_compat: l.addresses.some(({ ipv4Compat }) => ipv4Compat) ? "true" : "",
    proxy: l.punt ?? "",
  });
  const chains = (l: HirListener): HirChain[] => [...l.chains, ...(l.defaultChain ? [l.defaultChain] : [])];
  const words = (c: HirChain): string => `${describeChainMatch(c.match)}: ${describeChain(c)}`;
  return [
    ...compareFacts(b.path, "listener", facts(a), facts(b)),
    ...byKey(chains(a), chains(b), (c) => c.path, {
      added: (c) => [change("added", "filter_chain", c.path, words(c))],
      removed: (c) => [change("removed", "filter_chain", c.path, words(c))],
      both: diffChain,
    }),
  ];
}

function diffChain(a: HirChain, b: HirChain): Change[] {
  const facts = (c: HirChain): Facts => ({
    match: describeChainMatch(c.match),
    target: describeChain(c),
    ...networkFacts(c.network),
  });
  return compareFacts(b.path, "filter_chain", facts(a), facts(b));
}

/** Nothing but its target makes a difference in a TCP proxy. */
function networkFacts(network: HirNetwork): Facts {
  if (network.kind !== "http") return {};
  const told: readonly (keyof HirHttp)[] = ["path", "routeConfig", "routeConfigName", "punt"];
  return plainFacts(network.http, told);
}
