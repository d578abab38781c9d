import { type Metric, metricsText, type Sample } from "../admin/index.ts";
import type { FollowStatus, Timed } from "../follow/index.ts";
import type { Status } from "../status/index.ts";
import type { XdsStatus } from "../xds/index.ts";
import type { Lag } from "./lag.ts";

export interface MetricsSource {
  readonly follow: FollowStatus;
  /** Undefined with a snapshot. */
  readonly xds: XdsStatus | undefined;
  /** Undefined while nothing is published. */
  readonly kernel: Status | undefined;
  readonly lag: Lag;
}

/** The daemon's own numbers. Times are seconds. */
export function daemonMetrics({ follow, xds, kernel, lag }: MetricsSource): string {
  const { numbers } = follow;
  const metrics: Metric[] = [
    gauge("kmesh_daemon_generation", "Number of the published generation; 0 before the first.", [{ value: follow.generation }]),
    gauge("kmesh_daemon_behind", "1 while something accepted is not in the kernel after a failure.", [{ value: Number(follow.behind) }]),
    gauge("kmesh_daemon_building", "1 while a generation is compiled or written.", [{ value: Number(follow.building) }]),
    gauge("kmesh_daemon_resources", "Accepted xDS resources.", byLabel("kind", follow.resources)),
    summary("kmesh_daemon_apply_seconds", "Applies to the kernel, by kind.", numbers.applied),
    summary("kmesh_daemon_visible_seconds", "From the receipt of an update to its being in the kernel.", numbers.visible),
    summary("kmesh_daemon_build_seconds", "Compilations.", { generation: numbers.build }),
    counter("kmesh_daemon_failures_total", "Builds and applies that failed; what ran before ran on.", [{ value: numbers.failures }]),
    counter("kmesh_daemon_rejected_resources_total", "Resources that were rejected.", byLabel("kind", numbers.rejected)),
    counter(
      "kmesh_daemon_shapes_total",
      "Generations by whether their programs had been built before.",
      byLabel("programs", numbers.shapes),
    ),
    gauge("kmesh_daemon_diagnostics", "What the compiler says of the running mesh.", byLabel("severity", numbers.severities)),
    gauge("kmesh_daemon_event_loop_lag_seconds", "How late the event loop was at the last look.", [{ value: lag.last() }]),
    gauge("kmesh_daemon_event_loop_lag_max_seconds", "The latest since the last scrape.", [{ value: lag.max() }]),
    gauge("kmesh_daemon_resident_bytes", "Memory of the process.", [{ value: process.memoryUsage.rss() }]),
    counter("kmesh_daemon_cpu_seconds_total", "CPU time of the process.", [{ value: cpuSeconds() }]),
    ...(xds ? controlPlane(xds) : []),
    ...(kernel ? inKernel(kernel) : []),
  ];
  return metricsText(metrics);
}

function controlPlane({ connection, kinds, streams }: XdsStatus): Metric[] {
  const per = (pick: (kind: (typeof kinds)[keyof typeof kinds]) => number): readonly Sample[] =>
    Object.entries(kinds).map(([kind, status]) => ({ labels: { kind }, value: pick(status) }));
  return [
    gauge("kmesh_daemon_xds_connected", "1 while the stream to the control plane is open.", [
      { value: Number(connection.kind === "connected") },
    ]),
    counter("kmesh_daemon_xds_streams_total", "Streams that were opened.", [{ value: streams }]),
    counter(
      "kmesh_daemon_xds_responses_total",
      "Responses of the control plane.",
      per((kind) => kind.responses),
    ),
    counter(
      "kmesh_daemon_xds_acks_total",
      "ACKs.",
      per((kind) => kind.acks),
    ),
    counter(
      "kmesh_daemon_xds_nacks_total",
      "NACKs.",
      per((kind) => kind.nacks),
    ),
  ];
}

function inKernel({ tables, bytes, counters }: Status): Metric[] {
  return [
    gauge(
      "kmesh_daemon_table_records",
      "Records of the running tables.",
      tables.map(({ name, records }) => ({ labels: { table: name }, value: records })),
    ),
    gauge(
      "kmesh_daemon_table_bytes",
      "Kernel memory of tables: running, and spare for the next generation.",
      tables.flatMap(({ name, running, spare }) => [
        { labels: { table: name, use: "running" }, value: running },
        { labels: { table: name, use: "spare" }, value: spare },
      ]),
    ),
    gauge("kmesh_daemon_kernel_bytes", "Kernel memory of everything that is pinned.", [{ value: bytes }]),
    counter("kmesh_connections_total", "Connections by what was decided.", byLabel("reason", counters)),
  ];
}

function byLabel(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function summary(name: string, help: string, timed: Readonly<Record<string, Timed>>): Metric {
  const samples = Object.entries(timed).flatMap(([kind, { sum, count }]) => [
    { suffix: "_sum", labels: { kind }, value: sum / 1000 },
    { suffix: "_count", labels: { kind }, value: count },
  ]);
  return { name, help, type: "summary", samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: "gauge", samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: "counter", samples };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
