import { honoured, message, note, noted, notedAndKept, punt } from "./dsl.ts";
import { affinity, leftToProxy } from "./notices.ts";

const policies = "envoy.extensions.load_balancing_policies";

const tuning = [
  "KM1430",
  "is not kept: a parameter of how load is measured and spread; the policy keeps its kind, weights, health and priorities",
] as const;
const table = ["KM1431", "is not kept: shares are those of the weights, no key is hashed"] as const;
const zoneAware = [
  "KM1432",
  "zone-aware routing weighs the zones of Envoy's own cluster, which the snapshot does not name: the cluster is left to a proxy",
  "send weights of localities instead (locality_weighted_lb_config)",
] as const;
const subsets = [
  "KM1433",
  "endpoints chosen by metadata: the cluster is left to a proxy",
  "make each subset a cluster of its own",
] as const;

/** Load balancing: the fields of envoy.config.cluster.v3.Cluster and the typed policies that took their place. */
export const lbPolicySupport = {
  "envoy.config.cluster.v3.Cluster.CommonLbConfig": message(
    honoured("healthy_panic_threshold", "zone_aware_lb_config", "locality_weighted_lb_config", "consistent_hashing_lb_config"),
    note(
      "KM1434",
      "has no effect: each change of endpoints is applied at once, connections stay where they are",
      "update_merge_window",
      "ignore_new_hosts_until_first_hc",
      "close_connections_on_host_set_change",
    ),
    note(
      "KM1435",
      "has no effect by itself: it is for a filter that names the endpoint, and a chain with one is left to a proxy",
      "override_host_status",
    ),
  ),
  "envoy.config.cluster.v3.Cluster.CommonLbConfig.LocalityWeightedLbConfig": message(),
  "envoy.config.cluster.v3.Cluster.CommonLbConfig.ConsistentHashingLbConfig": message(
    notedAndKept(affinity, "use_hostname_for_hashing"),
    noted(affinity, "hash_balance_factor"),
  ),
  "envoy.config.cluster.v3.Cluster.CommonLbConfig.ZoneAwareLbConfig": message(
    honoured("fail_traffic_on_panic"),
    punt(...zoneAware, "routing_enabled", "min_cluster_size"),
  ),
  "envoy.config.cluster.v3.Cluster.LbSubsetConfig": message(
    punt(...subsets, "subset_selectors"),
    noted(
      leftToProxy,
      "fallback_policy",
      "default_subset",
      "locality_weight_aware",
      "scale_locality_weight",
      "panic_mode_any",
      "list_as_any",
      "metadata_fallback_policy",
    ),
  ),
  "envoy.config.cluster.v3.Cluster.RingHashLbConfig": message(
    honoured("minimum_ring_size", "maximum_ring_size"),
    note(...table, "hash_function"),
  ),
  "envoy.config.cluster.v3.Cluster.MaglevLbConfig": message(honoured("table_size")),
  "envoy.config.cluster.v3.Cluster.LeastRequestLbConfig": message(
    note(...tuning, "choice_count", "active_request_bias", "slow_start_config"),
  ),
  "envoy.config.cluster.v3.Cluster.RoundRobinLbConfig": message(note(...tuning, "slow_start_config")),

  "envoy.config.cluster.v3.LoadBalancingPolicy": message(honoured("policies")),
  "envoy.config.cluster.v3.LoadBalancingPolicy.Policy": message(honoured("typed_extension_config")),

  [`${policies}.round_robin.v3.RoundRobin`]: message(honoured("locality_lb_config"), note(...tuning, "slow_start_config")),
  [`${policies}.least_request.v3.LeastRequest`]: message(
    honoured("locality_lb_config"),
    note(...tuning, "choice_count", "active_request_bias", "slow_start_config", "enable_full_scan", "selection_method"),
  ),
  [`${policies}.random.v3.Random`]: message(honoured("locality_lb_config")),
  [`${policies}.ring_hash.v3.RingHash`]: message(
    honoured("minimum_ring_size", "maximum_ring_size", "locality_weighted_lb_config"),
    note(...table, "hash_function"),
    notedAndKept(affinity, "consistent_hashing_lb_config"),
    noted(affinity, "use_hostname_for_hashing", "hash_balance_factor"),
  ),
  [`${policies}.maglev.v3.Maglev`]: message(
    honoured("table_size", "locality_weighted_lb_config"),
    notedAndKept(affinity, "consistent_hashing_lb_config"),
  ),
  [`${policies}.cluster_provided.v3.ClusterProvided`]: message(),
  [`${policies}.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin`]: message(
    note(
      "KM1436",
      "has no effect: load reports of endpoints are not read; what the weights are without them is what is used",
      "enable_oob_load_report",
      "oob_reporting_period",
      "oob_reporting_config",
      "blackout_period",
      "weight_expiration_period",
      "weight_update_period",
      "error_utilization_penalty",
      "metric_names_for_computing_utilization",
    ),
    note(...tuning, "slow_start_config"),
  ),
  [`${policies}.wrr_locality.v3.WrrLocality`]: message(honoured("endpoint_picking_policy")),
  [`${policies}.override_host.v3.OverrideHost`]: message(
    honoured("fallback_policy"),
    punt(
      "KM1437",
      "the request names the endpoint: the cluster is left to a proxy",
      "leave it out where any endpoint will do",
      "override_host_sources",
    ),
    notedAndKept(leftToProxy, "selected_host_key"),
  ),
  [`${policies}.subset.v3.Subset`]: message(
    honoured("subset_lb_policy", "fallback_policy", "default_subset", "locality_weight_aware"),
    punt(...subsets, "subset_selectors"),
    noted(leftToProxy, "allow_redundant_keys", "scale_locality_weight", "panic_mode_any", "list_as_any", "metadata_fallback_policy"),
  ),

  [`${policies}.common.v3.LocalityLbConfig`]: message(honoured("zone_aware_lb_config", "locality_weighted_lb_config")),
  [`${policies}.common.v3.LocalityLbConfig.LocalityWeightedLbConfig`]: message(),
  [`${policies}.common.v3.LocalityLbConfig.ZoneAwareLbConfig`]: message(
    honoured("fail_traffic_on_panic"),
    punt(...zoneAware, "routing_enabled", "min_cluster_size", "force_locality_direct_routing", "force_local_zone", "locality_basis"),
  ),
} as const;
