/**
 * `make bench-churn`: `kmesh-daemon run` follows a control plane over gRPC in meshes of several sizes. One endpoint changes a hundred times a
 * second for a minute: from the response on the daemon's socket to a connection that lands at the new endpoint. Weights are shifted by RDS, with
 * every cluster and listener sent again, as istiod does. Endpoints change as fast as the daemon acknowledges. And what the daemon uses meanwhile.
 *
 * Usage: node --import tsx tools/bench/churn.ts [--services 100,1000,10000] [--seconds 60] [--shifts 20] [--mode sotw|delta] (root; dist/ is built)
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { detach } from "../../runtime/apply/index.ts";
import { type Daemon, startDaemon } from "../../test/kernel/daemon.ts";
import { kernel, whyNot, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "../../test/kernel/harness.ts";
import { flapped, flappedAt, split } from "./churn/mesh.ts";
import { type PlaneProcess, startPlane, startWatcher, type Watcher } from "./churn/processes.ts";
import { median, printTable, quantile } from "./print.ts";
import { type Memory, readCpu, readCpuWait, readMemory } from "./process-usage.ts";

const { values } = parseArgs({
  options: {
    services: { type: "string", default: "100,1000,10000" },
    seconds: { type: "string", default: "60" },
    shifts: { type: "string", default: "20" },
    mode: { type: "string", default: "sotw" },
  },
});
const sizes = values.services.split(",").map(Number);
const flaps = Number(values.seconds) * 100;
const shifts = Number(values.shifts);
const FLAP_MS = 10;
const BURST = { clusters: 50, ms: 5000 };
const IDLE_MS = 10_000;

/** What one size of mesh came to; times in milliseconds. */
interface Result {
  readonly services: number;
  readonly first: number;
  /** From the response to the connection, of each change that was seen. */
  readonly flaps: readonly number[];
  readonly unseen: number;
  readonly shifts: readonly number[];
  readonly perSecond: number;
  readonly idle: Share;
  readonly flapping: Share;
  readonly atFirst: Memory;
  readonly atEnd: Memory;
}

/** Of one CPU. */
interface Share {
  readonly cpu: number;
  readonly waited: number;
}

const reason = whyNot();
if (reason) console.log(`SKIPPED 1 bench-churn: ${reason}`);
else {
  const results: Result[] = [];
  for (const services of sizes) results.push(await measure(services));
  print(results);
}

function measure(services: number): Promise<Result> {
  return withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder((folder) =>
        withNamespace([], async (namespace) => {
          const pins = `${bpf}/kmesh`;
          const plane = await startPlane(services);
          const watcher = await startWatcher(namespace, cgroup);
          const args = ["--cgroup", cgroup, "--pin", pins, "--xds", plane.address, "--xds-mode", values.mode];
          const started = performance.now();
          const daemon = startDaemon(folder, args, { ...process.env, XDS_PLAINTEXT: "true" }, ["dist/runtime/cli/daemon.js"]);
          try {
            await daemon.ready(120_000);
            const first = performance.now() - started;
            const churned = await churn(daemon, plane, watcher);
            await daemon.end("SIGTERM");
            detach(kernel(), pins);
            return { services, first, ...churned };
          } finally {
            await daemon.kill();
            await Promise.all([plane.end(), watcher.end()]);
          }
        }),
      ),
    ),
  );
}

async function churn(daemon: Daemon, plane: PlaneProcess, watcher: Watcher): Promise<Omit<Result, "services" | "first">> {
  // What the first generation leaves to be done: it is persisted, other threads end.
  await pause(5000);
  const atFirst = readMemory(daemon.pid);
  const idleShare = shareSince(daemon.pid);
  await pause(IDLE_MS);
  const idle = idleShare();

  const flappingShare = shareSince(daemon.pid);
  const { times, unseen } = await flapping(plane, watcher);
  const whileFlapping = flappingShare();

  const shifted = await shifting(plane, watcher);
  watcher.watch("rest");
  const answer = await plane.ask({ kind: "burst", ...BURST });
  if (answer.kind !== "burst" || answer.rejected > 0) throw new Error(`a burst ended with ${JSON.stringify(answer)}`);
  return {
    flaps: times,
    unseen,
    shifts: shifted,
    perSecond: (answer.acknowledged * 1000) / answer.ms,
    idle,
    flapping: whileFlapping,
    atFirst,
    atEnd: readMemory(daemon.pid),
  };
}

