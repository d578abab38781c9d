import type { FilterChain, Listener } from "../decode/gen/types.ts";
import { messageIn, type XdsResource } from "../decode/index.ts";

/** The route configurations that listeners ask for by RDS, inbound listeners too; undefined for a snapshot without listeners. */
export function namedTables(listeners: readonly XdsResource[]): ReadonlySet<string> | undefined {
  if (listeners.length === 0) return undefined;
  const names = new Set<string>();
  for (const { message } of listeners) {
    const { filter_chains: chains = [], default_filter_chain: last } = message as Listener;
    for (const chain of last ? [...chains, last] : chains) addNames(chain, names);
  }
  return names;
}

function addNames(chain: FilterChain, names: Set<string>): void {
  for (const { typed_config: any } of chain.filters ?? []) {
    const manager = messageIn(any, "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager");
    if (manager?.rds) names.add(manager.rds.route_config_name ?? "");
  }
}
