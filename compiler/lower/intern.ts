import type { HirChain, HirCluster, HirListener, HirModel, HirRoute, HirRouteConfig, HirVirtualHost } from "../hir/index.ts";
import { createLast, type Last } from "../memo/index.ts";

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
  readonly routeConfigIds: ReadonlyMap<string, number>;
  /** By name: the place in HirModel.clusters. */
  readonly clusterIds: ReadonlyMap<string, number>;
  readonly clusters: readonly HirCluster[];
}

/** Numbers everything that a verdict can name. The model's lists are sorted, so that equal models get equal ids. */
export function internModel(model: HirModel, last: Last = createLast()): Interned {
  const { listeners, routeConfigs, clusters } = model;
  const vhosts = last("vhosts", routeConfigs, (list) => list.flatMap((r) => r.vhosts));
  return {
    listeners,
    clusters,
    chains: last("chains", listeners, (list) => list.flatMap((l) => (l.defaultChain ? [...l.chains, l.defaultChain] : l.chains))),
    routeConfigs,
    vhosts,
    routes: last("routes", vhosts, (list) => list.flatMap((v) => v.routes)),
    listenerIds: last("listener ids", listeners, byPath),
    routeConfigIds: last("route configuration ids", routeConfigs, byPath),
    clusterIds: last("cluster ids", clusters, (list) => new Map(list.map((cluster, id) => [cluster.name, id]))),
  };
}

function byPath(list: readonly { readonly path: string }[]): ReadonlyMap<string, number> {
  return new Map(list.map((node, id) => [node.path, id]));
}
