import type { HirBalance, HirShare } from "./balance.ts";
import { AlikeEndpoints } from "./endpoints.ts";
import type { HirCluster, HirEndpoint, HirEndpoints, HirLocality } from "./model.ts";

/** The usual cluster (one priority, every endpoint healthy, no locality weights) in one pass: meshes have 10,000s of them. */
export function balancePlain(cluster: HirCluster, drop: number): HirBalance | undefined {
  const localities = poolOf(cluster);
  if (!localities) return undefined;
  const weigh = ({ weight }: Pick<HirEndpoint, "weight">): number => (cluster.lb === "random" ? 1 : weight);
  let total = 0;
  for (const { endpoints } of localities)
    if (endpoints instanceof AlikeEndpoints) total += endpoints.length * weigh(endpoints);
    else for (const endpoint of endpoints) total += weigh(endpoint);
  const shares: HirShare[] = [];
  for (let locality = 0; locality < localities.length; locality++) {
    const { endpoints } = localities[locality]!;
    for (let index = 0; index < endpoints.length; index++) {
      const endpoint = endpoints.at(index)!;
      const weight = weigh(endpoint);
      shares.push({ endpoint, priority: 0, locality, index, probability: weight / total, weight });
    }
  }
  return { outcome: "ok", shares, totalWeight: total, noEndpointWeight: 0, drop };
}

/**
 * The lists of a cluster of which every pick finds an endpoint, each as often as any other, as most are: what balance() says of it, without an
 * object for each endpoint.
 */
export function evenEndpoints(cluster: HirCluster): readonly AlikeEndpoints[] | undefined {
  const localities = poolOf(cluster);
  if (!localities) return undefined;
  const lists: AlikeEndpoints[] = [];
  for (const { endpoints } of localities) {
    if (endpoints.length === 0) continue;
    if (!(endpoints instanceof AlikeEndpoints)) return undefined;
    if (cluster.lb !== "random" && lists[0] && lists[0].weight !== endpoints.weight) return undefined;
    lists.push(endpoints);
  }
  return lists;
}

/** Where all that counts is the weight of an endpoint. */
function poolOf({ priorities, localityWeighted, overprovisioning }: HirCluster): readonly HirLocality[] | undefined {
  const localities = priorities[0];
  // An overprovisioning factor below 100 / count leaves no availability: the general way.
  if (!localities || priorities.length !== 1 || localityWeighted || overprovisioning < 100) return undefined;
  let count = 0;
  for (const { endpoints } of localities) {
    if (!areHealthy(endpoints)) return undefined;
    count += endpoints.length;
  }
  return count === 0 ? undefined : localities;
}

function areHealthy(endpoints: HirEndpoints): boolean {
  if (endpoints instanceof AlikeEndpoints) return endpoints.health === "healthy" || endpoints.length === 0;
  for (const { health } of endpoints) if (health !== "healthy") return false;
  return true;
}
