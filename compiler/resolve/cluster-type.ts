import type { Cluster, Cluster_OriginalDstLbConfig } from "../decode/gen/types.ts";
import { messageIn, type XdsAny } from "../decode/index.ts";
import type { HirCluster } from "../hir/index.ts";
import { isForeign } from "./network-filters.ts";
import { punt, refuse, type Scope } from "./scope.ts";

/** Where a cluster's endpoints come from. */
export interface ClusterType {
  readonly discovery: HirCluster["discovery"];
  /** Settings of a cluster that goes where its clients went. */
  readonly originalDst?: Cluster_OriginalDstLbConfig | undefined;
  /** Whether it chooses endpoints by itself: Envoy takes CLUSTER_PROVIDED then, and no other policy. Undefined: not known here. */
  readonly balancesItself: boolean | undefined;
  /** A diagnostic code. */
  readonly punt?: string;
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

/** Those that have no settings of their own: whatever else stands beside their name is not read. */
const withoutSettings = /^envoy\.cluster\.(?:static|strict_dns|logical_dns|eds)$/;

const redis = "envoy.clusters.redis";
const forwardProxy = "envoy.clusters.dynamic_forward_proxy";

/** Types that are left to a proxy, and may be named without settings. */
const namedPunts: ReadonlySet<string> = new Set([forwardProxy, redis]);

/** Types whose settings may be a Struct. */
const structPunts =
  /^envoy\.(?:cluster\.(?:dns|original_dst)|clusters\.(?:aggregate|composite|dynamic_forward_proxy|mcp_multicluster|redis))$/;

const extensions = "envoy.extensions.clusters";

/** Envoy's types that are left to a proxy, and whether they choose endpoints by themselves. */
const typedPunts: ReadonlyMap<string, boolean | undefined> = new Map<string, boolean | undefined>([
  [`${extensions}.aggregate.v3.ClusterConfig`, true],
  [`${extensions}.composite.v3.ClusterConfig`, true],
  [`${extensions}.dynamic_forward_proxy.v3.ClusterConfig`, true],
  [`${extensions}.dynamic_modules.v3.ClusterConfig`, undefined],
  [`${extensions}.mcp_multicluster.v3.ClusterConfig`, true],
  [`${extensions}.redis.v3.RedisClusterConfig`, false],
  [`${extensions}.reverse_connection.v3.ReverseConnectionClusterConfig`, true],
]);

export function clusterTypeOf(scope: Scope, cluster: Cluster, path: string): ClusterType {
  const custom = cluster.cluster_type;
  if (!custom) return ofDiscovery(types[cluster.type ?? "STATIC"], cluster.original_dst_lb_config);
  const config = custom.typed_config;
  const dns = messageIn(config, `${extensions}.dns.v3.DnsCluster`);
  if (dns) return ofDiscovery(dns.all_addresses_in_single_endpoint ? "logical_dns" : "strict_dns");
  const original = messageIn(config, `${extensions}.original_dst.v3.OriginalDstCluster`);
  if (original) return ofDiscovery("original_dst", original);
  const { name = "" } = custom;
  const named = config && !(isByName(config) && withoutSettings.test(name)) ? undefined : namedTypes.get(name);
  return named === undefined ? leftToProxy(scope, cluster, path) : ofDiscovery(named, cluster.original_dst_lb_config);
}

function ofDiscovery(discovery: HirCluster["discovery"], originalDst?: Cluster_OriginalDstLbConfig): ClusterType {
  const balancesItself = discovery === "original_dst";
  return { discovery, balancesItself, ...(balancesItself ? { originalDst } : {}) };
}

/** A type that is none of those whose endpoints are known here; refused where Envoy does not have it. */
function leftToProxy(scope: Scope, cluster: Cluster, path: string): ClusterType {
  const at = `${path}.cluster_type`;
  const { name = "", typed_config: config } = cluster.cluster_type!;
  const type = config?.any ?? JSON.stringify(name);
  if (config && isByName(config) ? !structPunts.test(name) : config ? isNobodys(config.any) : !namedPunts.has(name)) {
    refuse(scope, "KM2422", at, `Envoy has no cluster type ${type}`, "name one of Envoy's (envoy.clusters...)");
  }
  const isRedis = config?.any === `${extensions}.redis.v3.RedisClusterConfig` || ((!config || isByName(config)) && name === redis);
  if (isRedis && name !== redis) {
    refuse(scope, "KM2422", `${at}.name`, `a Redis cluster is named ${JSON.stringify(name)}`, `set name: ${redis}`);
  }
  const message = messageIn(config, `${extensions}.aggregate.v3.ClusterConfig`)
    ? "an aggregate cluster fails over from one cluster to the next as their health changes"
    : `a cluster of type ${type} finds its endpoints while requests come`;
  const punted = punt(scope, "KM2402", at, message, "only a proxy in user space can do that");
  // A Redis cluster has a load balancer where it is told so, and may have any policy.
  const balancesItself = isRedis
    ? cluster.lb_policy === "CLUSTER_PROVIDED"
    : config
      ? typedPunts.get(config.any)
      : name === forwardProxy || undefined;
  return { discovery: "static", balancesItself, punt: punted };
}

/** Settings that do not say their type: the factory is looked up by its name. */
function isByName(config: XdsAny): boolean {
  return config.any === "google.protobuf.Struct";
}

/** Whether a type is none of Envoy's; Istio's and Cilium's builds may have more of their own. */
function isNobodys(type: string): boolean {
  return isForeign(type) || (type.startsWith("envoy.") && !typedPunts.has(type));
}
