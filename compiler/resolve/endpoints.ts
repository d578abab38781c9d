import type { ClusterLoadAssignment, LbEndpoint, Locality, LocalityLbEndpoints } from "../decode/gen/types.ts";
import { endpointText } from "../hir/endpoint-text.ts";
import {
  AlikeEndpoints,
  type HirEndpoint,
  type HirEndpointAddress,
  type HirEndpoints,
  type HirFraction,
  type HirLocality,
} from "../hir/index.ts";
import { perText } from "../memo/index.ts";
import { canonicalIp } from "./address.ts";
import { alikeFrom, healthOf } from "./alike-endpoints.ts";
import { policyOf } from "./assignment-policy.ts";
import { type AssignmentUse, endpointAddress } from "./endpoint-address.ts";
import { note, puntedField, refuse, type Scope } from "./scope.ts";
import { SeenAddresses } from "./seen-addresses.ts";

/** What a ClusterLoadAssignment says about a cluster. */
export interface Assignment {
  readonly priorities: readonly (readonly HirLocality[])[];
  readonly overprovisioning: number;
  readonly weightedPriorityHealth: boolean;
  readonly drop?: HirFraction;
  /** Endpoints that Envoy learns from elsewhere (LEDS): a diagnostic code. */
  readonly punt?: string;
  /** The addresses that an endpoint has beside its own, in their order. */
  readonly further?: FurtherAddresses;
}

export type FurtherAddresses = ReadonlyMap<HirEndpoint, readonly HirEndpointAddress[]>;

export const emptyAssignment: Assignment = { priorities: [], overprovisioning: 140, weightedPriorityHealth: false };

type MutableLocality = { name: string; weight?: number; endpoints: HirEndpoints };

/** What is found on the way through one assignment. */
interface Found {
  /** Where an address counts once. */
  readonly seen: SeenAddresses | undefined;
  further?: Map<HirEndpoint, readonly HirEndpointAddress[]>;
}

/**
 * Endpoints by priority and locality. Localities of equal name are merged, the last weight counts; a weight without a locality does not
 * count. EDS keeps the first occurrence of an address in the whole assignment.
 */
export function resolveAssignment(scope: Scope, assignment: ClusterLoadAssignment, path: string, use: AssignmentUse): Assignment {
  const priorities: MutableLocality[][] = [];
  const found: Found = { seen: use === "eds" ? new SeenAddresses() : undefined };
  let punted: string | undefined;
  const entries = assignment.endpoints ?? [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    const at = `${path}.endpoints[${i}]`;
    const priority = entry.priority ?? 0;
    while (priorities.length <= priority) priorities.push([]);
    if (use === "eds") checkDiscovery(scope, entry, at);
    addLocality(priorities[priority]!, entry, endpointsIn(scope, entry, at, use, found));
    punted ??= puntedField(scope, "envoy.config.endpoint.v3.LocalityLbEndpoints", entry);
  }
  return {
    // Copies have no room left over from growing, which would be a third of a model's memory.
    priorities: priorities.map((localities) => localities.slice()),
    ...policyOf(scope, assignment, path),
    ...(punted === undefined ? {} : { punt: punted }),
    ...(found.further ? { further: found.further } : {}),
  };
}

/** An IPv4 address that is written as an IPv6 one is not the same address twice. */
function asWritten({ endpoint }: LbEndpoint, address: HirEndpointAddress): HirEndpointAddress {
  const socket = endpoint?.address?.socket_address;
  if (!socket?.ipv4_compat || (address.kind !== "ip" && address.kind !== "dead")) return address;
  return { ...address, ip: canonicalIp(socket.address ?? "") ?? address.ip };
}

/** A locality has its endpoints from one place. */
function checkDiscovery(scope: Scope, { leds_cluster_locality_config: leds, lb_endpoints: list }: LocalityLbEndpoints, at: string): void {
  if (!leds || !list?.length) return;
  const message = "a locality with endpoints and a discovery service of their own (LEDS)";
  refuse(scope, "KM2404", `${at}.leds_cluster_locality_config`, message, "leave one of them out");
}

