import type { Cluster } from "../decode/gen/types.ts";
import type { XdsResource } from "../decode/index.ts";
import type { HirCluster } from "../hir/index.ts";
import { checkDrops } from "./assignment-policy.ts";
import { resolveBreakers } from "./circuit-breakers.ts";
import { checkPairing } from "./cluster-pairing.ts";
import { clusterTypeOf } from "./cluster-type.ts";
import type { Facts } from "./context.ts";
import { dnsClusterOf } from "./dns-cluster.ts";
import { type Assignment, emptyAssignment, resolveAssignment } from "./endpoints.ts";
import { checkForwardProxy } from "./forward-proxy.ts";
import { checkHostnameSettings, isDns, withAnswers } from "./hostnames.ts";
import { resolveKeepalive } from "./keepalive.ts";
import { resolveLbPolicy } from "./lb-policy.ts";
import { checkLookup, lookupOf } from "./name-servers.ts";
import { networkFilterClass } from "./network-filters.ts";
import { resolveProtocolOptions } from "./protocol-options.ts";
import { firstPunt, note, punt, puntedField, refuse, type Scope } from "./scope.ts";
import { checkSelectors } from "./subsets.ts";
import { resolveUpstreamTransport } from "./transport.ts";
import { withTriedAddresses } from "./tried-address.ts";
import { checkUpstreamProtocol } from "./upstream-protocol.ts";

type EndpointFacts = Pick<Facts, "assignment" | "answer">;

/** A cluster with its endpoints; absent when Envoy would refuse it. */
export function resolveCluster(scope: Scope, resource: XdsResource, facts: EndpointFacts): HirCluster | undefined {
  const cluster = resource.message as Cluster;
  const { path } = resource;
  const type = clusterTypeOf(scope, cluster, path);
  const { discovery, originalDst, punt: typePunt } = type;
  const policy = resolveLbPolicy(scope, cluster, path);
  checkPairing(scope, cluster, type, policy.lb, path);
  checkHostnameSettings(scope, cluster, path);
  checkUpstreamProtocol(scope, cluster, path);
  checkForwardProxy(scope, cluster, path);
  checkSelectors(scope, cluster.lb_subset_config?.subset_selectors, `${path}.lb_subset_config`);
  const known = typePunt === undefined ? endpointsOf(scope, cluster, resource, discovery, facts) : emptyAssignment;
  const found = withTriedAddresses(scope, known, cluster, path);
  const learnt = discovery === "eds" || isDns(discovery);
  const taken = withinWeights(scope, found, policy.lb, learnt, path) ? found : emptyAssignment;
  const assignment = policy.noEndpoint ? { ...emptyAssignment, ...(taken.drop && { drop: taken.drop }) } : taken;
  const breakers = resolveBreakers(scope, cluster, path);
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
    breakers.punt,
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
    ...breakers,
    ...(punted === undefined ? {} : { punt: punted }),
  };
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
    return sum > maxUint32 || localities.some(({ endpoints }) => [...endpoints].reduce((n, { weight }) => n + weight, 0) > maxUint32);
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
      first ??= punt(
        scope,
        "KM2408",
        at,
        `the upstream filter ${type} is run by a proxy only`,
        "leave the filter out where it only observes",
      );
    }
  }
  return first;
}

/** Percent; cut to an integer by Envoy's own arithmetic, for which 29 is 28 (29 / 100 * 100 is less than 29). Unset is 50, an empty message 0. */
function panicThreshold(cluster: Cluster): number {
  const threshold = cluster.common_lb_config?.healthy_panic_threshold;
  return threshold ? Math.floor(100 * ((threshold.value ?? 0) / 100)) : 50;
}
