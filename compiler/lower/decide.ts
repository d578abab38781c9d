import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import { wireText } from "../hir/bytes.ts";
import type { HirChain, HirListener, HirModel } from "../hir/index.ts";
import type { LirChainRule, LirDecide, LirHttp, LirInspect, LirListenerRule } from "../lir/decide.ts";
import { lowerChainTree } from "./decide-chains.ts";
import { lowerHttp, lowerRouteTable } from "./decide-http.ts";
import { internDfas, internHeaders } from "./decide-names.ts";
import { lowerRoute } from "./decide-routes.ts";
import { internTargets } from "./decide-targets.ts";
import type { Interned } from "./intern.ts";

/** HIR -> the decide tier: the whole decision, from listener to cluster, as tables in words. */
export function lowerDecide(model: HirModel, ids: Interned, sink: DiagnosticSink): LirDecide {
  const headers = internHeaders(model);
  const dfas = internDfas(sink);
  const targets = internTargets(ids.clusterIds, headers);
  const https: LirHttp[] = [];
  const virtual = model.listeners.find((listener) => listener.useOriginalDst);

  let firstVhost = 0;
  const routeTables = ids.routeConfigs.map((config) => {
    const first = firstVhost;
    firstVhost += config.vhosts.length;
    return lowerRouteTable(config, first, headers);
  });
  let first = 0;
  const vhosts = ids.vhosts.map((vhost) => {
    const range = { first, count: vhost.routes.length };
    first += range.count;
    return { ...range, requireTls: vhost.requireTls, ...(vhost.punt === undefined ? {} : { punt: vhost.punt }) };
  });
  const routes = ids.routes.map((route) => lowerRoute(route, { headers, dfas, targets }));
  const chains = ids.chains.map((chain): LirChainRule => {
    const { network } = chain;
    switch (network.kind) {
      case "tcp":
        return { kind: "tcp", target: targets.idOf(network.target) };
      case "http":
        return { kind: "http", http: https.push(lowerHttp(network.http, ids)) - 1 };
      case "punt":
        return { kind: "punt", why: network.why };
      case "close":
        return { kind: "close" };
      default:
        return assertNever(network);
    }
  });
  return {
    listeners: model.listeners.map((listener) => lowerListener(listener, virtual, (chain) => ids.chainIds.get(chain.path)!)),
    ...(virtual ? { virtualListener: ids.listenerIds.get(virtual.path)! } : {}),
    chains,
    https,
    routeTables,
    vhosts,
    routes,
    targets: targets.targets,
    dfas: dfas.dfas,
    // Header names are asked for by HTTP alone.
    headers: https.length > 0 ? headers.names : [],
    clusterNames: targets.readsNames() ? model.clusters.map((cluster) => wireText(cluster.name)) : [],
    entries: targets.entries,
  };
}

/** A connection passes the redirecting listener's filters before those of the one that it is handed to. */
function lowerListener(listener: HirListener, virtual: HirListener | undefined, chainId: (chain: HirChain) => number): LirListenerRule {
  const punt = virtual?.punt ?? listener.punt;
  const runs = virtual && virtual !== listener ? [virtual, listener] : [listener];
  return {
    root: lowerChainTree(listener, chainId),
    ...(listener.defaultChain ? { defaultChain: chainId(listener.defaultChain) } : {}),
    ...(punt === undefined ? {} : { punt }),
    inspect: runs.map(lowerInspect),
  };
}

function lowerInspect(listener: HirListener): LirInspect {
  const { tls, http } = listener.inspectors;
  const missing = listener.listenerFiltersTimeout === 0 ? "wait" : listener.continueOnListenerFiltersTimeout ? "go_on" : "close";
  return { tls, http, missing };
}
