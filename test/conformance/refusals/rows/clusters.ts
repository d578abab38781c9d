import type { JsonObject } from "../../json-fields.ts";
import type { Patch, RefusalRow } from "../base.ts";
import { explicit, ip, urls } from "./patches.ts";

const names = (auto_sni: boolean, auto_san_validation: boolean): Patch => ({
  upstream_http_protocol_options: { auto_sni, auto_san_validation },
});
const policies = `${urls}envoy.extensions.load_balancing_policies`;
const policy = (typed_config: JsonObject): JsonObject => ({ typed_extension_config: { name: "p", typed_config } });
const selector = (fields: JsonObject): Patch => ({ lb_subset_config: { subset_selectors: [{ keys: ["a", "b"], ...fields }] } });
const keysSubset = (...keys: readonly string[]): Patch => selector({ fallback_policy: "KEYS_SUBSET", fallback_keys_subset: [...keys] });
const originalDst: Patch = { type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED", load_assignment: null };
const roundRobin = { "@type": "type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin" };
const typedPolicy: Patch = { load_balancing_policy: { policies: [{ typed_extension_config: { name: "p", typed_config: roundRobin } }] } };
const struct = { "@type": `${urls}google.protobuf.Struct`, value: {} };
const clusterTypes = `${urls}envoy.extensions.clusters`;
const custom = (type: string, fields: JsonObject, name = "x"): Patch => ({
  load_assignment: null,
  lb_policy: "CLUSTER_PROVIDED",
  cluster_type: { name, typed_config: { "@type": `${clusterTypes}.${type}`, ...fields } },
});
const aggregate = custom("aggregate.v3.ClusterConfig", { clusters: ["x"] });
const composite = custom("composite.v3.ClusterConfig", { clusters: [{ name: "x" }] });
const forwardProxy = (fields: JsonObject): Patch => {
  const kept = Object.entries({ dns_cache_config: { name: "d" }, ...fields }).filter(([, value]) => value !== null);
  return custom("dynamic_forward_proxy.v3.ClusterConfig", Object.fromEntries(kept) as JsonObject);
};
const byHostname: Patch = { common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: true } } };
const typed = (type: string, fields: JsonObject): Patch => ({
  load_balancing_policy: {
    policies: [{ typed_extension_config: { name: "p", typed_config: { "@type": `${policies}.${type}`, ...fields } } }],
  },
});
const policyList = (...list: readonly JsonObject[]): Patch => ({ load_balancing_policy: { policies: [...list] } });
const pickFirst = policy({
  "@type": `${urls}xds.type.v3.TypedStruct`,
  type_url: `${policies}.pick_first.v3.PickFirst`,
});
const reported = policy({ "@type": `${policies}.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin` });
const byLocality = (...list: readonly JsonObject[]): Patch =>
  typed("wrr_locality.v3.WrrLocality", { endpoint_picking_policy: { policies: [...list] } });
const inner = { policies: [policy(roundRobin)] };
const overrideHost = (fields: JsonObject): Patch =>
  typed("override_host.v3.OverrideHost", { override_host_sources: [{ header: "x" }], fallback_policy: inner, ...fields });
const hashed = (type: string, regex: string): Patch => {
  const header = { header_name: "x", regex_rewrite: { pattern: { regex }, substitution: "" } };
  return typed(type, { consistent_hashing_lb_config: { hash_policy: [{ header }] } });
};
const metadataKey = { key: "k", path: [{ key: "a" }] };
const typedKeysSubset = (fallback_keys_subset: string[]): Patch =>
  typed("subset.v3.Subset", {
    subset_lb_policy: inner,
    subset_selectors: [{ keys: ["a", "b"], fallback_policy: "KEYS_SUBSET", fallback_keys_subset }],
  });
const clusterProvided = typed("cluster_provided.v3.ClusterProvided", {});

