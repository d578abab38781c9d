/** Everything that a control plane or a name server can make grow. */
export const dnsLimits = {
  /** Names that are looked up; the others have no answer, and that is told. */
  names: 10_000,
  /** Of one name. More is taken for a mistake: the last good answer stays. */
  addresses: 256,
  /** Lookups under way at once, at the machine's name servers. */
  lookups: 32,
  /** And at those of one set that clusters name. */
  lookupsOfSet: 8,
  /** Sets of name servers that clusters name, each with sockets of its own; names of further sets have no answer, and that is told. */
  serverSets: 32,
  /** Milliseconds between two lookups of one name, whatever was asked for: Envoy's smallest refresh rate would be 2. */
  minDelayMs: 100,
  /** And the longest: timers take no more than 24 days, and a time to live may be a mistake. */
  maxDelayMs: 86_400_000,
} as const;
