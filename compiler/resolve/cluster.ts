import type { Cluster, Cluster_OriginalDstLbConfig } from "../decode/gen/types.ts";
import { messageIn, type XdsResource } from "../decode/index.ts";
import type { HirCluster } from "../hir/index.ts";
import { checkDrops } from "./assignment-policy.ts";
import { resolveBreakers } from "./circuit-breakers.ts";
import type { Facts } from "./context.ts";
import { dnsClusterOf } from "./dns-cluster.ts";
import { type Assignment, emptyAssignment, resolveAssignment } from "./endpoints.ts";
import { withFirstFamily } from "./first-family.ts";
import { checkHostnameSettings, isDns, withAnswers } from "./hostnames.ts";
import { resolveKeepalive } from "./keepalive.ts";
import { resolveLbPolicy } from "./lb-policy.ts";
import { checkLookup, lookupOf } from "./name-servers.ts";
import { isForeign, networkFilterClass } from "./network-filters.ts";
import { resolveProtocolOptions } from "./protocol-options.ts";
import { firstPunt, note, punt, puntedField, refuse, type Scope } from "./scope.ts";
import { resolveUpstreamTransport } from "./transport.ts";
import { checkUpstreamProtocol } from "./upstream-protocol.ts";

interface Discovery {
  readonly discovery: HirCluster["discovery"];
  readonly originalDst?: Cluster_OriginalDstLbConfig | undefined;
  readonly punt?: string;
}

type EndpointFacts = Pick<Facts, "assignment" | "answer">;

/** A cluster with its endpoints; absent when Envoy would refuse it. */
export function resolveCluster(scope: Scope, resource: XdsResource, facts: EndpointFacts): HirCluster | undefined {
  const cluster = resource.message as Cluster;
  const { path } = resource;
  const { discovery, originalDst, punt: typePunt } = discoveryOf(scope, cluster, path);
  const policy = resolveLbPolicy(scope, cluster, path);
  if (typePunt === undefined) checkPairing(scope, cluster, discovery, policy.lb, path);
  else if (balancesItself(cluster) && policy.lb !== "cluster_provided") {
    refuse(scope, "KM2403", path, "a cluster of this type has a load balancer of its own", "set lb_policy: CLUSTER_PROVIDED");
  }
  if (originalDst?.http_header_name && !originalDst.use_http_header) {
    refuse(
      scope,
      "KM2429",
      path,
      "http_header_name is set, and use_http_header is not",
      "set use_http_header: true, or leave http_header_name out",
    );
  }
  if (cluster.eds_cluster_config && cluster.type !== "EDS") {
    const message = "eds_cluster_config is for clusters of type EDS";
    refuse(scope, "KM2404", `${path}.eds_cluster_config`, message, "leave it out, or set type: EDS");
  }
  checkHostnameSettings(scope, cluster, path);
  checkUpstreamProtocol(scope, cluster, path);
  const known = typePunt === undefined ? endpointsOf(scope, cluster, resource, discovery, facts) : emptyAssignment;
  const found = withFirstFamily(known, cluster);
  const learnt = discovery === "eds" || isDns(discovery);
  const assignment = withinWeights(scope, found, policy.lb, learnt, path) && !policy.noEndpoint ? found : emptyAssignment;
  const punted = firstPunt(
    typePunt,
    resolveUpstreamTransport(scope, cluster, path),
    policy.punt,
    assignment.punt,
    puntedField(scope, "envoy.config.cluster.v3.Cluster", cluster),
    puntedField(scope, "envoy.config.cluster.v3.Cluster.LbSubsetConfig", cluster.lb_subset_config),
    puntedField(scope, "envoy.config.cluster.v3.Cluster.OriginalDstLbConfig", originalDst),
    checkLookup(scope, cluster, path),
    puntedFilters(scope, cluster, path),
    resolveBreakers(scope, cluster, path),
    resolveKeepalive(scope, cluster, path),
    resolveProtocolOptions(scope, cluster, path),
  );
  if (scope.rejected) return undefined;
  const dns = dnsClusterOf(cluster);
  const lookup = dns && lookupOf(dns);
  const header = originalDst?.use_http_header ? (originalDst.http_header_name || "x-envoy-original-dst-host").toLowerCase() : undefined;
  return {
    name: resource.name,
    path,
    discovery,
    lb: policy.lb,
    priorities: assignment.priorities,
    overprovisioning: assignment.overprovisioning,
    panicThreshold: panicThreshold(cluster),
    failTrafficOnPanic: policy.failTrafficOnPanic,
    weightedPriorityHealth: assignment.weightedPriorityHealth,
    localityWeighted: policy.localityWeighted,
    ...(assignment.drop ? { drop: assignment.drop } : {}),
    ...(lookup && Object.keys(lookup).length > 0 ? { lookup } : {}),
    ...(header === undefined ? {} : { originalDstHeader: header }),
    ...(punted === undefined ? {} : { punt: punted }),
  };
}

