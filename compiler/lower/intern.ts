import type { HirChain, HirCluster, HirListener, HirModel, HirRouteConfig, HirVirtualHost } from "../hir/index.ts";
import {
  type Chunk,
  createChunks,
  createFinder,
  createLast,
  createLookUps,
  joined,
  type Last,
  type LookUp,
  type Places,
  perObject,
} from "../memo/index.ts";
import { vhostParts } from "./vhost-parts.ts";

/** Dense ids: the id is the place in the list, and lists are in the model's (sorted) order. */
export interface Interned {
  readonly listeners: readonly HirListener[];
  /** The same in parts: what is made of a part stays when others change. */
  readonly listenerParts: readonly Chunk<HirListener>[];
  /** The use_original_dst listener. */
  readonly virtual: HirListener | undefined;
  /** By listener; a listener's default chain comes after its chains. */
  readonly chains: readonly HirChain[];
  readonly routeConfigs: readonly HirRouteConfig[];
  /** Virtual hosts, in parts, by route configuration. Routes have their ids by virtual host. */
  readonly vhostParts: readonly Chunk<HirVirtualHost>[];
  /** By path. */
  readonly listenerIds: Places<string>;
  readonly routeConfigIds: Places<string>;
  /** By name: the place in HirModel.clusters. */
  readonly clusterIds: Places<string>;
  readonly clusters: readonly HirCluster[];
  /** The same for many names in a list that stays. */
  readonly clustersOf: LookUp;
}

/** Numbers everything that a verdict can name. The model's lists are sorted, so that equal models get equal ids. */
export function internModel(model: HirModel, last: Last = createLast()): Interned {
  const { listeners, routeConfigs, clusters } = model;
  const listenerParts = last("parts of listeners", [], () => createChunks<HirListener>(pathOf))(listeners);
  const findCluster = last("cluster ids", [], () => createFinder(nameOf));
  return {
    listeners,
    listenerParts,
    virtual: listenerParts.map(virtualOf).find((listener) => listener !== undefined),
    clusters,
    chains: last("chains", listenerParts, (parts) => joined(parts.map(chainsOf))),
    routeConfigs,
    vhostParts: routeConfigs.flatMap(vhostParts),
    listenerIds: last("listener ids", [], () => createFinder(pathOf))(listeners),
    routeConfigIds: last("route configuration ids", [], () => createFinder(pathOf))(routeConfigs),
    clustersOf: last("clusters of names", [], () => createLookUps(findCluster))(clusters),
    clusterIds: findCluster(clusters),
  };
}

const virtualOf = perObject(({ items }: Chunk<HirListener>) => items.find(({ useOriginalDst }) => useOriginalDst));

const chainsOf = perObject(({ items }: Chunk<HirListener>): readonly HirChain[] =>
  items.flatMap(({ chains, defaultChain }) => (defaultChain ? [...chains, defaultChain] : chains)),
);

function pathOf({ path }: { readonly path: string }): string {
  return path;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
