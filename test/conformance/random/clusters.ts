/** Clusters for random snapshots: plain ones with an address of their own, and ones whose balance is worth a look. */
import type { Json, JsonObject } from "../json-fields.ts";
import type { Dice } from "./dice.ts";
import { notedOfCluster } from "./noted.ts";

const typePrefix = "type.googleapis.com/";

export const clusterType = `${typePrefix}envoy.config.cluster.v3.Cluster`;
export const assignmentType = `${typePrefix}envoy.config.endpoint.v3.ClusterLoadAssignment`;

/** Names of the plain clusters: `c1` has the endpoint 10.1.1.1:8080 and so on. */
export const plainClusters = ["c0", "c1", "c2", "c3", "c4"] as const;
/** In every snapshot too: no endpoint, only unhealthy ones with panic off, two alike, the original destination. */
export const specialClusters = ["empty", "sick", "pair", "passthrough"] as const;

/** The clusters that every HTTP and TCP snapshot has. */
export function fixedClusters(): JsonObject[] {
  return [
    ...plainClusters.map((name, i) => staticCluster(name, [[endpoint(`10.1.${i}.1`, 8080)]])),
    staticCluster("empty", []),
    { ...staticCluster("sick", [[endpoint("10.1.10.1", 8080, "UNHEALTHY")]]), common_lb_config: { healthy_panic_threshold: { value: 0 } } },
    staticCluster("pair", [[endpoint("10.1.11.1", 8080), endpoint("10.1.11.2", 8080)]]),
    {
      "@type": clusterType,
      name: "passthrough",
      connect_timeout: "1s",
      type: "ORIGINAL_DST",
      lb_policy: "CLUSTER_PROVIDED",
    },
  ];
}

function staticCluster(name: string, localities: readonly JsonObject[][]): JsonObject {
  const endpoints = localities.map((lb_endpoints): JsonObject => ({ lb_endpoints }));
  return { "@type": clusterType, name, connect_timeout: "1s", load_assignment: { cluster_name: name, endpoints } };
}

function endpoint(address: string, port: number, health?: string): JsonObject {
  return {
    endpoint: { address: { socket_address: { address, port_value: port } } },
    ...(health === undefined ? {} : { health_status: health }),
  };
}

const healths = ["HEALTHY", "UNKNOWN", "HEALTHY", "HEALTHY", "UNHEALTHY", "UNHEALTHY", "DEGRADED", "DRAINING", "TIMEOUT"] as const;

/** A cluster `lb` whose shares take some working out, with its assignment where it is EDS. Endpoints are 10.9.x.y:8080. */
export function balancedCluster(dice: Dice): JsonObject[] {
  const eds = dice.chance(0.5);
  const policy = dice.pick(policies);
  const hash = isHash(policy);
  const drawn = randomAssignment(dice, hash);
  const locality: JsonObject = dice.chance(0.4)
    ? { locality_weighted_lb_config: {} }
    : dice.maybe(hash ? 0 : 0.15, () => ({ zone_aware_lb_config: { fail_traffic_on_panic: true } }));
  const typed = dice.chance(0.4);
  const balancing: JsonObject = typed ? { load_balancing_policy: typedPolicy(dice, policy, locality) } : { lb_policy: policy };
  const assignment = /ClientSideWeighted/.test(JSON.stringify(balancing)) ? withoutWeights(drawn) : drawn;
  const cluster: JsonObject = {
    "@type": clusterType,
    name: "lb",
    connect_timeout: "1s",
    ...balancing,
    common_lb_config: {
      ...dice.maybe(0.4, () => ({ healthy_panic_threshold: { value: dice.pick([0, 10, 40, 41, 50, 60, 100, 0.5, 49.5]) } })),
      // Beside a typed policy these have no effect.
      ...(typed && dice.chance(0.7) ? {} : locality),
    },
    ...dice.maybe(policy === "LEAST_REQUEST" && !typed ? 0.5 : 0, () => ({ least_request_lb_config: { choice_count: 2 + dice.int(3) } })),
    ...notedOfCluster(dice),
    ...dice.maybe(policy === "RING_HASH" && !typed ? 0.4 : 0, () => ({
      ring_hash_lb_config: { minimum_ring_size: 2048, maximum_ring_size: 16_384 },
    })),
    ...dice.maybe(policy === "MAGLEV" && !typed ? 0.4 : 0, () => ({ maglev_lb_config: { table_size: 131_101 } })),
    ...dice.maybe(0.1, () => ({ lb_subset_config: { fallback_policy: "ANY_ENDPOINT" } })),
    ...(eds
      ? { type: "EDS", eds_cluster_config: { eds_config: { ads: {} }, ...dice.maybe(0.3, () => ({ service_name: "lb" })) } }
      : { type: "STATIC", load_assignment: assignment }),
  };
  return eds ? [cluster, { "@type": assignmentType, ...assignment }] : [cluster];
}

