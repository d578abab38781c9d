/**
 * Verdicts (what to do) and reasons (why). The numbers are interface: they stand in tables, in the kernel's counters and in both languages
 * (generated into bpf/gen/km_tables.h as KM_V_* and KM_R_*). Append only; a comment becomes the C comment.
 */
export const verdicts = {
  /** An empty slot: no rule here. */
  NONE: 0,
  /** Leave the connection alone: it goes where it was going. */
  PASS: 1,
  /** Pick an endpoint of the cluster `target`. */
  DIRECT: 2,
  /** Draw from the weighted run that begins at record `target` of table split. */
  SPLIT: 3,
  /** Refuse the connection (EPERM). */
  REFUSE: 4,
  /** The first bytes or the source decide: `target` is the listener id. */
  L7: 5,
  /** Left to a userspace proxy. */
  PUNT: 6,
  /** Destination intervals: the run of table range that begins at `target`, searched by address. */
  RANGE: 7,
  /** As RANGE, searched by port (stored in the low 16 bits of the address). */
  PORTS: 8,
} as const;

export type Verdict = (typeof verdicts)[keyof typeof verdicts];

/** Why a verdict was reached: one counter each. */
export const reasons = {
  /** No reason given: never counted. */
  NONE: 0,
  /** No listener takes this destination: not ours. */
  UNMANAGED: 1,
  /** Forwarded to an endpoint, decided at connect. */
  FORWARDED: 2,
  /** The rule leads to an ORIGINAL_DST cluster: go on to the asked address. */
  PASSTHROUGH: 3,
  /** The cluster has no endpoint that may get traffic. */
  NO_ENDPOINT: 4,
  /** The rule names a cluster that does not exist. */
  NO_CLUSTER: 5,
  /** No filter chain takes the connection and there is no default. */
  NO_FILTER_CHAIN: 6,
  /** The chain has no filter: Envoy closes. */
  NO_FILTERS: 7,
  /** Waits for the request head; the connect hook lets it through untouched. */
  NEEDS_HEAD: 8,
  /** The source decides; the connect hook lets it through untouched. */
  NEEDS_SOURCE: 9,
  /** The listener as a whole is left to a proxy. */
  PUNT_LISTENER: 10,
  /** The chain or its filter is left to a proxy. */
  PUNT_CHAIN: 11,
  /** The cluster is left to a proxy (it originates TLS, is an aggregate...). */
  PUNT_CLUSTER: 12,
  /** The cluster's endpoints are names, pipes or internal listeners: not IP addresses. */
  PUNT_ADDRESS: 13,
  /** No generation is published yet: everything passes. */
  NO_GENERATION: 14,
  /** A table does not hold what another table points to: a bug, passed untouched. */
  BROKEN_TABLE: 15,
  /** The program of this generation's shape is not in the program array: passed untouched. */
  TAIL_MISS: 16,
  /** Not a TCP socket. */
  NOT_TCP: 17,
  /** An IPv4 socket can't reach the IPv6 endpoint that was drawn: passed untouched. */
  PUNT_FAMILY: 18,
  /** Rewritten, but the original address could not be kept: getpeername() answers the endpoint. */
  ORIGINAL_FULL: 19,
  /** Made in the daemon's own cgroup to an address that a rule takes: passed untouched. */
  DAEMON: 20,
} as const;

export type Reason = (typeof reasons)[keyof typeof reasons];
