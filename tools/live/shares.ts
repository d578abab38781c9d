/** Stands for a cluster that there is not. */
export const NO_CLUSTER = "(none)";

/** Clusters with their shares, sorted, those without a share left out: `a 90.00%, b 10.00%`. */
export function sharesText(weights: readonly (readonly [cluster: string, weight: number])[]): string {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const parts = weights.filter(([, weight]) => weight > 0).map(([cluster, weight]) => `${cluster} ${((weight / total) * 100).toFixed(2)}%`);
  return parts.sort().join(", ") || "no cluster";
}
