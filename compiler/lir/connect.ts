/**
 * LIR of the connect tier: what is decided by destination address and port alone, as tables in words. Ids are dense; no byte offset.
 */
import type { HirEndpointAddress, IpText } from "../hir/index.ts";
import type { reasons } from "./verdict.ts";

export type LirReason = keyof typeof reasons;

/** What to do, or the next step of the lookup. */
export type LirLeaf =
  /** No listener: not ours. Only as a virtual leaf. */
  | { readonly kind: "none" }
  | { readonly kind: "pass"; readonly reason: LirReason }
  | { readonly kind: "direct"; readonly cluster: number }
  | { readonly kind: "split"; readonly split: number }
  | { readonly kind: "refuse"; readonly reason: LirReason }
  | { readonly kind: "l7"; readonly listener: number; readonly reason: LirReason }
  | { readonly kind: "punt"; readonly reason: LirReason }
  /** Destination intervals by address, or by port. */
  | { readonly kind: "range"; readonly range: number }
  | { readonly kind: "ports"; readonly range: number };

/** One listener address. `0.0.0.0` and `::` are the wildcards of their family. */
export interface LirService {
  readonly ip: IpText;
  readonly port: number;
  readonly listener: number;
  readonly leaf: LirLeaf;
}

/** Weighted targets; none has weight 0 and there are at least two. */
export interface LirSplit {
  readonly entries: readonly LirSplitEntry[];
}

export interface LirSplitEntry {
  /** Share of the entries' sum; a positive integer. */
  readonly weight: number;
  /** Place in the rule's list. */
  readonly entry: number;
  readonly leaf: LirLeaf;
}

/** Sorted intervals that cover the key space; at least two, neighbours differ. */
export type LirRange =
  | { readonly by: "ip"; readonly intervals: readonly { readonly last: IpText; readonly leaf: LirLeaf }[] }
  | { readonly by: "port"; readonly intervals: readonly { readonly last: number; readonly leaf: LirLeaf }[] };

/** The endpoints of a cluster that get traffic. Id = place in LirConnect.clusters. */
export interface LirCluster {
  readonly name: string;
  /**
   * Weights are positive and sum, with noEndpointWeight, to totalWeight; empty: picks find no endpoint. Only IP addresses. Worked out when
   * it is asked for, and not kept.
   */
  readonly shares: readonly LirShare[];
  readonly noEndpointWeight: number;
  readonly totalWeight: number;
  /** The same endpoints, where all have equal shares and every pick finds one, as lists of alike ones. */
  readonly even?: readonly LirAlike[] | undefined;
}

/** IPv4 addresses of one port, as signed numbers in network order. */
export interface LirAlike {
  readonly ips: readonly number[];
  readonly port: number;
}

export interface LirShare {
  readonly endpoint: { readonly address: HirEndpointAddress };
  readonly weight: number;
}

export interface LirConnect {
  /** Sorted by family (IPv4 first), address text, port. */
  readonly services: readonly LirService[];
  /** For destinations that no service takes. */
  readonly virtual4: LirLeaf;
  readonly virtual6: LirLeaf;
  readonly splits: readonly LirSplit[];
  readonly ranges: readonly LirRange[];
  readonly clusters: readonly LirCluster[];
}
