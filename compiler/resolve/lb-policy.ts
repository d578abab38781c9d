import type { Cluster, ConsistentHashingLbConfig, KnownAny, LoadBalancingPolicy, LocalityLbConfig, Subset } from "../decode/gen/types.ts";
import { messageIn, type XdsAny } from "../decode/index.ts";
import type { HirCluster } from "../hir/index.ts";
import { checkOverrideHost } from "./override-host.ts";
import { checkRegex } from "./regex.ts";
import { firstPunt, note, punt, puntedField, refuse, type Scope } from "./scope.ts";
import { checkSelectors } from "./subsets.ts";

/** How a cluster picks an endpoint, from either dialect (`lb_policy`, `load_balancing_policy`). */
export interface LbPolicy {
  readonly lb: HirCluster["lb"];
  readonly localityWeighted: boolean;
  readonly failTrafficOnPanic: boolean;
  readonly punt: string | undefined;
  /** It is the policy whose weights come from load reports. */
  readonly reported?: boolean;
  /** It never picks one. */
  readonly noEndpoint?: boolean;
}

const legacy = {
  ROUND_ROBIN: "round_robin",
  LEAST_REQUEST: "least_request",
  RANDOM: "random",
  RING_HASH: "ring_hash",
  MAGLEV: "maglev",
  CLUSTER_PROVIDED: "cluster_provided",
} as const;

/** `load_balancing_policy`, where it is set, replaces `lb_policy` and its locality settings. */
export function resolveLbPolicy(scope: Scope, cluster: Cluster, path: string): LbPolicy {
  if (cluster.load_balancing_policy) return typedPolicy(scope, cluster.load_balancing_policy, `${path}.load_balancing_policy`);
  const policy = cluster.lb_policy ?? "ROUND_ROBIN";
  if (policy === "LOAD_BALANCING_POLICY_CONFIG") {
    refuse(scope, "KM2430", `${path}.lb_policy`, "LOAD_BALANCING_POLICY_CONFIG without load_balancing_policy", "set load_balancing_policy");
    return { lb: "round_robin", ...oneLocality };
  }
  if (policy === "RING_HASH" || policy === "MAGLEV") noteDraw(scope, `${path}.lb_policy`);
  const noEndpoint = policy === "RING_HASH" && !hasRoom(scope, cluster.ring_hash_lb_config, `${path}.ring_hash_lb_config`);
  if (policy === "MAGLEV") checkMaglev(scope, cluster.maglev_lb_config, `${path}.maglev_lb_config`);
  const common = cluster.common_lb_config;
  const zoneAware = common?.zone_aware_lb_config;
  return {
    lb: legacy[policy],
    noEndpoint,
    localityWeighted: common?.locality_weighted_lb_config !== undefined,
    failTrafficOnPanic: zoneAware?.fail_traffic_on_panic ?? false,
    punt: puntedField(scope, "envoy.config.cluster.v3.Cluster.CommonLbConfig.ZoneAwareLbConfig", zoneAware),
  };
}

const policies = "envoy.extensions.load_balancing_policies";
/** Envoy's policies that are not compiled. */
const others: ReadonlySet<string> = new Set([
  `${policies}.dynamic_modules.v3.DynamicModulesLoadBalancerConfig`,
  `${policies}.load_aware_locality.v3.LoadAwareLocality`,
]);
const oneLocality = { localityWeighted: false, failTrafficOnPanic: false, punt: undefined };

/** The first policy of the list that Envoy 1.40 knows, as Envoy picks it. */
function typedPolicy(scope: Scope, config: LoadBalancingPolicy, path: string): LbPolicy {
  const list = config.policies ?? [];
  for (let i = 0; i < list.length; i++) {
    const any = list[i]!.typed_extension_config?.typed_config;
    const found = any && knownPolicy(scope, any, `${path}.policies[${i}].typed_extension_config.typed_config`);
    if (found) return found;
  }
  const why = list.length === 0 ? "no policy is named" : "Envoy knows none of these policies";
  refuse(scope, "KM2430", path, why, "name one of Envoy's policies, e.g. envoy.load_balancing_policies.round_robin");
  return { lb: "round_robin", ...oneLocality };
}

