import type { Cluster } from "../decode/gen/types.ts";
import { punt, type Scope } from "./scope.ts";

/** What Linux takes at most: MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL (seconds) and MAX_TCP_KEEPCNT of include/net/tcp.h. Envoy does not set a 0. */
const limits = { keepalive_time: 32_767, keepalive_interval: 32_767, keepalive_probes: 127 } as const;

/** Keepalive has no effect, but where it can't be set every connection of Envoy's fails. A diagnostic code then, or absent. */
export function resolveKeepalive(scope: Scope, { upstream_connection_options: options }: Cluster, path: string): string | undefined {
  const keepalive = options?.tcp_keepalive;
  if (!keepalive) return undefined;
  for (const [name, most] of Object.entries(limits) as [keyof typeof limits, number][]) {
    const value = keepalive[name] ?? 0;
    if (value <= most) continue;
    const message = `${value} is more than the kernel takes (${most}): in Envoy every connection fails`;
    return punt(scope, "KM2443", `${path}.upstream_connection_options.tcp_keepalive.${name}`, message, "lower it");
  }
  return undefined;
}
