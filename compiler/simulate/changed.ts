import type { HirChain, HirModel } from "../hir/index.ts";
import { align } from "../memo/index.ts";

/** Of a model, what is not in the one before (the same object), with the listeners that lead to changed route tables. */
export function changedPart(before: HirModel, model: HirModel): HirModel {
  const routeConfigs = notIn(before.routeConfigs, model.routeConfigs);
  const tables = new Set(routeConfigs.map(({ path }) => path));
  const leads = ({ network }: HirChain): boolean =>
    network.kind === "http" && network.http.routeConfig !== undefined && tables.has(network.http.routeConfig);
  const changed = notIn(before.listeners, model.listeners);
  const isNew = new Set(changed);
  const listeners =
    tables.size === 0
      ? changed
      : model.listeners.filter(
          (one) => isNew.has(one) || one.chains.some(leads) || (one.defaultChain !== undefined && leads(one.defaultChain)),
        );
  return {
    listeners,
    routeConfigs,
    clusters: notIn(before.clusters, model.clusters),
  };
}

function notIn<T>(before: readonly T[], now: readonly T[]): readonly T[] {
  return align(before, now).flatMap(({ at, length, from }) => (from === -1 ? now.slice(at, at + length) : []));
}
