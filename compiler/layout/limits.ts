/** A declared limit: reaching it is a diagnostic with the number and the remedy, never a truncation. */
export interface Limit {
  readonly max: number;
  readonly unit: string;
  /** Where the number comes from. */
  readonly reason: string;
  /** What happens to the user's input that exceeds it. */
  readonly consequence: string;
  readonly remedy: string;
}

/** Each becomes KM_MAX_<NAME> in bpf/gen/km_tables.h. */
export const limits = {
  svc4Buckets: {
    max: 131_072,
    unit: "buckets of four IPv4 services",
    reason: "8 MiB of kernel memory in one map; 400,000 services at the load factor that the builder keeps",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  svc6Buckets: {
    max: 131_072,
    unit: "buckets of two IPv6 services",
    reason: "8 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  clusters: {
    max: 262_144,
    unit: "clusters",
    reason: "2 MiB of cells in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  endpoints: {
    max: 2_097_152,
    unit: "endpoint records of all clusters",
    reason: "48 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees, or lower the number of endpoints per service",
  },
  endpointsPerCluster: {
    max: 65_535,
    unit: "endpoints of one cluster that get traffic",
    reason: "a cell holds the count in 16 bits, so that one 8-byte store publishes a run",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "split the service",
  },
  splits: {
    max: 1_048_576,
    unit: "weighted targets of all rules",
    reason: "16 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "lower the number of weighted targets",
  },
  ranges: {
    max: 262_144,
    unit: "destination intervals of all listeners",
    reason: "6 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "merge prefix_ranges of neighbouring filter chains",
  },
  runLength: {
    max: 65_535,
    unit: "records of one weighted or interval run",
    reason: "a run's length is a 16-bit field and the kernel's search makes at most 16 steps",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "use fewer weighted targets or destination intervals in one rule",
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;
