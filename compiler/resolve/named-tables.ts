import type { FilterChain, Listener } from "../decode/gen/types.ts";
import { messageIn, type XdsResource } from "../decode/index.ts";
import { perObject } from "../memo/index.ts";

/** The route configurations that listeners ask for by RDS, inbound listeners too; undefined for a snapshot without listeners. */
export function namedTables(listeners: readonly XdsResource[]): ReadonlySet<string> | undefined {
  if (listeners.length === 0) return undefined;
  const names = new Set<string>();
  for (const listener of listeners) for (const name of namesOf(listener)) names.add(name);
  return names;
}

const namesOf = perObject(({ message }: XdsResource): readonly string[] => {
  const { filter_chains: chains = [], default_filter_chain: last } = message as Listener;
  return (last ? [...chains, last] : chains).flatMap(namesIn);
});

function namesIn(chain: FilterChain): readonly string[] {
  return (chain.filters ?? []).flatMap(({ typed_config: any }) => {
    const manager = messageIn(any, "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager");
    return manager?.rds ? [manager.rds.route_config_name ?? ""] : [];
  });
}
