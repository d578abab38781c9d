import { balance, type HirBalance } from "../balance.ts";
import type { HirCluster } from "../model.ts";

const known = new WeakMap<HirCluster, HirBalance>();

/** A cluster's balance, worked out once. */
export function balanceOf(cluster: HirCluster): HirBalance {
  let picks = known.get(cluster);
  if (!picks) {
    picks = balance(cluster);
    known.set(cluster, picks);
  }
  return picks;
}