const types = {
  STATIC: "static",
  STRICT_DNS: "strict_dns",
  LOGICAL_DNS: "logical_dns",
  EDS: "eds",
  ORIGINAL_DST: "original_dst",
} as const;

/** Envoy's factories that `cluster_type` may name without settings. */
const namedTypes: ReadonlyMap<string, HirCluster["discovery"]> = new Map(
  Object.entries<HirCluster["discovery"]>({
    "envoy.cluster.static": "static",
    "envoy.cluster.strict_dns": "strict_dns",
    "envoy.cluster.logical_dns": "logical_dns",
    "envoy.cluster.dns": "strict_dns",
    "envoy.cluster.eds": "eds",
    "envoy.cluster.original_dst": "original_dst",
  }),
);

/** The same, of types that are left to a proxy. */
const namedPunts: ReadonlySet<string> = new Set(["envoy.clusters.dynamic_forward_proxy", "envoy.clusters.redis"]);

/** Whether the cluster's type chooses endpoints by itself: Envoy then takes no other policy. */
function balancesItself({ cluster_type: custom }: Cluster): boolean {
  const type = custom?.typed_config?.any ?? custom?.name ?? "";
  return /^envoy\.(?:extensions\.)?clusters\.(?:aggregate|dynamic_forward_proxy)(?:\.|$)/.test(type);
}

function discoveryOf(scope: Scope, cluster: Cluster, path: string): Discovery {
  const custom = cluster.cluster_type;
  if (!custom) return { discovery: types[cluster.type ?? "STATIC"], originalDst: cluster.original_dst_lb_config };
  const config = custom.typed_config;
  const dns = messageIn(config, "envoy.extensions.clusters.dns.v3.DnsCluster");
  if (dns) return { discovery: dns.all_addresses_in_single_endpoint ? "logical_dns" : "strict_dns" };
  const original = messageIn(config, "envoy.extensions.clusters.original_dst.v3.OriginalDstCluster");
  if (original) return { discovery: "original_dst", originalDst: original };
  const named = config ? undefined : namedTypes.get(custom.name ?? "");
  if (named !== undefined) return { discovery: named, originalDst: cluster.original_dst_lb_config };
  const type = config?.any ?? JSON.stringify(custom.name ?? "");
  if (config ? isForeign(config.any) : !namedPunts.has(custom.name ?? "")) {
    refuse(scope, "KM2422", `${path}.cluster_type`, `Envoy has no cluster type ${type}`, "name one of Envoy's (envoy.clusters...)");
  }
  const aggregate = messageIn(config, "envoy.extensions.clusters.aggregate.v3.ClusterConfig");
  const message = aggregate
    ? "an aggregate cluster fails over from one cluster to the next as their health changes"
    : `a cluster of type ${type} finds its endpoints while requests come`;
  return { discovery: "static", punt: punt(scope, "KM2402", `${path}.cluster_type`, message, "only a proxy in user space can do that") };
}

/** A typed policy has settings of its own. */
function checkBesidePolicy(scope: Scope, { lb_subset_config: subsets, common_lb_config: common }: Cluster, path: string): void {
  const beside = (field: string, hint: string): void =>
    refuse(scope, "KM2419", `${path}.${field}`, `${field} stands beside load_balancing_policy`, hint);
  if (subsets) beside("lb_subset_config", "use the policy envoy.load_balancing_policies.subset");
  for (const field of ["zone_aware_lb_config", "locality_weighted_lb_config", "consistent_hashing_lb_config"] as const) {
    if (common?.[field]) beside(`common_lb_config.${field}`, "set it in the policy");
  }
}

/** What Envoy refuses of a cluster as a whole: type, policy and settings that do not go together. */
function checkPairing(scope: Scope, cluster: Cluster, discovery: HirCluster["discovery"], lb: HirCluster["lb"], path: string): void {
  const original = discovery === "original_dst";
  if (original && (lb !== "cluster_provided" || cluster.lb_policy !== "CLUSTER_PROVIDED")) {
    const policy = cluster.lb_policy ?? "ROUND_ROBIN (unset)";
    refuse(scope, "KM2403", path, `an ORIGINAL_DST cluster takes CLUSTER_PROVIDED, not ${policy}`, "set lb_policy: CLUSTER_PROVIDED");
  }
  if (cluster.load_balancing_policy) checkBesidePolicy(scope, cluster, path);
  if (original && cluster.lb_subset_config?.subset_selectors?.length) {
    refuse(scope, "KM2403", `${path}.lb_subset_config`, "an ORIGINAL_DST cluster has no subsets", "leave lb_subset_config out");
  }
  if (!original && lb === "cluster_provided") {
    refuse(scope, "KM2403", path, "CLUSTER_PROVIDED needs a cluster type with a load balancer of its own", "choose another lb_policy");
  }
  if (original && cluster.load_assignment) {
    refuse(scope, "KM2404", `${path}.load_assignment`, "an ORIGINAL_DST cluster has no load assignment", "leave it out");
  }
  if (discovery === "eds" && !cluster.eds_cluster_config) {
    refuse(scope, "KM2404", path, "an EDS cluster needs eds_cluster_config", "add eds_cluster_config");
  }
  if (discovery === "eds" && cluster.eds_cluster_config && !cluster.eds_cluster_config.eds_config) {
    refuse(scope, "KM2215", `${path}.eds_cluster_config`, "EDS without eds_config", "say where from: eds_config: {ads: {}}");
  }
}