function knownPolicy(scope: Scope, any: XdsAny, path: string): LbPolicy | undefined {
  const as = <Name extends keyof KnownAny>(name: Name) => messageIn(any, name);
  switch (any.any) {
    case `${policies}.round_robin.v3.RoundRobin`:
      return { lb: "round_robin", ...localityOf(scope, as(`${policies}.round_robin.v3.RoundRobin`)?.locality_lb_config) };
    case `${policies}.least_request.v3.LeastRequest`:
      return { lb: "least_request", ...localityOf(scope, as(`${policies}.least_request.v3.LeastRequest`)?.locality_lb_config) };
    case `${policies}.random.v3.Random`:
      return { lb: "random", ...localityOf(scope, as(`${policies}.random.v3.Random`)?.locality_lb_config) };
    case `${policies}.ring_hash.v3.RingHash`: {
      const config = as(`${policies}.ring_hash.v3.RingHash`);
      checkHashPolicies(scope, config?.consistent_hashing_lb_config, path);
      noteDraw(scope, path);
      const noEndpoint = !hasRoom(scope, config, path);
      return { lb: "ring_hash", ...weightedOnly(config?.locality_weighted_lb_config), noEndpoint };
    }
    case `${policies}.maglev.v3.Maglev`: {
      const config = as(`${policies}.maglev.v3.Maglev`);
      checkHashPolicies(scope, config?.consistent_hashing_lb_config, path);
      noteDraw(scope, path);
      checkMaglev(scope, config, path);
      return { lb: "maglev", ...weightedOnly(config?.locality_weighted_lb_config) };
    }
    case `${policies}.cluster_provided.v3.ClusterProvided`:
      return { lb: "cluster_provided", ...oneLocality };
    case `${policies}.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin`:
      note(
        scope,
        "KM2431",
        any.any,
        () => path,
        "weights that endpoints report are not used: each endpoint of a priority or locality counts alike",
      );
      // After its first second Envoy gives each the same weight until reports come.
      return { lb: "random", ...oneLocality, reported: true };
    case `${policies}.wrr_locality.v3.WrrLocality`: {
      const picking = as(`${policies}.wrr_locality.v3.WrrLocality`)?.endpoint_picking_policy ?? {};
      const inner = typedPolicy(scope, picking, `${path}.endpoint_picking_policy`);
      if (!inner.reported)
        refuse(scope, "KM2430", path, "wrr_locality takes client_side_weighted_round_robin only", "use locality_weighted_lb_config");
      return { ...inner, localityWeighted: true, reported: false };
    }
    case `${policies}.subset.v3.Subset`:
      return { ...subsetPolicy(scope, as(`${policies}.subset.v3.Subset`) ?? {}, path), reported: false };
    case `${policies}.override_host.v3.OverrideHost`: {
      const override = as(`${policies}.override_host.v3.OverrideHost`) ?? {};
      checkOverrideHost(scope, override, path);
      const inner = typedPolicy(scope, override.fallback_policy ?? {}, `${path}.fallback_policy`);
      return {
        ...inner,
        reported: false,
        punt: firstPunt(puntedField(scope, `${policies}.override_host.v3.OverrideHost`, override), inner.punt),
      };
    }
    default: {
      if (!others.has(any.any)) return undefined;
      const hint = "use round_robin, least_request, random, ring_hash or maglev where one of them will do";
      return { lb: "round_robin", ...oneLocality, punt: punt(scope, "KM2432", path, `the policy ${any.any} is not compiled`, hint) };
    }
  }
}

/**
 * Without selectors every request is for the fallback: no endpoint, each of them, or those of the default subset. The inner policy sees the
 * weights of localities only where the subsets know of them.
 */
