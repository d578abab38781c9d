import type { HttpConnectionManager, Listener } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";

/** The HTTP connection managers of all chains of a listener. */
export function managersOf({ filter_chains: chains = [], default_filter_chain: last }: Listener): readonly HttpConnectionManager[] {
  return (last ? [...chains, last] : chains).flatMap((chain) =>
    (chain.filters ?? []).flatMap(({ typed_config: any }) => {
      const manager = messageIn(any, "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager");
      return manager ? [manager] : [];
    }),
  );
}
