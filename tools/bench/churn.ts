/**
 * `make bench-churn`: `kmesh-daemon run` follows a control plane over gRPC in meshes of several sizes. Weights are shifted by RDS, with every
 * cluster and listener sent again, as istiod does. Endpoints change as fast as the daemon acknowledges. Then, in a daemon that has seen all
 * that, one endpoint changes a hundred times a second: from the response on the daemon's socket to a connection that lands at the new endpoint.
 * And what the daemon uses meanwhile. While one endpoint changes the daemon has a CPU, and what it is measured by has another. "gRPC alone" is
 * what the same responses cost a client that only stores one word for each: what no daemon on this machine can do faster. Progress goes to
 * stderr; it takes some five minutes.
 *
 * Usage: node --import tsx tools/bench/churn.ts [--services 100,1000,10000] [--seconds 30] [--shifts 10] [--mode sotw|delta] (root; dist/ is built)
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { detach } from "../../runtime/apply/index.ts";
import { type Daemon, startDaemon } from "../../test/kernel/daemon.ts";
import { kernel, whyNot, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "../../test/kernel/harness.ts";
import { bind, cpus, inNamespace, measureFloor, type PlaneProcess, startPlane } from "./churn/processes.ts";
import { median, printTable, quantile } from "./print.ts";
import { type Memory, readCpu, readCpuWait, readMemory } from "./process-usage.ts";

const { values } = parseArgs({
  options: {
    services: { type: "string", default: "100,1000,10000" },
    seconds: { type: "string", default: "30" },
    shifts: { type: "string", default: "10" },
    mode: { type: "string", default: "sotw" },
  },
});
const sizes = values.services.split(",").map(Number);
const flaps = Number(values.seconds) * 100;
const shifts = Number(values.shifts);
const FLAP_MS = 10;
const FLOOR_FLAPS = 1000;
const BURST = { clusters: 50, ms: 5000 };
const SETTLING_MS = 12_000;
const IDLE_MS = 10_000;

/** What one size of mesh came to; times in milliseconds. */
interface Result {
  readonly services: number;
  readonly first: number;
  /** From the response to the connection, of each change that was seen. */
  readonly flaps: readonly number[];
  readonly overtaken: number;
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
  console.error("gRPC alone");
  const floor = await measureFloor(FLOOR_FLAPS, FLAP_MS);
  const results: Result[] = [];
  for (const services of sizes) results.push(await measure(services));
  print(floor, results);
}

function measure(services: number): Promise<Result> {
  const tell = (what: string): void => console.error(`${services} services, ${(performance.now() / 1000).toFixed(0)} s: ${what}`);
  return withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder((folder) =>
        withNamespace([], async (namespace) => {
          const pins = `${bpf}/kmesh`;
          tell("the mesh is made");
          const plane = await startPlane(services, namespace, cgroup);
          tell("the daemon starts");
          const args = ["--cgroup", cgroup, "--pin", pins, "--xds", plane.address, "--xds-mode", values.mode];
          const command = [...inNamespace(namespace), "dist/runtime/cli/daemon.js"];
          const started = performance.now();
          const daemon = startDaemon(folder, args, { ...process.env, XDS_PLAINTEXT: "true" }, command);
          try {
            await daemon.ready(120_000);
            const first = performance.now() - started;
            const churned = await churn(daemon, plane, tell);
            await daemon.end("SIGTERM");
            detach(kernel(), pins);
            return { services, first, ...churned };
          } finally {
            await daemon.kill();
            await plane.end();
          }
        }),
      ),
    ),
  );
}

async function churn(daemon: Daemon, plane: PlaneProcess, tell: (what: string) => void): Promise<Omit<Result, "services" | "first">> {
  // What the first generation leaves to be done: it is persisted, other threads end; where nothing has happened for 8 s, the engine collects.
  await pause(SETTLING_MS);
  const atFirst = readMemory(daemon.pid);
  tell("idle");
  const idleShare = shareSince(daemon.pid);
  await pause(IDLE_MS);
  const idle = idleShare();

  tell("weights change");
  const shifted: number[] = [];
  for (let n = 0; n < shifts; n++) {
    const seen = await plane.ask({ kind: "shift", side: n % 2 === 0 ? "right" : "left" }, "seen");
    shifted.push(...seen.times);
  }
  tell("endpoints change as fast as they are acknowledged");
  const burst = await plane.ask({ kind: "burst", ...BURST }, "burst");

  tell("one endpoint changes");
  const { daemon: own, others } = cpus();
  bind(daemon.pid, own);
  bind(plane.pid, others);
  const flappingShare = shareSince(daemon.pid);
  const { times, overtaken } = await plane.ask({ kind: "flap", count: flaps, everyMs: FLAP_MS }, "seen");
  const whileFlapping = flappingShare();
  return {
    flaps: times,
    overtaken,
    shifts: shifted,
    perSecond: (burst.acknowledged * 1000) / burst.ms,
    idle,
    flapping: whileFlapping,
    atFirst,
    atEnd: readMemory(daemon.pid),
  };
}

function print(floor: readonly number[], results: readonly Result[]): void {
  const base = results[0]!;
  const ratio = (of: (result: Result) => number, result: Result): string => (of(result) / of(base)).toFixed(2);
  const flapMedian = ({ flaps }: Result): number => median(flaps);
  const shiftMedian = ({ shifts }: Result): number => median(shifts);
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
  console.log(
    `\none endpoint changes 100 times a second for ${values.seconds} s, ms: from the response on the socket to a connection that lands there`,
  );
  printTable([
    ["services", "median", "p99", "max", "of the smallest mesh", "overtaken", "daemon's CPU", "waited for a CPU"],
    ["gRPC alone", ...[median(floor), quantile(floor, 0.99)].map((ms) => ms.toFixed(3)), Math.max(...floor).toFixed(1), "", "", "", ""],
    ...results.map((r) => [
      String(r.services),
      median(r.flaps).toFixed(3),
      quantile(r.flaps, 0.99).toFixed(3),
      Math.max(...r.flaps).toFixed(1),
      ratio(flapMedian, r),
      String(r.overtaken),
      percent(r.flapping.cpu),
      percent(r.flapping.waited),
    ]),
  ]);
  if (shifts > 0) {
    console.log(
      "\nweights change by RDS, every cluster and listener is sent again, ms: from the last response on the socket to a connection",
    );
    printTable([
      ["services", "median", "p99", "of the smallest mesh"],
      ...results.map((r) => [String(r.services), median(r.shifts).toFixed(0), quantile(r.shifts, 0.99).toFixed(0), ratio(shiftMedian, r)]),
    ]);
  }
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