function endpointsOf(
  scope: Scope,
  cluster: Cluster,
  resource: XdsResource,
  discovery: HirCluster["discovery"],
  facts: EndpointFacts,
): Assignment {
  const path = `${resource.path}.load_assignment`;
  const own = cluster.load_assignment ?? {};
  const byName = (): Assignment => withAnswers(resolveAssignment(scope, own, path, "dns"), cluster, facts.answer);
  switch (discovery) {
    case "original_dst":
      return emptyAssignment;
    case "eds": {
      // Read for this alone.
      checkDrops(scope, own, path);
      const name = cluster.eds_cluster_config?.service_name || resource.name;
      const found = facts.assignment(name);
      if (found) return found;
      const message = `no ClusterLoadAssignment is named ${JSON.stringify(name)}: this cluster has no endpoints`;
      note(scope, "KM2405", `assignment ${name}`, () => resource.path, message);
      return emptyAssignment;
    }
    case "static":
      for (const [i, { leds_cluster_locality_config: leds }] of (own.endpoints ?? []).entries()) {
        const at = `${path}.endpoints[${i}].leds_cluster_locality_config`;
        if (leds) refuse(scope, "KM2404", at, "only an EDS cluster learns endpoints of a locality", "write the endpoints in place");
      }
      return resolveAssignment(scope, own, path, "static");
    case "strict_dns":
      return byName();
    case "logical_dns": {
      const localities = own.endpoints?.length ?? 0;
      const hosts = own.endpoints?.reduce((n, l) => n + (l.lb_endpoints?.length ?? 0), 0) ?? 0;
      if (localities !== 1 || hosts !== 1) {
        const message = `a LOGICAL_DNS cluster has exactly one locality with one endpoint, not ${localities} with ${hosts}`;
        refuse(scope, "KM2406", path, message, "use STRICT_DNS for several names");
      }
      return byName();
    }
  }
}

const maxUint32 = 0xffffffff;

/** The tables of RING_HASH and MAGLEV need sums of weights that fit 32 bits; the other policies do not. */
function withinWeights(scope: Scope, assignment: Assignment, lb: HirCluster["lb"], learnt: boolean, path: string): boolean {
  if (lb !== "ring_hash" && lb !== "maglev") return true;
  const over = assignment.priorities.some((localities) => {
    const sum = localities.reduce((n, { weight = 0 }) => n + weight, 0);
    return sum > maxUint32 || localities.some(({ endpoints }) => endpoints.reduce((n, { weight }) => n + weight, 0) > maxUint32);
  });
  if (!over) return true;
  // An update that Envoy refuses leaves a cluster that learns its endpoints as it was: without any.
  const target: Scope = learnt ? { ...scope } : scope;
  refuse(
    target,
    "KM2414",
    path,
    "weights of localities, or of the endpoints of one, sum to more than 4294967295",
    "scale the weights down",
  );
  return false;
}

/** Filters between the cluster and its endpoints: telemetry has no effect, others need a proxy. */
function puntedFilters(scope: Scope, cluster: Cluster, path: string): string | undefined {
  let first: string | undefined;
  for (const [i, filter] of (cluster.filters ?? []).entries()) {
    const at = `${path}.filters[${i}]`;
    first ??= puntedField(scope, "envoy.config.cluster.v3.Filter", filter);
    const type = filter.typed_config?.any ?? filter.name ?? "";
    if (filter.typed_config && filter.config_discovery) {
      refuse(scope, "KM2117", at, "typed_config and config_discovery are both set", "leave one of them out");
    } else if (filter.typed_config && networkFilterClass(type) === "telemetry") {
      note(scope, "KM2124", type, () => at, `the filter ${type} only observes, and is not run`);
    } else if (!filter.typed_config && !filter.config_discovery) {
      refuse(scope, "KM2117", at, `${JSON.stringify(type)} has no typed_config, and Envoy finds no filter by name`, "add typed_config");
    } else if (filter.typed_config) {
      first ??= punt(scope, "KM2408", at, `the upstream filter ${type} is run by a proxy only`);
    }
  }
  return first;
}

/** Percent; cut to an integer by Envoy's own arithmetic, for which 29 is 28 (29 / 100 * 100 is less than 29). Unset is 50, an empty message 0. */
function panicThreshold(cluster: Cluster): number {
  const threshold = cluster.common_lb_config?.healthy_panic_threshold;
  return threshold ? Math.floor(100 * ((threshold.value ?? 0) / 100)) : 50;
}
