import type { HirCluster, HirModel } from "../index.ts";
import { pairUp } from "./pairs.ts";

/** Old name -> new name of clusters that have endpoints and differ in nothing but their names. None where a request's header names clusters. */
export type RenamedClusters = ReadonlyMap<string, string>;

export function renamedClusters(a: HirModel, b: HirModel): RenamedClusters {
  const { removed, added } = pairUp(a.clusters, b.clusters, [(c) => c.name]);
  const filled = (clusters: readonly HirCluster[]): readonly HirCluster[] =>
    clusters.filter(({ priorities }) => priorities.some((localities) => localities.some(({ endpoints }) => endpoints.length > 0)));
  if (removed.length === 0 || [a, b].some(namesByHeader)) return new Map();
  const { both } = pairUp(filled(removed), filled(added), [(c) => JSON.stringify({ ...c, name: "", path: "" })]);
  return new Map(both.map(([x, y]) => [x.name, y.name]));
}

function namesByHeader({ listeners, routeConfigs }: HirModel): boolean {
  return [listeners, routeConfigs].some((rules) => JSON.stringify(rules).includes('"kind":"cluster_header"'));
}

/** The model with these names in place of the old ones, wherever a cluster or a target has one. Paths stay, but for the clusters' own. */
export function withNewNames(model: HirModel, b: HirModel, names: RenamedClusters): HirModel {
  if (names.size === 0) return model;
  const paths = new Map(b.clusters.map((c) => [c.name, c.path]));
  const renamed = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value), (key, each) =>
      key === "cluster" && typeof each === "string" ? (names.get(each) ?? each) : each,
    ) as T;
  return {
    listeners: renamed(model.listeners),
    routeConfigs: renamed(model.routeConfigs),
    clusters: model.clusters.map((c) => {
      const name = names.get(c.name);
      return name === undefined ? c : { ...c, name, path: paths.get(name)! };
    }),
  };
}
