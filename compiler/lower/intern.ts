import type { HirChain, HirCluster, HirListener, HirModel, HirRoute, HirRouteConfig, HirVirtualHost } from "../hir/index.ts";

/** Dense ids: the id is the place in the list, and lists are in the model's (sorted) order. */
export interface Interned {
  readonly listeners: readonly HirListener[];
  /** By listener; a listener's default chain comes after its chains. */
  readonly chains: readonly HirChain[];
  readonly routeConfigs: readonly HirRouteConfig[];
  /** By route configuration; then routes by virtual host. */
  readonly vhosts: readonly HirVirtualHost[];
  readonly routes: readonly HirRoute[];
  /** By path. */
  readonly listenerIds: ReadonlyMap<string, number>;
  readonly chainIds: ReadonlyMap<string, number>;
  readonly routeConfigIds: ReadonlyMap<string, number>;
  /** By name: the place in HirModel.clusters. */
  readonly clusterIds: ReadonlyMap<string, number>;
  readonly clusters: readonly HirCluster[];
}

/** Numbers everything that a verdict can name. The model's lists are sorted, so that equal models get equal ids. */
export function internModel(model: HirModel): Interned {
  const chains = model.listeners.flatMap((l) => (l.defaultChain ? [...l.chains, l.defaultChain] : l.chains));
  const vhosts = model.routeConfigs.flatMap((r) => r.vhosts);
  const routes = vhosts.flatMap((v) => v.routes);
  return {
    listeners: model.listeners,
    clusters: model.clusters,
    chains,
    routeConfigs: model.routeConfigs,
    vhosts,
    routes,
    listenerIds: byPath(model.listeners),
    chainIds: byPath(chains),
    routeConfigIds: byPath(model.routeConfigs),
    clusterIds: new Map(model.clusters.map((cluster, id) => [cluster.name, id])),
  };
}

function byPath(list: readonly { readonly path: string }[]): ReadonlyMap<string, number> {
  return new Map(list.map((node, id) => [node.path, id]));
}
