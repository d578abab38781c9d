import type { Cluster } from "../decode/gen/types.ts";
import type { HirEndpoint, HirEndpointAddress } from "../hir/index.ts";
import { canonicalIp } from "./address.ts";
import type { Assignment } from "./endpoints.ts";
import { note, type Scope } from "./scope.ts";

/** The family of addresses that Envoy tries first, or gets to first; undefined where it is that of an endpoint's own address. */
export function firstFamily(cluster: Cluster): string | undefined {
  const sources = familiesFrom(cluster);
  if (sources?.size === 1) return [...sources][0];
  const version = cluster.upstream_connection_options?.happy_eyeballs_config?.first_address_family_version;
  return typeof version === "string" && version !== "DEFAULT" ? version : undefined;
}

/** Endpoints with the address that Envoy connects to in the place of their own: the first one that it tries and where a connection gets. */
export function withTriedAddresses(scope: Scope, assignment: Assignment, cluster: Cluster, path: string): Assignment {
  const sources = familiesFrom(cluster);
  const isCut = (address: HirEndpointAddress): boolean =>
    address.kind === "ip" && sources !== undefined && !sources.has(familyOf(address)!);
  const { further, priorities } = assignment;
  if (!further && !(sources && priorities.some((localities) => localities.some(({ endpoints }) => hasOne(endpoints, isCut))))) {
    return assignment;
  }
  const family = firstFamily(cluster);
  const count = cluster.upstream_connection_options?.happy_eyeballs_config?.first_address_family_count ?? 1;
  const tried = (endpoint: HirEndpoint): HirEndpoint => {
    const others = further?.get(endpoint);
    const all = others ? inOrder([endpoint.address, ...others], family, count) : [endpoint.address];
    const address = all.find((one) => one.kind !== "dead" && !isCut(one)) ?? endpoint.address;
    if (address.kind === "ip" && isCut(address)) {
      const message = `no connection from ${cluster.upstream_bind_config?.source_address?.address ?? "0.0.0.0"} gets to an endpoint of the other IP version: requests are answered 503, connections are closed`;
      note(scope, "KM2445", "source address", () => `${path}.upstream_bind_config`, message);
      return { ...endpoint, address: { ...address, kind: "dead" } };
    }
    return address === endpoint.address ? endpoint : { ...endpoint, address };
  };
  return {
    ...assignment,
    priorities: priorities.map((localities) =>
      localities.map((locality) => ({ ...locality, endpoints: [...locality.endpoints].map(tried) })),
    ),
  };
}

function hasOne(endpoints: Iterable<HirEndpoint>, is: (address: HirEndpointAddress) => boolean): boolean {
  for (const { address } of endpoints) if (is(address)) return true;
  return false;
}

/** As Envoy tries them: `count` addresses of the family that comes first, then one of another, and so on. */
function inOrder(addresses: readonly HirEndpointAddress[], family: string | undefined, count: number): readonly HirEndpointAddress[] {
  const own = familyOf(addresses[0]!);
  const first = family !== undefined && addresses.some((one) => familyOf(one) === family) ? family : own;
  const firsts = addresses.filter((one) => familyOf(one) === first);
  const others = addresses.filter((one) => familyOf(one) !== first);
  const order: HirEndpointAddress[] = [];
  while (firsts.length > 0 || others.length > 0) order.push(...firsts.splice(0, Math.max(1, count)), ...others.splice(0, 1));
  return order;
}

function familyOf(address: HirEndpointAddress): string | undefined {
  if (address.kind === "ip" || address.kind === "dead") return familyOfIp(address.ip);
  if (address.kind === "host") return undefined;
  if (address.text.startsWith("[")) return "V6";
  return address.text.startsWith("pipe:") ? "PIPE" : "INTERNAL";
}

function familyOfIp(ip: string): "V4" | "V6" {
  return ip.includes(":") ? "V6" : "V4";
}

/**
 * The families of addresses that a connection from one of the cluster's source addresses gets to; undefined where it comes from any. To an
 * IPv4-mapped one (::ffff:a.b.c.d) no socket of Envoy's can be bound: they are for one family alone.
 */
function familiesFrom({ upstream_bind_config: bind }: Cluster): ReadonlySet<string> | undefined {
  const source = bind?.source_address;
  if (!source) return undefined;
  const further = bind.extra_source_addresses?.map(({ address }) => address) ?? bind.additional_source_addresses ?? [];
  const ips = [source, ...further].map((one) => canonicalIp(one?.address ?? "0.0.0.0") ?? one?.address ?? "");
  return new Set(ips.filter((ip) => !ip.startsWith("::ffff:")).map(familyOfIp));
}
