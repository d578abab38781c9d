import { assertNever, type Diagnostic, type DiagnosticSink } from "../diag/index.ts";
import type { HirChain, HirListener, HirModel, HirRouteConfig } from "../hir/index.ts";
import { readsForwardedFor } from "../hir/reads-forwarded-for.ts";
import type { LirChainRule, LirDecide, LirInspect, LirListenerPart, LirListenerRule, LirRouteTable } from "../lir/decide.ts";
import { type Chunk, createEach, createLast, type Last, perObject } from "../memo/index.ts";
import { lowerChainTree } from "./decide-chains.ts";
import { lowerHttp } from "./decide-http.ts";
import { headerKey } from "./decide-names.ts";
import { lowerPart } from "./decide-parts.ts";
import { lowerTarget } from "./decide-targets.ts";
import type { Interned } from "./intern.ts";
import { vhostParts } from "./vhost-parts.ts";

/** HIR -> the decide tier: the whole decision, from listener to cluster, in words. */
export function lowerDecide(model: HirModel, ids: Interned, sink: DiagnosticSink, last: Last = createLast()): LirDecide {
  const { virtual } = ids;
  const tables = model.routeConfigs.map(lowerTable);
  for (const { told } of tables) for (const diagnostic of told) sink.add(diagnostic);
  return {
    listeners: last("lowered listeners", [virtual], () => createEach(listenersBehind(virtual)))(ids.listenerParts),
    ...(virtual ? { virtualListener: ids.listenerIds.get(virtual.path)! } : {}),
    tables: tables.map(({ table }) => table),
    readsClusterNames: tables.some((table) => table.readsNames),
  };
}

interface LoweredTable {
  readonly table: LirRouteTable;
  readonly told: readonly Diagnostic[];
  readonly readsNames: boolean;
}

const lowerTable = perObject((config: HirRouteConfig): LoweredTable => {
  const parts = vhostParts(config).map(lowerPart);
  const table: LirRouteTable = {
    parts,
    ignorePort: config.ignorePortInHost,
    ignoreParameters: config.ignorePathParameters,
    ...(config.vhostHeader === undefined ? {} : { vhostHeader: headerKey(config.vhostHeader) }),
    internalOnly: config.internalOnlyHeaders.map(headerKey),
    readsForwardedFor: readsForwardedFor(config),
  };
  return { table, told: parts.flatMap(({ told }) => told), readsNames: parts.some(({ readsNames }) => readsNames) };
});

function listenersBehind(virtual: HirListener | undefined) {
  return ({ items }: Chunk<HirListener>): LirListenerPart => ({ listeners: items.map((listener) => lowerListener(listener, virtual)) });
}

/** A connection passes the redirecting listener's filters before those of the one that it is handed to. */
function lowerListener(listener: HirListener, virtual: HirListener | undefined): LirListenerRule {
  const punt = virtual?.punt ?? listener.punt;
  const runs = virtual && virtual !== listener ? [virtual, listener] : [listener];
  return { ...lowerChains(listener), ...(punt === undefined ? {} : { punt }), inspect: runs.map(lowerInspect) };
}

/** What a listener is by itself. */
const lowerChains = perObject((listener: HirListener): Pick<LirListenerRule, "chains" | "root" | "defaultChain"> => {
  const { chains, defaultChain } = listener;
  const places = new Map(chains.map((chain, at) => [chain, at]));
  const rules = {
    chains: (defaultChain ? [...chains, defaultChain] : chains).map(lowerChain),
    root: lowerChainTree(listener, (chain) => places.get(chain)!),
  };
  return defaultChain ? { ...rules, defaultChain: chains.length } : rules;
});

function lowerChain({ network }: HirChain): LirChainRule {
  switch (network.kind) {
    case "tcp":
      return { kind: "tcp", target: lowerTarget(network.target) };
    case "http":
      return { kind: "http", http: lowerHttp(network.http) };
    case "punt":
      return { kind: "punt", why: network.why };
    case "close":
      return { kind: "close" };
    default:
      return assertNever(network);
  }
}

const lowerInspect = perObject((listener: HirListener): LirInspect => {
  const { tls, http, shortHttp = false } = listener.inspectors;
  const missing = listener.listenerFiltersTimeout === 0 ? "wait" : listener.continueOnListenerFiltersTimeout ? "go_on" : "close";
  return { tls, http, shortHttp, missing };
});
