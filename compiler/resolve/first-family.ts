import type { Cluster } from "../decode/gen/types.ts";
import type { HirEndpoint, HirEndpointAddress } from "../hir/index.ts";
import type { Assignment } from "./endpoints.ts";

/** The family of addresses that Envoy tries first; undefined where it is that of an endpoint's own address. */
export function firstFamily({ upstream_connection_options: options }: Cluster): string | undefined {
  const version = options?.happy_eyeballs_config?.first_address_family_version;
  return typeof version === "string" && version !== "DEFAULT" ? version : undefined;
}

/** Endpoints with the address that Envoy tries first in the place of their own: the first one of the family that comes first, if they have one. */
export function withFirstFamily(assignment: Assignment, cluster: Cluster): Assignment {
  const family = firstFamily(cluster);
  const { further } = assignment;
  if (family === undefined || !further) return assignment;
  const moved = (endpoint: HirEndpoint): HirEndpoint => {
    const address = [endpoint.address, ...(further.get(endpoint) ?? [])].find((one) => familyOf(one) === family);
    return address && address !== endpoint.address ? { ...endpoint, address } : endpoint;
  };
  return {
    ...assignment,
    priorities: assignment.priorities.map((localities) =>
      localities.map((locality) => ({ ...locality, endpoints: locality.endpoints.map(moved) })),
    ),
  };
}

function familyOf(address: HirEndpointAddress): string | undefined {
  if (address.kind === "ip") return address.ip.includes(":") ? "V6" : "V4";
  if (address.kind === "host") return undefined;
  return address.text.startsWith("pipe:") ? "PIPE" : "INTERNAL";
}
