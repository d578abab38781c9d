import { type Metric, metricsText, type Sample } from "../../admin/index.ts";
import { bucketBounds, type FollowStatus, type Timed } from "../../follow/index.ts";
import type { KernelNumbers } from "../../status/index.ts";
import type { XdsStatus } from "../../xds/index.ts";
import { type MetricName, metricSpecs } from "./declared.ts";
import type { Lag } from "./lag.ts";

export interface MetricsSource {
  readonly build: Readonly<Record<string, string>>;
  readonly ready: boolean;
  readonly follow: FollowStatus;
  /** Undefined with a snapshot. */
  readonly xds: XdsStatus | undefined;
  /** Undefined while nothing is published; may throw. */
  readonly kernel: () => KernelNumbers | undefined;
  readonly lag: Lag;
  readonly droppedLines: number;
}

/** The daemon's own numbers, as they are now. Times are seconds. */
export function daemonMetrics(source: MetricsSource): string {
  const { follow, xds, lag } = source;
  const { numbers } = follow;
  return metricsText([
    metric("kmesh_daemon_build_info", [{ labels: source.build, value: 1 }]),
    metric("kmesh_daemon_start_time_seconds", Math.round(Date.now() / 1000 - process.uptime())),
    metric("kmesh_daemon_ready", Number(source.ready)),
    metric("kmesh_daemon_generation", follow.generation),
    metric("kmesh_daemon_behind", Number(follow.behind)),
    metric("kmesh_daemon_building", Number(follow.building)),
    metric("kmesh_daemon_resources", byLabel("kind", follow.resources)),
    metric("kmesh_daemon_apply_seconds", histograms("kind", numbers.applied)),
    metric("kmesh_daemon_visible_seconds", histograms("kind", numbers.visible)),
    metric("kmesh_daemon_build_seconds", histogram(numbers.build)),
    metric("kmesh_daemon_build_stage_seconds_total", byLabel("stage", seconds(numbers.stages))),
    metric("kmesh_daemon_failures_total", numbers.failures),
    metric("kmesh_daemon_rejected_resources_total", byLabel("kind", numbers.rejected)),
    metric("kmesh_daemon_shapes_total", byLabel("programs", numbers.shapes)),
    metric("kmesh_daemon_program_objects_total", objects(numbers.objects)),
    metric("kmesh_daemon_diagnostics", byLabel("severity", numbers.severities)),
    metric("kmesh_daemon_event_loop_lag_seconds", lag.last()),
    metric("kmesh_daemon_event_loop_lag_max_seconds", lag.max()),
    metric("kmesh_daemon_resident_bytes", process.memoryUsage.rss()),
    metric("kmesh_daemon_heap_bytes", process.memoryUsage().heapUsed),
    metric("kmesh_daemon_cpu_seconds_total", cpuSeconds()),
    metric("kmesh_daemon_log_lines_dropped_total", source.droppedLines),
    ...hostNames(follow.hostnames),
    ...(xds ? controlPlane(xds) : []),
    ...inKernel(source.kernel),
  ]);
}

function hostNames({ names, failing, unanswered, lookups, failures, oldestMs = 0 }: FollowStatus["hostnames"]): readonly Metric[] {
  return [
    metric("kmesh_daemon_dns_names", names),
    metric("kmesh_daemon_dns_failing_names", failing),
    metric("kmesh_daemon_dns_unanswered_names", unanswered),
    metric("kmesh_daemon_dns_lookups_total", lookups),
    metric("kmesh_daemon_dns_failures_total", failures),
    metric("kmesh_daemon_dns_oldest_answer_seconds", oldestMs / 1000),
  ];
}

function controlPlane({ connection, kinds, streams }: XdsStatus): readonly Metric[] {
  const per = (pick: (kind: (typeof kinds)[keyof typeof kinds]) => number): readonly Sample[] =>
    Object.entries(kinds).map(([kind, status]) => ({ labels: { kind }, value: pick(status) }));
  return [
    metric("kmesh_daemon_xds_connected", Number(connection.kind === "connected")),
    metric("kmesh_daemon_xds_streams_total", streams),
    metric(
      "kmesh_daemon_xds_responses_total",
      per((kind) => kind.responses),
    ),
    metric(
      "kmesh_daemon_xds_acks_total",
      per((kind) => kind.acks),
    ),
    metric(
      "kmesh_daemon_xds_nacks_total",
      per((kind) => kind.nacks),
    ),
    metric(
      "kmesh_daemon_xds_held_bytes",
      per((kind) => kind.heldBytes),
    ),
    metric(
      "kmesh_daemon_xds_awaited",
      per((kind) => kind.awaited),
    ),
  ];
}

/** A kernel that can't be read costs its own metrics, not the scrape. */
function inKernel(read: () => KernelNumbers | undefined): readonly Metric[] {
  let numbers: KernelNumbers | undefined;
  try {
    numbers = read();
  } catch {
    return [metric("kmesh_daemon_kernel_readable", 0)];
  }
  if (!numbers) return [];
  const { tables, bytes, counters } = numbers;
  const per = (pick: (table: KernelNumbers["tables"][number]) => number, more: Readonly<Record<string, string>> = {}): readonly Sample[] =>
    tables.map((table) => ({ labels: { table: table.name, ...more }, value: pick(table) }));
  return [
    metric("kmesh_daemon_kernel_readable", 1),
    metric(
      "kmesh_daemon_table_records",
      per((table) => table.records),
    ),
    metric(
      "kmesh_daemon_table_limit",
      per((table) => table.limit),
    ),
    metric("kmesh_daemon_table_bytes", [
      ...per((table) => table.running, { use: "running" }),
      ...per((table) => table.spare, { use: "spare" }),
    ]),
    metric("kmesh_daemon_kernel_bytes", bytes),
    metric("kmesh_connections_total", byLabel("reason", counters)),
  ];
}

function metric(name: MetricName, samples: number | readonly Sample[]): Metric {
  const { type, help } = metricSpecs[name];
  return { name, type, help, samples: typeof samples === "number" ? [{ value: samples }] : samples };
}

function byLabel(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function objects({ shipped, memory, disk, compiled }: FollowStatus["numbers"]["objects"]): readonly Sample[] {
  return byLabel("from", { shipped, memory, disk, clang: compiled });
}

function histograms(label: string, timed: Readonly<Record<string, Timed>>): readonly Sample[] {
  return Object.entries(timed).flatMap(([name, each]) => histogram(each, { [label]: name }));
}

function histogram({ buckets, count, sum }: Timed, labels: Readonly<Record<string, string>> = {}): readonly Sample[] {
  let below = 0;
  const bounded = buckets.map((inBucket, i) => {
    below += inBucket;
    return { suffix: "_bucket", labels: { ...labels, le: String(bucketBounds[i]! / 1000) }, value: below };
  });
  return [
    ...bounded,
    { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
    { suffix: "_sum", labels, value: sum / 1000 },
    { suffix: "_count", labels, value: count },
  ];
}

function seconds(milliseconds: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(milliseconds).map(([name, value]) => [name, value / 1000]));
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
