import { type Diagnostic, escapeControl } from "../../../compiler/diag/index.ts";
import { openKernel } from "../../kernel/index.ts";
import { readStatus, type Status } from "../../status/index.ts";
import type { XdsConnection } from "../../xds/index.ts";
import type { DaemonStatus } from "../daemon-status.ts";
import { exit, printJson } from "../main.ts";
import { cgroupPath } from "./cgroup-path.ts";
import { daemonAt } from "./daemon.ts";
import { ctlOptions, note } from "./options.ts";
import { columns } from "./table.ts";

/** `status`: the daemon and what is in the kernel; without a daemon the kernel alone. JSON: {daemon, kernel}, either may be null. */
export async function status(args: string[]): Promise<number> {
  const { admin, pin, pinsOnly, output } = ctlOptions("status", args, 0);
  let daemon: Omit<DaemonStatus, "kernel"> | undefined;
  let kernel: Status | null | undefined;
  if (!pinsOnly) {
    const at = daemonAt(admin);
    const text = await at.get("/debug/status");
    if (text === undefined) note(`no daemon answers at ${at.where}; this is what is pinned in ${pin}`);
    else ({ kernel, ...daemon } = JSON.parse(text) as DaemonStatus);
  }
  // Null: the daemon says that there is nothing.
  if (kernel === undefined) kernel = readStatus(openKernel(), pin);
  if (output === "json") printJson({ daemon: daemon ?? null, kernel });
  else
    process.stdout.write(
      // A control plane's name and its errors are as it sent them.
      [...(daemon ? daemonLines(daemon) : []), ...(kernel ? kernelLines(kernel) : [])].map((line) => `${escapeControl(line)}\n`).join(""),
    );
  return exit.fine;
}

function daemonLines({
  version,
  pid,
  uptime,
  notReady,
  follow,
  controlPlane,
  snapshot,
  kernelProblem,
}: Omit<DaemonStatus, "kernel">): readonly string[] {
  const { resources, numbers, behind, building, problem } = follow;
  const counts = Object.entries(resources).map(([kind, count]) => `${count} ${kind}s`);
  const rejected = Object.values(numbers.rejected).reduce((sum, count) => sum + count, 0);
  return [
    `daemon: ${version}, pid ${pid}, up ${uptime} s, ${notReady === "" ? "ready" : `not ready: ${notReady}`}${building ? ", building" : ""}`,
    ...(controlPlane ? controlPlaneLines(controlPlane, uptime) : []),
    ...(snapshot ? [`snapshot: ${snapshot.file}`, ...(snapshot.problem ? problemLines("  not taken", snapshot.problem) : [])] : []),
    `accepted: ${counts.join(", ")}; rejected so far: ${rejected}; failures so far: ${numbers.failures}`,
    ...(behind ? ["behind: something accepted is not in the kernel yet"] : []),
    ...(problem ? problemLines("last failure", problem) : []),
    ...(kernelProblem === undefined ? [] : [`the kernel could not be read: ${kernelProblem}`]),
  ];
}

function problemLines(what: string, { code, path, message, hint }: Diagnostic): readonly string[] {
  return [`${what}: ${code} ${path}: ${message}`, ...(hint ? [`  hint: ${hint}`] : [])];
}

/** @param uptime seconds of the daemon's life, which its own times count, too */
function controlPlaneLines(
  { connection, since, streams, controlPlane, kinds }: NonNullable<DaemonStatus["controlPlane"]>,
  uptime: number,
): readonly string[] {
  const sum = (pick: (kind: (typeof kinds)[keyof typeof kinds]) => number): number =>
    Object.values(kinds).reduce((total, kind) => total + pick(kind), 0);
  const who = controlPlane === "" ? "" : ` to ${controlPlane.slice(0, 200)}`;
  return [
    `control plane: ${connection.kind}${who}; ${streams} streams, ${sum((k) => k.responses)} responses, ${sum((k) => k.acks)} ACKs, ${sum((k) => k.nacks)} NACKs`,
    ...(connection.kind === "waiting" ? waitingLines(connection, (since + connection.retryMs) / 1000 - uptime) : []),
  ];
}

function waitingLines(
  { problem: { code, message, hint } }: Extract<XdsConnection, { readonly kind: "waiting" }>,
  seconds: number,
): readonly string[] {
  return [`  ${code} ${message}`, ...(hint ? [`  hint: ${hint}`] : []), `  next attempt within ${Math.max(1, Math.ceil(seconds))} s`];
}

/** Of a cgroup's id: its folder, if it can be seen from here. */
function nameCgroup(id: string): string {
  if (id === "gone") return "that is gone";
  const path = cgroupPath(id);
  return path === undefined ? `id ${id}` : `${path} (id ${id})`;
}

function kernelLines({ generation, shape, services, programs, bytes, tables, counters }: Status): readonly string[] {
  const { listeners, clusters, endpoints } = services;
  /** All hooks of a set are on one. */
  const cgroups = new Map([...new Set(programs.map(({ cgroup }) => cgroup))].map((id) => [id, nameCgroup(id)]));
  const ranked = Object.entries(counters).map(([reason, count]) => [`  ${reason}`, count] as const);
  return [
    `generation ${generation}, shape ${shape.slice(0, 12)}`,
    `${listeners} listeners, ${clusters} clusters, ${endpoints} endpoints`,
    "programs:",
    ...programs.map(({ hook, program, id, cgroup, runs, nanoseconds }) => {
      const cost = runs === undefined ? "" : `, ${runs} runs of ${nanoseconds} ns`;
      return `  ${hook}: ${program} (id ${id}) on cgroup ${cgroups.get(cgroup)}${cost}`;
    }),
    `memory: ${kib(bytes)}`,
    ...linesOf(
      columns(
        ["  TABLE", "RECORDS", "LIMIT", "RUNNING", "SPARE"],
        tables
          .filter(({ running, spare }) => running + spare > 0)
          .map(({ name, records, limit, running, spare }) => [`  ${name}`, records, limit, kib(running), kib(spare)]),
      ),
    ),
    ...(ranked.length === 0 ? ["connections: none yet"] : ["connections:", ...linesOf(columns(["  REASON", "COUNT"], ranked))]),
  ];
}

function linesOf(text: string): readonly string[] {
  return text.trimEnd().split("\n");
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
