import type { HirFraction, IpText } from "./model-values.ts";

export interface HirCluster {
  readonly name: string;
  readonly path: string;
  readonly discovery: "static" | "eds" | "strict_dns" | "logical_dns" | "original_dst";
  /** `random`: the weights of endpoints do not count. */
  readonly lb: "round_robin" | "least_request" | "random" | "ring_hash" | "maglev" | "cluster_provided";
  /** Index = priority; gaps are empty lists. */
  readonly priorities: readonly (readonly HirLocality[])[];
  /** Percent, default 140. */
  readonly overprovisioning: number;
  /** Percent, default 50. */
  readonly panicThreshold: number;
  readonly failTrafficOnPanic: boolean;
  readonly weightedPriorityHealth: boolean;
  /** locality_weighted_lb_config: localities share by weight. */
  readonly localityWeighted: boolean;
  /** drop_overloads: this share is answered 503. */
  readonly drop?: HirFraction;
  /** How a DNS cluster's names are looked up, where that is not as the machine does. */
  readonly lookup?: HirLookup;
  /** original_dst_lb_config.use_http_header, lower-case header name. */
  readonly originalDstHeader?: string;
  /** A circuit breaker refuses all requests of priority HIGH: these are left to a proxy. */
  readonly shutForHigh?: boolean;
  /** The cluster as a whole is left to a userspace proxy (it originates TLS, subsets, aggregate...): a diagnostic code. */
  readonly punt?: string;
}

/** How host names are looked up; what is absent is as the machine does it. */
export interface HirLookup {
  /** `ip:port` of name servers, in the order in which they are asked, in place of the machine's. */
  readonly servers?: readonly string[];
  /** use_resolvers_as_fallback: the servers count only where the machine has none. */
  readonly fallback?: boolean;
  /** no_default_search_domain: a name is asked for as it is. */
  readonly asIs?: boolean;
}

export interface HirLocality {
  /** `region/zone/sub_zone`, for words. */
  readonly name: string;
  /** Locality load_balancing_weight; absent = none set. */
  readonly weight?: number;
  readonly endpoints: HirEndpoints;
}

/** Endpoints in their order: an array, or AlikeEndpoints, which makes them when they are asked for. */
export interface HirEndpoints extends Iterable<HirEndpoint> {
  readonly length: number;
  at(index: number): HirEndpoint | undefined;
}

export interface HirEndpoint {
  /** An IP address, or a host name of a DNS cluster that is resolved at run time. */
  readonly address: HirEndpointAddress;
  readonly weight: number;
  readonly health: "healthy" | "degraded" | "unhealthy" | "draining";
  /** What auto_host_rewrite sets; endpoints of DNS clusters without one have their address's text. */
  readonly hostname?: string;
}

export type HirEndpointAddress =
  | { readonly kind: "ip"; readonly ip: IpText; readonly port: number }
  | { readonly kind: "host"; readonly host: string; readonly port: number }
  /** No connection of Envoy's gets there: port 0, a group of hosts, or an IPv4-mapped address, for which Envoy opens a socket for IPv6 alone. */
  | { readonly kind: "dead"; readonly ip: IpText; readonly port: number }
  /** A pipe or an internal listener: only a userspace proxy can reach it. */
  | { readonly kind: "other"; readonly text: string };
