/**
 * Which endpoints of a service are used where istiod ranks them by locality. Where a DestinationRule has outlierDetection, endpoints of the proxy's own zone
 * come first, then those of its region, then all others (or the regions that `failover` names): priorities of the load assignment. Endpoints that are not
 * ready are sent too, as unhealthy: a priority is filled to 140% of its ready share, and what is left of 100% goes to the next one.
 * Source: istiod's pilot/pkg/networking/core/loadbalancer/loadbalancer.go (GetEffectiveLbSetting, applyLocalityFailover),
 * pilot/pkg/xds/endpoints/endpoint_builder.go (supportsUnhealthyEndpoints); Envoy's priority levels.
 */
import {
  type DestinationRule,
  fullHost,
  type KubernetesObject,
  type LocalitySetting,
  ofKind,
  type Service,
  type TrafficPolicy,
} from "./objects.ts";

/** Region, zone, subzone; "" where there is none. */
export type Locality = readonly [region: string, zone: string, subzone: string];

export type Ranking =
  | { readonly kind: "none" }
  /** `unready`: endpoints that are not ready are sent too, and count for their priority. */
  | { readonly kind: "failover"; readonly failover: NonNullable<LocalitySetting["failover"]>; readonly unready: boolean }
  /** Ranked by what these objects do not tell, or in a way that is not followed here. */
  | { readonly kind: "unknown"; readonly why: string };

const NONE: Ranking = { kind: "none" };

/** `region/zone/subzone`, the last parts may be left out. */
export function parseLocality(text: string): Locality {
  const [region = "", zone = "", subzone = ""] = text.split("/");
  return [region, zone, subzone];
}

/** Localities of nodes by their names. */
export function nodeLocalities(objects: readonly KubernetesObject[]): ReadonlyMap<string, Locality> {
  const label = ({ metadata }: KubernetesObject, name: string): string => metadata.labels?.[name] ?? "";
  return new Map(
    ofKind(objects, "Node").map((node) => [
      node.metadata.name,
      [label(node, "topology.kubernetes.io/region"), label(node, "topology.kubernetes.io/zone"), label(node, "topology.istio.io/subzone")],
    ]),
  );
}

/** How istiod ranks the endpoints of a service's port. The mesh's own localityLbSetting is the default: enabled, with nothing set. */
export function rankingOf(service: Service, port: number, policy: TrafficPolicy | undefined): Ranking {
  const own = policyOfPort(policy, port);
  const { localityLbSetting: setting, zoneAwareLbSetting } = own?.loadBalancer ?? {};
  if (zoneAwareLbSetting) return { kind: "unknown", why: "zoneAwareLbSetting" };
  if (!setting && service.spec?.trafficDistribution) return { kind: "unknown", why: "trafficDistribution" };
  if (setting?.enabled === false) return NONE;
  if (setting?.distribute?.length) return { kind: "unknown", why: "localityLbSetting.distribute" };
  if (!own?.outlierDetection) return NONE;
  if (setting?.failoverPriority?.length) return { kind: "unknown", why: "localityLbSetting.failoverPriority" };
  return { kind: "failover", failover: setting?.failover ?? [], unready: !own.outlierDetection.minHealthPercent };
}

/** The traffic policy for a host: the rule for exactly this host, else that of the longest wildcard. */
export function policyOf(host: string, rules: readonly DestinationRule[], domain: string): TrafficPolicy | undefined {
  const named = rules.map((rule) => ({ of: fullHost(rule.spec?.host ?? "", rule, domain), policy: rule.spec?.trafficPolicy }));
  const matching = named.filter(({ of }) => of === host || (of.startsWith("*") && host.endsWith(of.slice(1))));
  return matching.sort((a, b) => Number(b.of === host) - Number(a.of === host) || b.of.length - a.of.length)[0]?.policy;
}

/** What a port has of its own replaces all of its host's. */
export function policyOfPort(policy: TrafficPolicy | undefined, port: number): TrafficPolicy | undefined {
  return policy?.portLevelSettings?.find(({ port: of }) => of?.number === port) ?? policy;
}

/** An endpoint that istiod sends. */
export interface RankedEndpoint {
  readonly locality: Locality;
  readonly ready: boolean;
}

/** Of those, which are used by a proxy there. */
export function nearest<T extends RankedEndpoint>(
  endpoints: readonly T[],
  proxy: Locality,
  failover: NonNullable<LocalitySetting["failover"]>,
): readonly T[] {
  const used: T[] = [];
  let load = 100;
  for (let rank = 0; rank <= LAST_RANK && load > 0; rank++) {
    const level = endpoints.filter(({ locality }) => rankOf(locality, proxy, failover) === rank);
    const ready = level.filter((endpoint) => endpoint.ready);
    used.push(...ready);
    if (ready.length > 0) load -= Math.trunc((OVERPROVISIONING * ready.length) / level.length);
  }
  return used;
}

/** Percent: Envoy's default, which istiod leaves as it is. */
const OVERPROVISIONING = 140;
const LAST_RANK = 4;

function rankOf(endpoint: Locality, proxy: Locality, failover: NonNullable<LocalitySetting["failover"]>): number {
  const differs = endpoint.findIndex((part, at) => part !== proxy[at]);
  if (differs !== 0) return differs < 0 ? 0 : 3 - differs;
  const setting = failover.find(({ from }) => from === proxy[0]);
  return setting && setting.to !== endpoint[0] ? 4 : 3;
}
