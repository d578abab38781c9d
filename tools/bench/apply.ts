/**
 * `make bench-apply`: a full apply of 100,000 endpoints, and the change of one endpoint in meshes of several sizes: from the bytes of the
 * new ClusterLoadAssignment in hand to a connect() that lands there.
 *
 * Usage: node --import tsx tools/bench/apply.ts [--services 100,1000,10000] [--changes 300] [--rounds 5] (root)
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Bundle } from "../../compiler/bundle/format.ts";
import { detach, openSession, type Session } from "../../runtime/apply/index.ts";
import { readStatus } from "../../runtime/status/index.ts";
import { enterCgroup, kernel, whyNot, withBpfFolder, withCgroup, withNamespace } from "../../test/kernel/harness.ts";
import { meshBundle, meshModel } from "../../test/kernel/mesh.ts";
import { openListener, round } from "./connector.ts";
import { openChanges } from "./endpoint-change.ts";
import { inNamespace } from "./namespace.ts";
import { median, printTable, quantile } from "./print.ts";
import { benchMesh, ENDPOINTS } from "./tcp-mesh.ts";

const { values } = parseArgs({
  options: {
    services: { type: "string", default: "100,1000,10000" },
    changes: { type: "string", default: "300" },
    rounds: { type: "string", default: "5" },
  },
});
const sizes = values.services.split(",").map(Number);
const changes = Number(values.changes);
const rounds = Number(values.rounds);
/** As kmesh-daemon runs: a first apply waits for a grace period per table, side by side. */
const THREADS = "16";

const reason = whyNot();
if (reason) console.log(`SKIPPED 1 bench-apply: ${reason}`);
else if (process.env["UV_THREADPOOL_SIZE"] !== THREADS) again();
else await withBpfFolder((bpf) => withCgroup((cgroup) => withNamespace([], (namespace) => main(bpf, cgroup, namespace))));

/** Node reads the number of threads when it starts. */
function again(): void {
  const args = ["--import", "tsx", fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exitCode =
    spawnSync(process.execPath, args, { stdio: "inherit", env: { ...process.env, UV_THREADPOOL_SIZE: THREADS } }).status ?? 1;
}

async function main(bpf: string, cgroup: string, namespace: string): Promise<void> {
  const home = `/sys/fs/cgroup${cgroup.startsWith("/sys/fs/cgroup/unified") ? "/unified" : ""}`;
  await fullApplies(`${bpf}/full`, cgroup);
  enterCgroup(cgroup, process.pid);
  try {
    await inNamespace(namespace, () => oneEndpoint(bpf, cgroup));
  } finally {
    enterCgroup(home, process.pid);
  }
}

async function fullApplies(pins: string, cgroup: string): Promise<void> {
  const services = Math.max(...sizes);
  const one = await meshBundle(benchMesh(services));
  const two = await meshBundle(benchMesh(services, 1));
  const bytes = [...one.tables.values()].flat().reduce((sum, part) => sum + part.length, 0);
  const rows: Record<string, number[][]> = { "first apply": [], "next generation, arrays made": [], "next generation, arrays there": [] };
  const note = async (name: string, session: Session, bundle: Bundle): Promise<void> => {
    const { timing } = await session.apply(bundle, cgroup);
    rows[name]!.push([timing.plan, timing.load, timing.publish, timing.attach]);
    await session.settle();
  };
  let perEndpoint = 0;
  for (let i = 0; i < rounds; i++) {
    const session = openSession(kernel(), pins);
    await note("first apply", session, one);
    const status = readStatus(kernel(), pins);
    perEndpoint = status.tables.reduce((sum, table) => sum + table.running, 0) / status.services.endpoints;
    await note("next generation, arrays made", session, two);
    await note("next generation, arrays there", session, one);
    session.close();
    detach(kernel(), pins);
  }
  console.log(
    `full apply: ${services} services, ${services * ENDPOINTS} endpoints, ${(bytes / 2 ** 20).toFixed(1)} MiB of tables, ${perEndpoint.toFixed(1)} bytes of kernel memory per endpoint; medians of ${rounds}, ms`,
  );
  printTable([
    ["", "plan", "load programs", "write and publish", "attach"],
    ...Object.entries(rows).map(([name, list]) => [name, ...[0, 1, 2, 3].map((part) => median(list.map((row) => row[part]!)).toFixed(1))]),
  ]);
}

async function oneEndpoint(bpf: string, cgroup: string): Promise<void> {
  const listener = openListener();
  const rows: string[][] = [["services", "decode", "compile", "publish", "connect()", "all, median", "p99", "of the smallest mesh"]];
  const medians: number[] = [];
  for (const services of sizes) {
    const words = benchMesh(services);
    const pins = `${bpf}/change_${services}`;
    const model = meshModel({
      clusters: { ...words.clusters, probe: ["127.0.0.1:1"] },
      services: { ...words.services, "10.255.0.1:80": "probe" },
    });
    const session = openSession(kernel(), pins);
    await session.apply(
      await meshBundle({
        clusters: { ...words.clusters, probe: ["127.0.0.1:1"] },
        services: { ...words.services, "10.255.0.1:80": "probe" },
      }),
      cgroup,
    );
    const next = openChanges(model, "probe");
    const parts: number[][] = [];
    for (let i = 0; i < changes; i++) {
      const ip = 0x7f00_0002 + (i % 200);
      const change = next.resource(ip);
      const laps = [performance.now()];
      const assignment = next.decode(change);
      laps.push(performance.now());
      const compiled = next.compile(assignment);
      laps.push(performance.now());
      const { kind } = await session.applyRun({ cluster: next.cluster, ...compiled });
      laps.push(performance.now());
      const { landed } = round(listener, { targets: [[0x0aff_0001, 80]], count: 1 });
      laps.push(performance.now());
      if (kind !== "cell" || landed !== ip)
        throw new Error(`change ${i}: ${kind}, landed at ${landed.toString(16)}, not ${ip.toString(16)}`);
      parts.push(laps.slice(1).map((lap, part) => lap - laps[part]!));
    }
    const warm = parts.slice(Math.min(20, parts.length >> 1));
    const all = warm.map((part) => part.reduce((a, b) => a + b, 0));
    medians.push(median(all));
    rows.push([
      String(services),
      ...[0, 1, 2, 3].map((part) => median(warm.map((p) => p[part]!)).toFixed(3)),
      median(all).toFixed(3),
      quantile(all, 0.99).toFixed(3),
      (median(all) / medians[0]!).toFixed(2),
    ]);
    await session.settle();
    session.close();
    detach(kernel(), pins);
  }
  console.log("\none endpoint changes, ms: from the bytes of its ClusterLoadAssignment to a connection that lands at the new endpoint");
  printTable(rows);
}
