/** Every metric of the daemon, declared once: values.ts gives the samples, docs/metrics.md is generated from here. */
export interface MetricSpec {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Label names, and the values they can have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What to look for, and what to do. */
  readonly watch?: string;
}

const kinds = "cluster, endpoint, listener, route";
const tables = "svc4, svc6, cell, endpoint, ...: the tables of `kmeshctl dump`";

export const metricSpecs = {
  kmesh_daemon_build_info: {
    type: "gauge",
    help: "Always 1.",
    labels: { version: "of kmesh", commit: "of its sources", node: "of Node.js" },
  },
  kmesh_daemon_start_time_seconds: { type: "gauge", help: "When the process started, seconds since 1970." },
  kmesh_daemon_ready: {
    type: "gauge",
    help: "1 once a whole generation is in the kernel, as /debug/ready.",
    watch: "0 for minutes after a start: `kmeshctl status` says what it waits for",
  },
  kmesh_daemon_generation: { type: "gauge", help: "Number of the published generation; 0 before the first." },
  kmesh_daemon_behind: {
    type: "gauge",
    help: "1 while something accepted is not in the kernel after a failure.",
    watch: "1 for minutes: the kernel refuses. The log's last error has code and remedy; what ran before runs on",
  },
  kmesh_daemon_building: { type: "gauge", help: "1 while a generation is compiled or written." },
  kmesh_daemon_resources: { type: "gauge", help: "Accepted xDS resources.", labels: { kind: kinds } },
  kmesh_daemon_apply_seconds: {
    type: "histogram",
    help: "Time of applies to the kernel.",
    labels: { kind: "cell (one cluster's endpoints), generation, unchanged" },
  },
  kmesh_daemon_visible_seconds: {
    type: "histogram",
    help: "From the receipt of an update to its being in the kernel.",
    labels: { kind: "cell, generation" },
    watch: "a p99 of cell above 10 ms: the event loop is late (below), or the machine is",
  },
  kmesh_daemon_build_seconds: { type: "histogram", help: "Time of compilations, of all stages together." },
  kmesh_daemon_build_stage_seconds_total: {
    type: "counter",
    help: "Time of compilations by stage.",
    labels: { stage: "decode, resolve, tables, programs, validate" },
  },
  kmesh_daemon_failures_total: {
    type: "counter",
    help: "Builds and applies that failed; what ran before ran on.",
    watch: "any increase: see the log for the code",
  },
  kmesh_daemon_rejected_resources_total: {
    type: "counter",
    help: "Resources that were rejected.",
    labels: { kind: kinds },
    watch: "any increase: the control plane sends what can't be applied; its last good version stays. The log and the NACK name it",
  },
  kmesh_daemon_shapes_total: {
    type: "counter",
    help: "Generations by whether their programs had been built before by this process.",
    labels: { programs: "new, known" },
  },
  kmesh_daemon_program_objects_total: {
    type: "counter",
    help: "Compiled programs by where they came from: the package, the clang cache (memory, disk) or clang itself. Starts anew with the compiling thread.",
    labels: { from: "shipped, memory, disk, clang" },
    watch: "clang that keeps growing: the cache folder (--state) can't be written",
  },
  kmesh_daemon_diagnostics: {
    type: "gauge",
    help: "What the compiler says of the running mesh, whichever build changed it.",
    labels: { severity: "punt, note" },
    watch: "punt above 0: that traffic is left to a proxy; `kmesh-compile check` of a dump says which",
  },
  kmesh_daemon_event_loop_lag_seconds: { type: "gauge", help: "How late the event loop was at the last look (every half second)." },
  kmesh_daemon_event_loop_lag_max_seconds: {
    type: "gauge",
    help: "The latest since the last scrape.",
    watch: "above 0.1: too little CPU; endpoint changes are as late",
  },
  kmesh_daemon_resident_bytes: { type: "gauge", help: "Memory of the process." },
  kmesh_daemon_heap_bytes: { type: "gauge", help: "JavaScript heap of the main thread in use." },
  kmesh_daemon_cpu_seconds_total: { type: "counter", help: "CPU time of the process." },
  kmesh_daemon_log_lines_dropped_total: {
    type: "counter",
    help: "Log lines that were thrown away because nobody read them fast enough.",
  },
  kmesh_daemon_dns_names: { type: "gauge", help: "Host names of STRICT_DNS and LOGICAL_DNS clusters that are looked up." },
  kmesh_daemon_dns_failing_names: {
    type: "gauge",
    help: "Host names whose last lookup failed; their last good addresses stay.",
    watch: "above 0 for minutes: the name servers of the machine (or of --dns). The log names the host names",
  },
  kmesh_daemon_dns_unanswered_names: {
    type: "gauge",
    help: "Host names that never had an answer.",
    watch: "above 0: connections to their clusters are refused where no other name of the cluster has an address",
  },
  kmesh_daemon_dns_lookups_total: { type: "counter", help: "Lookups of host names." },
  kmesh_daemon_dns_failures_total: { type: "counter", help: "Lookups that failed." },
  kmesh_daemon_dns_oldest_answer_seconds: {
    type: "gauge",
    help: "Age of the oldest good lookup of a name; 0 where there is none.",
    watch: "far above the longest dns_refresh_rate or TTL of the mesh: addresses may be out of date",
  },
  kmesh_daemon_xds_connected: {
    type: "gauge",
    help: "1 while the stream to the control plane is open and was answered. As the other metrics of xDS, not with --snapshot.",
    watch: "0 for minutes: the last good runs on, changes do not come. `kmeshctl status` says why",
  },
  kmesh_daemon_xds_streams_total: {
    type: "counter",
    help: "Streams that the control plane answered.",
    watch: "growing by the minute: the control plane drops us",
  },
  kmesh_daemon_xds_responses_total: { type: "counter", help: "Responses of the control plane.", labels: { kind: kinds } },
  kmesh_daemon_xds_acks_total: { type: "counter", help: "ACKs.", labels: { kind: kinds } },
  kmesh_daemon_xds_nacks_total: {
    type: "counter",
    help: "NACKs.",
    labels: { kind: kinds },
    watch: "as rejected resources, and limits (docs/daemon.md)",
  },
  kmesh_daemon_xds_held_bytes: { type: "gauge", help: "Bytes of accepted resources.", labels: { kind: kinds } },
  kmesh_daemon_xds_awaited: { type: "gauge", help: "Names that were asked for and not answered yet.", labels: { kind: kinds } },
  kmesh_daemon_kernel_readable: {
    type: "gauge",
    help: "1 while the kernel's tables can be read back; without them the metrics below are left out.",
    watch: "0 on a ready daemon: rights are missing (CAP_BPF); `kmeshctl status` has the error",
  },
  kmesh_daemon_table_records: { type: "gauge", help: "Records of the running tables.", labels: { table: tables } },
  kmesh_daemon_table_limit: {
    type: "gauge",
    help: "Records that a table may have.",
    labels: { table: tables },
    watch: "records above 80 % of it: scope the services that the node sees (Sidecar, exportTo)",
  },
  kmesh_daemon_table_bytes: {
    type: "gauge",
    help: "Kernel memory of tables: running, and spare for the next generation.",
    labels: { table: tables, use: "running, spare" },
  },
  kmesh_daemon_kernel_bytes: { type: "gauge", help: "Kernel memory of everything that is pinned." },
  kmesh_connections_total: {
    type: "counter",
    help: "Connections by what was decided, since the first apply on this machine.",
    labels: { reason: "forwarded, unmanaged, passthrough, no_endpoint, ...: the reasons of `kmeshctl status`; only those that came up" },
    watch:
      "no_endpoint, no_cluster, no_filter_chain: connections are refused (EPERM). broken_table, tail_miss: a bug, passed untouched; report it",
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof metricSpecs;
