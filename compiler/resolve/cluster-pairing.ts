import type { Cluster } from "../decode/gen/types.ts";
import type { HirCluster } from "../hir/index.ts";
import type { ClusterType } from "./cluster-type.ts";
import { refuse, type Scope } from "./scope.ts";

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
export function checkPairing(scope: Scope, cluster: Cluster, type: ClusterType, lb: HirCluster["lb"], path: string): void {
  if (type.discovery === "original_dst") checkOriginalDst(scope, cluster, type, lb, path);
  else if (type.balancesItself === true && lb !== "cluster_provided") {
    refuse(scope, "KM2403", path, "a cluster of this type has a load balancer of its own", "set lb_policy: CLUSTER_PROVIDED");
  } else if (type.balancesItself === false && lb === "cluster_provided") {
    refuse(scope, "KM2403", path, "CLUSTER_PROVIDED needs a cluster type with a load balancer of its own", "choose another lb_policy");
  }
  if (cluster.load_balancing_policy) checkBesidePolicy(scope, cluster, path);
  else if (lb === "cluster_provided" && cluster.lb_subset_config?.subset_selectors?.length) {
    refuse(scope, "KM2403", `${path}.lb_subset_config`, "CLUSTER_PROVIDED has no subsets", "leave lb_subset_config out");
  }
  if (cluster.common_lb_config?.consistent_hashing_lb_config?.use_hostname_for_hashing && cluster.type !== "STRICT_DNS") {
    const at = `${path}.common_lb_config.consistent_hashing_lb_config.use_hostname_for_hashing`;
    refuse(scope, "KM2439", at, "use_hostname_for_hashing is for clusters of type STRICT_DNS", "leave it out, or set type: STRICT_DNS");
  }
  checkEds(scope, cluster, type, path);
}

function checkOriginalDst(scope: Scope, cluster: Cluster, { originalDst }: ClusterType, lb: HirCluster["lb"], path: string): void {
  if (cluster.lb_policy !== "CLUSTER_PROVIDED") {
    const policy = cluster.lb_policy ?? "ROUND_ROBIN (unset)";
    refuse(scope, "KM2403", path, `an ORIGINAL_DST cluster takes CLUSTER_PROVIDED, not ${policy}`, "set lb_policy: CLUSTER_PROVIDED");
  } else if (lb !== "cluster_provided") {
    const at = `${path}.load_balancing_policy`;
    refuse(scope, "KM2403", at, "an ORIGINAL_DST cluster takes CLUSTER_PROVIDED, no other policy", "leave load_balancing_policy out");
  }
  if (cluster.load_assignment) {
    refuse(scope, "KM2404", `${path}.load_assignment`, "an ORIGINAL_DST cluster has no load assignment", "leave it out");
  }
  if (originalDst?.http_header_name && !originalDst.use_http_header) {
    const hint = "set use_http_header: true, or leave http_header_name out";
    refuse(scope, "KM2429", path, "http_header_name is set, and use_http_header is not", hint);
  }
}

function checkEds(scope: Scope, { type, eds_cluster_config: config }: Cluster, { discovery }: ClusterType, path: string): void {
  if (config && type !== "EDS") {
    const message = "eds_cluster_config is for clusters of type EDS";
    refuse(scope, "KM2404", `${path}.eds_cluster_config`, message, "leave it out, or set type: EDS");
  }
  if (discovery === "eds" && !config) {
    refuse(scope, "KM2404", path, "an EDS cluster needs eds_cluster_config", "add eds_cluster_config");
  }
  if (discovery === "eds" && config && !config.eds_config) {
    refuse(scope, "KM2215", `${path}.eds_cluster_config`, "EDS without eds_config", "say where from: eds_config: {ads: {}}");
  }
}