function endpointsIn(scope: Scope, entry: LocalityLbEndpoints, at: string, use: AssignmentUse, found: Found): HirEndpoints {
  const { seen } = found;
  const list = entry.lb_endpoints ?? [];
  // The addresses of a DNS cluster are looked up one by one.
  const alike = use === "dns" ? undefined : alikeFrom(list, seen);
  if (alike?.length === list.length) return alike;
  const endpoints = [...(alike ?? [])];
  for (let i = endpoints.length; i < list.length; i++) {
    const endpoint = resolveEndpoint(scope, list[i]!, at, i, use, found);
    if (!endpoint) continue;
    if (!seen || seen.add(asWritten(list[i]!, endpoint.address))) endpoints.push(endpoint);
    else noteTwin(scope, endpoint.address, at, i);
  }
  return endpoints.slice();
}

function noteTwin(scope: Scope, address: HirEndpointAddress, at: string, index: number): void {
  const message = `${endpointText(address)} occurs twice in this assignment; the first occurrence counts`;
  note(scope, "KM2410", "duplicate endpoint", () => `${at}.lb_endpoints[${index}]`, message);
}

function addLocality(localities: MutableLocality[], entry: LocalityLbEndpoints, endpoints: HirEndpoints): void {
  const name = localityName(entry.locality);
  const weight = entry.locality && entry.load_balancing_weight;
  let known: MutableLocality | undefined;
  for (const locality of localities) if (locality.name === name) known = locality;
  if (!known) {
    // A field that is added later takes 40 bytes, not 8.
    localities.push(weight === undefined ? { name, endpoints } : { name, endpoints, weight });
    return;
  }
  const all = known.endpoints instanceof AlikeEndpoints ? [...known.endpoints] : (known.endpoints as HirEndpoint[]);
  for (const endpoint of endpoints) all.push(endpoint);
  known.endpoints = all;
  if (weight !== undefined) known.weight = weight;
}

/** `region/zone/sub_zone`, trailing empty parts left out; a `/` in a part is written `\\/`, so that names stay distinct. */
function localityName(locality: Locality | undefined): string {
  if (!locality) return "";
  const { region = "", zone = "", sub_zone: subZone = "" } = locality;
  if (subZone !== "") return oneText(`${localityPart(region)}/${localityPart(zone)}/${localityPart(subZone)}`);
  return oneText(zone !== "" ? `${localityPart(region)}/${localityPart(zone)}` : localityPart(region));
}

/** A mesh has a few localities, and an assignment of each service names them again. */
const oneText = perText({ texts: 256, units: 2 ** 16 }, (name) => name);

function localityPart(part: string): string {
  return /[/\\]/.test(part) ? part.replace(/[/\\]/g, "\\$&") : part;
}

/** `at` is the locality's path, `index` the endpoint's place in it: the path is only put together where it is needed. */
function resolveEndpoint(
  scope: Scope,
  lb: LbEndpoint,
  at: string,
  index: number,
  use: AssignmentUse,
  found: Found,
): HirEndpoint | undefined {
  const address = endpointAddress(scope, lb.endpoint?.address, at, index, use);
  // Of a DNS cluster Envoy does not look at them.
  const further = use === "dns" ? undefined : lb.endpoint?.additional_addresses;
  if (address?.kind === "other" && !lb.endpoint?.address?.socket_address && lb.endpoint?.health_check_config?.port_value) {
    const message = "a port for health checks of an endpoint that is no IP address";
    refuse(scope, "KM2425", `${at}.lb_endpoints[${index}].endpoint.health_check_config.port_value`, message, "leave it out");
  }
  const others = further?.map((other) => endpointAddress(scope, other.address, at, index, use));
  if (!address) return undefined;
  const weight = lb.load_balancing_weight ?? 1;
  const health = healthOf(lb.health_status);
  const hostname = lb.endpoint?.hostname;
  const endpoint = hostname ? { address, weight, health, hostname } : { address, weight, health };
  if (others) {
    found.further ??= new Map();
    found.further.set(
      endpoint,
      others.filter((other) => other !== undefined),
    );
  }
  return endpoint;
}
