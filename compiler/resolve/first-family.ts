import type { Cluster } from "../decode/gen/types.ts";
import type { HirEndpoint, HirEndpointAddress } from "../hir/index.ts";
import type { Assignment } from "./endpoints.ts";

/** The family of addresses that Envoy tries first; undefined where it is that of an endpoint's own address. */
export function firstFamily({ upstream_connection_options: options }: Cluster): string | undefined {
  const version = options?.happy_eyeballs_config?.first_address_family_version;
  return typeof version === "string" && version !== "DEFAULT" ? version : undefined;
}

/** Endpoints with the address that Envoy connects to in the place of their own: the first one that it tries and where a connection gets. */
export function withFirstFamily(assignment: Assignment, cluster: Cluster): Assignment {
  const { further } = assignment;
  if (!further) return assignment;
  const family = firstFamily(cluster);
  const count = cluster.upstream_connection_options?.happy_eyeballs_config?.first_address_family_count ?? 1;
  const moved = (endpoint: HirEndpoint): HirEndpoint => {
    const others = further.get(endpoint);
    if (!others) return endpoint;
    const address = inOrder([endpoint.address, ...others], family, count).find(({ kind }) => kind !== "dead");
    return address && address !== endpoint.address ? { ...endpoint, address } : endpoint;
  };
  return {
    ...assignment,
    priorities: assignment.priorities.map((localities) =>
      localities.map((locality) => ({ ...locality, endpoints: [...locality.endpoints].map(moved) })),
    ),
  };
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
  if (address.kind === "ip" || address.kind === "dead") return address.ip.includes(":") ? "V6" : "V4";
  if (address.kind === "host") return undefined;
  if (address.text.startsWith("[")) return "V6";
  return address.text.startsWith("pipe:") ? "PIPE" : "INTERNAL";
}