/** Of kinds of clusters and how they choose an endpoint. */
export const clusterRows: readonly RefusalRow[] = [
  {
    about: "subsets",
    place: "cluster",
    refused: [keysSubset(), keysSubset("a", "b"), keysSubset("b", "a"), keysSubset("c"), selector({ fallback_keys_subset: ["a"] })],
    taken: [keysSubset("a"), selector({ fallback_policy: "ANY_ENDPOINT" })],
  },
  {
    about: "typed subsets",
    place: "cluster",
    refused: [typedKeysSubset([]), typedKeysSubset(["a", "b"]), typedKeysSubset(["c"])],
    taken: [typedKeysSubset(["a"])],
  },
  {
    about: "policies for an endpoint that the request names",
    place: "cluster",
    refused: [
      overrideHost({ override_host_sources: [] }),
      overrideHost({ override_host_sources: [{}] }),
      overrideHost({ override_host_sources: [{ header: "" }] }),
      overrideHost({ override_host_sources: [{ header: "a\nb" }] }),
      overrideHost({ override_host_sources: [{ header: "x", metadata: metadataKey }] }),
      overrideHost({ override_host_sources: [{ metadata: { key: "k" } }] }),
      overrideHost({ selected_host_key: { ...metadataKey, path: [{ key: "" }] } }),
    ],
    taken: [
      overrideHost({}),
      overrideHost({ override_host_sources: [{ header: "x y" }, { metadata: metadataKey }], selected_host_key: metadataKey }),
      policyList(policy(roundRobin), policy({ "@type": `${policies}.override_host.v3.OverrideHost` })),
    ],
  },
  {
    about: "policies by locality",
    place: "cluster",
    refused: [
      byLocality(policy({ "@type": `${policies}.wrr_locality.v3.WrrLocality`, endpoint_picking_policy: { policies: [reported] } })),
      byLocality(policy({ "@type": `${policies}.subset.v3.Subset`, subset_lb_policy: { policies: [reported] } })),
      byLocality(policy(roundRobin), reported),
    ],
    taken: [byLocality(reported), byLocality(pickFirst, reported)],
  },
  {
    about: "expressions in what a policy hashes",
    place: "cluster",
    refused: [hashed("ring_hash.v3.RingHash", "("), hashed("maglev.v3.Maglev", "(")],
    taken: [hashed("ring_hash.v3.RingHash", "a+"), hashed("maglev.v3.Maglev", "")],
  },
  {
    about: "policies that Envoy does not have",
    place: "cluster",
    refused: [policyList(pickFirst)],
    taken: [policyList(pickFirst, policy(roundRobin))],
  },
  {
    about: "headers of original destinations",
    place: "cluster",
    refused: [{ ...originalDst, original_dst_lb_config: { http_header_name: "x-a" } }],
    taken: [
      { ...originalDst, original_dst_lb_config: { http_header_name: "x-a", use_http_header: true } },
      { original_dst_lb_config: { http_header_name: "x-a" } },
    ],
  },
  {
    about: "settings beside a typed policy",
    place: "cluster",
    refused: [
      { ...typedPolicy, lb_subset_config: {} },
      { ...typedPolicy, common_lb_config: { locality_weighted_lb_config: {} } },
      { ...aggregate, ...clusterProvided, lb_subset_config: {} },
      { ...aggregate, ...clusterProvided, common_lb_config: { locality_weighted_lb_config: {} } },
    ],
    taken: [
      { ...typedPolicy, round_robin_lb_config: {} },
      { ...aggregate, ...clusterProvided },
    ],
  },
  {
    about: "clusters that choose endpoints by themselves",
    place: "cluster",
    refused: [
      { ...aggregate, lb_subset_config: { subset_selectors: [{ keys: ["a"] }] } },
      { ...composite, lb_policy: "ROUND_ROBIN" },
      { ...custom("reverse_connection.v3.ReverseConnectionClusterConfig", { host_id_format: "%REQ(x)%" }), lb_policy: "ROUND_ROBIN" },
    ],
    taken: [{ ...aggregate, lb_subset_config: {} }, composite],
  },
  {
    about: "types of clusters",
    place: "cluster",
    refused: [
      custom("redis.v3.RedisClusterConfig", {}),
      { cluster_type: { name: "envoy.clusters.logical_dns", typed_config: { "@type": `${urls}envoy.config.cluster.v3.Cluster` } } },
      { cluster_type: { name: "nobody", typed_config: struct } },
    ],
    taken: [
      { cluster_type: { name: "envoy.cluster.static", typed_config: struct } },
      { cluster_type: { name: "envoy.cluster.dns", typed_config: struct } },
    ],
  },
  {
    about: "back-off of host names",
    place: "cluster",
    refused: [{ type: "STRICT_DNS", dns_failure_refresh_rate: { base_interval: "0.002s", max_interval: "0.0019s" } }],
    taken: [{ type: "STRICT_DNS", dns_failure_refresh_rate: { base_interval: "0.0015s", max_interval: "0.0012s" } }],
  },
  {
    about: "hashing by host names",
    place: "cluster",
    refused: [
      byHostname,
      { ...byHostname, type: "LOGICAL_DNS" },
      { ...byHostname, cluster_type: { name: "envoy.cluster.strict_dns" } },
      { ...byHostname, ...aggregate },
    ],
    taken: [
      { ...byHostname, type: "STRICT_DNS" },
      { common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: false } } },
    ],
  },
  {
    about: "dynamic forward proxies",
    place: "cluster",
    refused: [
      { ...forwardProxy({}), ...explicit({ http_protocol_options: {} }) },
      { ...forwardProxy({}), ...explicit({ http_protocol_options: {} }, names(true, false)) },
      { ...forwardProxy({}), ...names(false, true) },
      forwardProxy({ dns_cache_config: { name: "d", max_hosts: 1, preresolve_hostnames: [ip("a.example.com"), ip("b.example.com")] } }),
      forwardProxy({ dns_cache_config: null, sub_clusters_config: { lb_policy: "CLUSTER_PROVIDED" } }),
    ],
    taken: [
      forwardProxy({}),
      { ...forwardProxy({}), http2_protocol_options: {} },
      { ...forwardProxy({}), ...explicit({ http_protocol_options: {} }, names(true, true)) },
      { ...forwardProxy({ allow_insecure_cluster_options: true }), ...explicit({ http_protocol_options: {} }) },
      forwardProxy({ dns_cache_config: { name: "d", max_hosts: 1, preresolve_hostnames: [ip("a.example.com")] } }),
      forwardProxy({ dns_cache_config: null, sub_clusters_config: { lb_policy: "MAGLEV" } }),
    ],
  },
];
