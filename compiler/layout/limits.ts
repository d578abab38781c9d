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
    reason: "a quarter of the services that fit have one of their own",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  cellRecords: {
    max: 4_194_304,
    unit: "clusters, and endpoints of clusters with IPv4 and equal weights",
    reason: "32 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees, or lower the number of endpoints per service",
  },
  endpoints: {
    max: 2_097_152,
    unit: "endpoint records of clusters with weights or IPv6",
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
  listeners: {
    max: 262_144,
    unit: "listeners",
    reason: "4 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  nodes: {
    max: 1_048_576,
    unit: "choices on the way to filter chains",
    reason: "24 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "use fewer criteria in filter_chain_match",
  },
  edges: {
    max: 1_048_576,
    unit: "intervals of addresses and ports in filter_chain_match",
    reason: "24 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "merge prefix_ranges of neighbouring filter chains",
  },
  edgesPerNode: {
    max: 65_535,
    unit: "intervals of one choice between filter chains",
    reason: "the search makes at most 16 steps",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "merge prefix_ranges of neighbouring filter chains",
  },
  chains: {
    max: 524_288,
    unit: "filter chains of all listeners",
    reason: "4 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  targets: {
    max: 1_048_576,
    unit: "targets of all rules",
    reason: "24 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  shares: {
    max: 1_048_576,
    unit: "weighted entries of all rules",
    reason: "16 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "lower the number of weighted targets",
  },
  routeTables: {
    max: 65_536,
    unit: "route configurations",
    reason: "a node's services share one route configuration per port",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  numbers: {
    max: 262_144,
    unit: "distinct lengths of wildcard domains, and internal_only_headers",
    reason: "2 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "use fewer wildcard domains",
  },
  vhosts: {
    max: 1_048_576,
    unit: "virtual hosts",
    reason: "16 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  routes: {
    max: 1_048_576,
    unit: "routes of all virtual hosts",
    reason: "40 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  routesPerVhost: {
    max: 65_535,
    unit: "routes of one virtual host",
    reason: "the search is a bounded loop",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "split the virtual host",
  },
  matches: {
    max: 2_097_152,
    unit: "conditions of all routes",
    reason: "64 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  matchesPerRoute: {
    max: 65_535,
    unit: "conditions of one kind in one route",
    reason: "they are counted in 16 bits",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "split the route",
  },
  wordBuckets: {
    max: 1_048_576,
    unit: "buckets of four words (domains, server names, header and cluster names)",
    reason: "64 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  texts: {
    max: 4_194_304,
    unit: "texts of all rules",
    reason: "32 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "scope the services that the node sees (Sidecar, exportTo)",
  },
  textChunks: {
    max: 1_048_576,
    unit: "64-byte pieces of all texts",
    reason: "64 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "use shorter names",
  },
  headerNames: {
    max: 65_535,
    unit: "header names that rules ask for",
    reason: "a line's header id has 16 bits",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "use fewer header names",
  },
  dfas: {
    max: 65_536,
    unit: "regular expressions",
    reason: "16 MiB of byte classes in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "use fewer distinct regular expressions, or prefix and exact matches",
  },
  dfaStates: {
    max: 4_096,
    unit: "states of one regular expression's automaton",
    reason: "a state has 16 bits, and memory is states times byte classes",
    consequence: "what asks for it is left to a proxy",
    remedy: "use a simpler expression: bounded repetitions ({1,100}) of wide classes make many states",
  },
  dfaNexts: {
    max: 1_048_576,
    unit: "64-byte pieces of all automata",
    reason: "64 MiB of kernel memory in one map",
    consequence: "the snapshot is rejected and the last good one stays",
    remedy: "use fewer or simpler regular expressions",
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;
