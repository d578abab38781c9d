import type { LbEndpoint, SocketAddress } from "../decode/gen/types.ts";
import { type Alike, AlikeEndpoints, type HirEndpoint } from "../hir/index.ts";
import { ipv4Of } from "./address.ts";
import { isIpv4Group } from "./endpoint-address.ts";
import type { SeenAddresses } from "./seen-addresses.ts";

/**
 * As many endpoints from the start of a list as are alike: nearly always all. Each says what any endpoint of a workload says, and nothing is to
 * be told of it; with the first one that is otherwise, or that was seen before, it ends.
 */
export function alikeFrom(list: readonly LbEndpoint[], seen: SeenAddresses | undefined): AlikeEndpoints | undefined {
  const ips: number[] = [];
  let first: Alike | undefined;
  for (let i = 0; i < list.length; i++) {
    const lb = list[i]!;
    const socket = plainSocket(lb);
    if (!socket) break;
    const ip = ipv4Of(socket.address ?? "");
    const port = socket.port_value ?? 0;
    if (ip < 0 || port === 0 || isIpv4Group(ip)) break;
    const weight = lb.load_balancing_weight ?? 1;
    const health = healthOf(lb.health_status);
    first ??= { port, weight, health };
    if (port !== first.port || weight !== first.weight || health !== first.health) break;
    if (seen && !seen.addIpv4(ip, port)) break;
    ips.push(ip | 0);
  }
  // A copy has no room left over from growing.
  return first && new AlikeEndpoints(ips.slice(), first);
}

/** Of an endpoint that has an address and nothing else. */
function plainSocket({ endpoint }: LbEndpoint): SocketAddress | undefined {
  const socket = endpoint?.address?.socket_address;
  if (!socket || endpoint.hostname || endpoint.additional_addresses) return undefined;
  return socket.resolver_name || socket.named_port !== undefined ? undefined : socket;
}

export function healthOf(status: LbEndpoint["health_status"]): HirEndpoint["health"] {
  switch (status) {
    case "UNHEALTHY":
    case "TIMEOUT":
      return "unhealthy";
    case "DRAINING":
      return "draining";
    case "DEGRADED":
      return "degraded";
    default:
      return "healthy";
  }
}
