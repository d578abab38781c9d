import type { HirListenAddress, HirListener } from "../hir/index.ts";
import { type Chunk, perObject } from "../memo/index.ts";
import { takesAll } from "./connect-chains.ts";

/** The mesh's commonest services: one address of a listener, all of whose connections go to one cluster. */
export interface PlainServices {
  /** By listener; undefined where there is more to ask. */
  readonly services: readonly (HirListenAddress | undefined)[];
  /** By listener: the cluster's name, or empty. */
  readonly clusters: readonly string[];
}

/** Of listeners that stay together, found once. Holds as long as no other listener's filters look at their connections. */
export const plainServices = perObject(({ items }: Chunk<HirListener>): PlainServices => {
  const clusters = items.map(soleCluster);
  return {
    services: items.map(({ addresses }, at) => (clusters[at] === undefined ? undefined : addresses[0])),
    clusters: clusters.map((name) => name ?? ""),
  };
});

function soleCluster({ punt, inspectors, useOriginalDst, addresses, chains }: HirListener): string | undefined {
  const [address, second] = addresses;
  const [chain, another] = chains;
  if (punt !== undefined || inspectors.tls || inspectors.http || useOriginalDst) return undefined;
  if (!address || second || address.ipv4Compat || !chain || another) return undefined;
  const { network, match } = chain;
  if (!takesAll(chain) || (match.destinationPort ?? 0) !== 0 || match.prefixRanges.length > 0) return undefined;
  return network.kind === "tcp" && network.target.kind === "cluster" ? network.target.cluster : undefined;
}