function subsetPolicy(scope: Scope, subset: Subset, path: string): LbPolicy {
  const inner = typedPolicy(scope, subset.subset_lb_policy ?? {}, `${path}.subset_lb_policy`);
  checkSelectors(scope, subset.subset_selectors, path);
  const selected = puntedField(scope, `${policies}.subset.v3.Subset`, subset);
  const localityWeighted = inner.localityWeighted && subset.locality_weight_aware === true;
  if (selected !== undefined) return { ...inner, punt: firstPunt(selected, inner.punt) };
  const fallback = subset.fallback_policy ?? "NO_FALLBACK";
  if (fallback === "NO_FALLBACK") {
    note(scope, "KM2436", "subsets without selectors and fallback", () => path, "no subset and no fallback: no endpoint is ever found");
    return { ...inner, noEndpoint: true };
  }
  if (fallback === "DEFAULT_SUBSET" && Object.keys(subset.default_subset ?? {}).length > 0) {
    const byMetadata = punt(
      scope,
      "KM2437",
      `${path}.default_subset`,
      "endpoints chosen by metadata: the cluster is left to a proxy",
      "make the default subset a cluster of its own",
    );
    return { ...inner, punt: firstPunt(byMetadata, inner.punt) };
  }
  return { ...inner, localityWeighted };
}

function noteDraw(scope: Scope, path: string): void {
  note(scope, "KM2434", "hash policy of a cluster", () => path, "no hash table is built: each connection draws an endpoint by weight");
}

/** Whether the ring has a place for an endpoint. Envoy's defaults: 1024 and 8388608. */
function hasRoom(
  scope: Scope,
  config: { readonly minimum_ring_size?: bigint; readonly maximum_ring_size?: bigint } | undefined,
  path: string,
): boolean {
  const least = config?.minimum_ring_size ?? 1024n;
  const most = config?.maximum_ring_size ?? 8_388_608n;
  if (least > most)
    refuse(
      scope,
      "KM2433",
      path,
      `minimum_ring_size ${least} is above maximum_ring_size ${most}`,
      "raise the maximum or lower the minimum",
    );
  if (least > 0n) return true;
  note(scope, "KM2435", "minimum_ring_size 0", () => path, "a ring of size 0 has no place: no endpoint is ever found");
  return false;
}

/** The expressions in what a policy hashes; Envoy does not apply the other rules of the protos to it. */
function checkHashPolicies(scope: Scope, config: ConsistentHashingLbConfig | undefined, path: string): void {
  for (const [i, { header }] of (config?.hash_policy ?? []).entries()) {
    const { regex = "" } = header?.regex_rewrite?.pattern ?? {};
    if (regex !== "") checkRegex(scope, regex, `${path}.consistent_hashing_lb_config.hash_policy[${i}].header.regex_rewrite.pattern.regex`);
  }
}

/** 65537 by default. */
function checkMaglev(scope: Scope, config: { readonly table_size?: bigint } | undefined, path: string): void {
  const size = config?.table_size ?? 65_537n;
  if (!isPrime(size)) refuse(scope, "KM2433", `${path}.table_size`, `${size} is no prime number`, "take a prime, such as 65537");
}

function isPrime(number: bigint): boolean {
  if (number < 2n) return false;
  for (let divisor = 2n; divisor * divisor <= number; divisor++) if (number % divisor === 0n) return false;
  return true;
}

function weightedOnly(config: object | undefined): Omit<LbPolicy, "lb"> {
  return { ...oneLocality, localityWeighted: config !== undefined };
}

function localityOf(scope: Scope, config: LocalityLbConfig | undefined): Omit<LbPolicy, "lb"> {
  const zoneAware = config?.zone_aware_lb_config;
  return {
    localityWeighted: config?.locality_weighted_lb_config !== undefined,
    failTrafficOnPanic: zoneAware?.fail_traffic_on_panic ?? false,
    punt: puntedField(scope, `${policies}.common.v3.LocalityLbConfig.ZoneAwareLbConfig`, zoneAware),
  };
}
