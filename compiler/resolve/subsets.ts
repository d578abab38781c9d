import type { Cluster_LbSubsetConfig_LbSubsetSelector, Subset_LbSubsetSelector } from "../decode/gen/types.ts";
import { refuse, type Scope } from "./scope.ts";

type Selector = Cluster_LbSubsetConfig_LbSubsetSelector | Subset_LbSubsetSelector;

/** Refuses selectors of subsets whose fallback Envoy refuses. */
export function checkSelectors(scope: Scope, selectors: readonly Selector[] | undefined, path: string): void {
  for (const [i, selector] of (selectors ?? []).entries()) {
    const wrong = whyNot(selector);
    if (wrong !== undefined) refuse(scope, "KM2442", `${path}.subset_selectors[${i}]`, wrong, "name some of keys, not all");
  }
}

function whyNot({ keys, fallback_policy: policy, fallback_keys_subset: fallback }: Selector): string | undefined {
  const [all, some] = [new Set(keys), new Set(fallback)];
  if (policy !== "KEYS_SUBSET") return some.size > 0 ? "fallback_keys_subset needs the fallback_policy KEYS_SUBSET" : undefined;
  if (some.size === 0) return "fallback_keys_subset is empty";
  if ([...some].some((key) => !all.has(key))) return "fallback_keys_subset has a key that is none of keys";
  return some.size === all.size ? "fallback_keys_subset has all of keys" : undefined;
}