/** Where weights count for the first second alone. */
function withoutWeights(assignment: JsonObject): JsonObject {
  const endpoints = (assignment["endpoints"] as JsonObject[]).map((locality) => ({
    ...locality,
    lb_endpoints: (locality["lb_endpoints"] as JsonObject[]).map(({ load_balancing_weight: _, ...rest }): JsonObject => rest),
  }));
  return { ...assignment, endpoints };
}

const policies = ["ROUND_ROBIN", "ROUND_ROBIN", "LEAST_REQUEST", "RANDOM", "RING_HASH", "MAGLEV"] as const;
type Policy = (typeof policies)[number];

/** Whether shares come from a hash table, so that they are not exact. */
export function isHashed(cluster: JsonObject): boolean {
  return /RING_HASH|MAGLEV|RingHash|Maglev/.test(JSON.stringify(cluster));
}

function isHash(policy: Policy): boolean {
  return policy === "RING_HASH" || policy === "MAGLEV";
}

const typedNames = {
  ROUND_ROBIN: "round_robin.v3.RoundRobin",
  LEAST_REQUEST: "least_request.v3.LeastRequest",
  RANDOM: "random.v3.Random",
  RING_HASH: "ring_hash.v3.RingHash",
  MAGLEV: "maglev.v3.Maglev",
} as const;

/** The same in load_balancing_policy, sometimes behind one that Envoy does not know, before one that it then ignores. */
function typedPolicy(dice: Dice, policy: Policy, locality: JsonObject): JsonObject {
  const named = (type: string, rest: JsonObject = {}): JsonObject => ({
    typed_extension_config: { name: "p", typed_config: { "@type": `${typePrefix}${type}`, ...rest } },
  });
  const settings = isHash(policy) || Object.keys(locality).length === 0 ? locality : { locality_lb_config: locality };
  const package_ = "envoy.extensions.load_balancing_policies";
  const type = `${package_}.${typedNames[policy]}`;
  if (dice.chance(0.1)) {
    const inner = named(`${package_}.${typedNames[policy]}`, settings);
    const fallback = { fallback_policy: dice.pick(["ANY_ENDPOINT", "ANY_ENDPOINT", "DEFAULT_SUBSET", "NO_FALLBACK"]) };
    const aware = dice.maybe(0.5, () => ({ locality_weight_aware: true }));
    return { policies: [named(`${package_}.subset.v3.Subset`, { ...fallback, ...aware, subset_lb_policy: { policies: [inner] } })] };
  }
  if (policy === "ROUND_ROBIN" && dice.chance(0.15)) {
    const reported = named(`${package_}.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin`);
    return { policies: [named(`${package_}.wrr_locality.v3.WrrLocality`, { endpoint_picking_policy: { policies: [reported] } })] };
  }
  return {
    policies: [
      ...(dice.chance(0.1) ? [named("xds.type.v3.TypedStruct", { type_url: `${typePrefix}no.such.Policy` })] : []),
      named(type, settings),
      ...(dice.chance(0.2) ? [named("envoy.extensions.load_balancing_policies.random.v3.Random")] : []),
    ],
  };
}

function randomAssignment(dice: Dice, hash: boolean): JsonObject {
  const weighted = dice.chance(0.5);
  const localityWeights = dice.chance(0.6);
  let next = 0;
  const priorities = 1 + (dice.chance(0.6) ? dice.int(4) : 0);
  const gap = dice.chance(0.1) ? 1 : 0;
  const endpoints: JsonObject[] = [];
  for (let priority = 0; priority < priorities; priority++) {
    const localities = dice.chance(0.5) ? 1 : 1 + dice.int(3);
    for (let l = 0; l < localities; l++) {
      const lb_endpoints = dice.list(dice.chance(0.1) ? 0 : 1, 4, (): Json => {
        next += 1;
        const twin = dice.chance(0.05) && next > 1 ? next - 1 : next;
        return {
          ...endpoint(`10.9.0.${twin}`, 8080, dice.chance(0.6) ? undefined : dice.pick(healths)),
          ...dice.maybe(weighted ? 0.7 : 0, () => ({ load_balancing_weight: { value: dice.pick([1, 2, 3, 5, 10, 20]) } })),
        };
      });
      endpoints.push({
        locality: { region: "r", zone: dice.chance(0.1) ? "z0" : `z${l}`, ...dice.maybe(0.1, () => ({ sub_zone: "s" })) },
        lb_endpoints,
        ...dice.maybe(localityWeights ? 0.85 : 0, () => ({ load_balancing_weight: { value: dice.pick([1, 1, 2, 3, 10]) } })),
        ...(priority === 0 ? {} : { priority: priority + gap }),
      });
    }
  }
  const policy: JsonObject = {
    ...dice.maybe(0.3, () => ({ overprovisioning_factor: { value: dice.pick([100, 110, 140, 200, 500]) } })),
    ...dice.maybe(0.2, () => ({ weighted_priority_health: true })),
    ...dice.maybe(hash ? 0 : 0.15, () => ({
      drop_overloads: [{ category: "d", drop_percentage: { numerator: dice.pick([10, 50, 100]), denominator: "HUNDRED" } }],
    })),
  };
  return { cluster_name: "lb", endpoints, ...(Object.keys(policy).length > 0 ? { policy } : {}) };
}
