import type { HirChain, HirModel } from "../hir/index.ts";
import { align } from "../memo/index.ts";

/** Of a model, what is not in the one before (the same object), with the listeners that lead to changed route tables. */
export function changedPart(before: HirModel, model: HirModel): HirModel {
  const routeConfigs = notIn(before.routeConfigs, model.routeConfigs);
  const tables = new Set(routeConfigs.map(({ path }) => path));
  const leads = ({ network }: HirChain): boolean =>
    network.kind === "http" && network.http.routeConfig !== undefined && tables.has(network.http.routeConfig);
  const known = align(before.listeners, model.listeners);
  return {
    listeners: model.listeners.filter((listener, at) => {
      if (known[at] === -1) return true;
      return tables.size > 0 && (listener.chains.some(leads) || (listener.defaultChain !== undefined && leads(listener.defaultChain)));
    }),
    routeConfigs,
    clusters: notIn(before.clusters, model.clusters),
  };
}

function notIn<T>(before: readonly T[], now: readonly T[]): readonly T[] {
  const known = align(before, now);
  return now.filter((_, at) => known[at] === -1);
}