async function flapping(plane: PlaneProcess, watcher: Watcher): Promise<{ readonly times: readonly number[]; readonly unseen: number }> {
  watcher.watch([ipOf(flapped.address), flapped.port]);
  const last = watcher.next(ipOf(flappedAt(flaps - 1)));
  const sent = await plane.ask({ kind: "flap", count: flaps, everyMs: FLAP_MS });
  if (sent.kind !== "sent") throw new Error(`a flap was answered by ${sent.kind}`);
  await last;
  const seen = new Map(watcher.landings.map(({ at, seenAt }) => [at, seenAt]));
  if (seen.has(0)) throw new Error("connections failed");
  const times = sent.at.flatMap((at, n) => {
    const seenAt = seen.get(ipOf(flappedAt(n)));
    return seenAt === undefined ? [] : [milliseconds(seenAt - at)];
  });
  return { times, unseen: flaps - times.length };
}

async function shifting(plane: PlaneProcess, watcher: Watcher): Promise<readonly number[]> {
  watcher.watch([ipOf(split.address), split.port]);
  await watcher.next(ipOf(split.left));
  const times: number[] = [];
  for (let n = 0; n < shifts; n++) {
    const side = n % 2 === 0 ? "right" : "left";
    const landing = watcher.next(ipOf(split[side]));
    const sent = await plane.ask({ kind: "shift", side });
    if (sent.kind !== "sent") throw new Error(`a shift was answered by ${sent.kind}`);
    times.push(milliseconds((await landing).seenAt - sent.at[0]!));
  }
  return times;
}

function print(results: readonly Result[]): void {
  const base = results[0]!;
  const ratio = (of: (result: Result) => number, result: Result): string => (of(result) / of(base)).toFixed(2);
  const flapMedian = ({ flaps }: Result): number => median(flaps);
  const shiftMedian = ({ shifts }: Result): number => median(shifts);
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
  console.log(
    `\none endpoint changes 100 times a second for ${values.seconds} s, ms: from the response on the socket to a connection that lands there`,
  );
  printTable([
    ["services", "median", "p99", "max", "of the smallest mesh", "not seen", "daemon's CPU", "waited for a CPU"],
    ...results.map((r) => [
      String(r.services),
      median(r.flaps).toFixed(3),
      quantile(r.flaps, 0.99).toFixed(3),
      Math.max(...r.flaps).toFixed(1),
      ratio(flapMedian, r),
      String(r.unseen),
      percent(r.flapping.cpu),
      percent(r.flapping.waited),
    ]),
  ]);
  console.log(
    "\nweights change by RDS, every cluster and listener is sent again, ms: from the last response on the socket to a connection",
  );
  printTable([
    ["services", "median", "p99", "of the smallest mesh"],
    ...results.map((r) => [String(r.services), median(r.shifts).toFixed(0), quantile(r.shifts, 0.99).toFixed(0), ratio(shiftMedian, r)]),
  ]);
  console.log("\nthe daemon");
  printTable([
    ["services", "first generation, s", "changes/s sustained", "idle CPU", "RSS at first, MiB", "after the churn", "peak"],
    ...results.map((r) => [
      String(r.services),
      (r.first / 1000).toFixed(1),
      r.perSecond.toFixed(0),
      percent(r.idle.cpu),
      r.atFirst.rss.toFixed(0),
      r.atEnd.rss.toFixed(0),
      r.atEnd.peak.toFixed(0),
    ]),
  ]);
}

/** Of the time from now until the result is called. */
function shareSince(pid: number): () => Share {
  const [start, cpu, waited] = [performance.now(), readCpu(pid), readCpuWait(pid)];
  return () => {
    const ms = performance.now() - start;
    return { cpu: (readCpu(pid) - cpu) / ms, waited: (readCpuWait(pid) - waited) / ms };
  };
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}

function ipOf(text: string): number {
  return text.split(".").reduce((ip, part) => ip * 256 + Number(part), 0);
}
