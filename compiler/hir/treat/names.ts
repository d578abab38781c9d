import type { HirChain, HirCluster, HirListener, HirModel, HirRoute, HirRouteConfig, HirVirtualHost, HirWeighted } from "../model.ts";

/** The nodes of a model by the paths that decisions name. */
export interface ModelIndex {
  readonly listeners: ReadonlyMap<string, HirListener>;
  readonly chains: ReadonlyMap<string, HirChain>;
  readonly routeConfigs: ReadonlyMap<string, HirRouteConfig>;
  readonly vhosts: ReadonlyMap<string, HirVirtualHost>;
  readonly routes: ReadonlyMap<string, HirRoute>;
  readonly weighted: ReadonlyMap<string, HirWeighted>;
  /** By name. */
  readonly clusters: ReadonlyMap<string, HirCluster>;
}

const indexes = new WeakMap<HirModel, ModelIndex>();

/** Built once for a model. */
export function indexModel(model: HirModel): ModelIndex {
  const known = indexes.get(model);
  if (known) return known;
  const chains = model.listeners.flatMap((listener) => [...listener.chains, ...(listener.defaultChain ? [listener.defaultChain] : [])]);
  const vhosts = model.routeConfigs.flatMap((config) => config.vhosts);
  const routes = vhosts.flatMap((vhost) => vhost.routes);
  const targets = [
    ...chains.flatMap(({ network }) => (network.kind === "tcp" ? [network.target] : [])),
    ...routes.flatMap(({ action }) => (action.kind === "forward" ? [action.target] : [])),
  ];
  const index: ModelIndex = {
    listeners: byPath(model.listeners),
    chains: byPath(chains),
    routeConfigs: byPath(model.routeConfigs),
    vhosts: byPath(vhosts),
    routes: byPath(routes),
    weighted: byPath(targets.flatMap((target) => (target.kind === "weighted" ? target.entries : []))),
    clusters: new Map(model.clusters.map((cluster) => [cluster.name, cluster])),
  };
  indexes.set(model, index);
  return index;
}

function byPath<T extends { readonly path: string }>(nodes: readonly T[]): ReadonlyMap<string, T> {
  return new Map(nodes.map((node) => [node.path, node]));
}
