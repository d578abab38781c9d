/**
 * `make bench-start`: how long a daemon takes from its process' start to the first applied generation of a large mesh, and what memory it
 * holds then. The mesh is served as istiod does over gRPC (state of the world, one response a type) to the daemon as shipped (dist/), with
 * an empty state folder, in a throw-away cgroup and BPF file system.
 *
 * Beside it, in each round, what a process costs that only reads the same mesh: JSON.parse of its config_dump, by Node alone. Several builds
 * are measured in turns: --dist OLD/dist,dist. The control plane runs on the same CPUs: what it takes of them is told.
 *
 * Usage: node --import tsx tools/bench/start.ts [--services 1000,10000] [--rounds 3] [--dist dist,...] (root)
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { packageRoot } from "../../compiler/package-root.ts";
import { detach } from "../../runtime/apply/index.ts";
import { type Daemon, startDaemon } from "../../test/kernel/daemon.ts";
import { kernel, whyNot, withBpfFolder, withCgroup, withTempFolder } from "../../test/kernel/harness.ts";
import { configDump, encodeResponses } from "./encode.ts";
import { median, printTable } from "./print.ts";
import { type Memory, readCpu, readMemory, readThreads } from "./process-usage.ts";
import { type MeshServer, serveMesh } from "./serve-mesh.ts";
import { syntheticMesh } from "./synthetic-mesh.ts";

const ENDPOINTS = 10;

const { values } = parseArgs({
  options: {
    services: { type: "string", default: "1000,10000" },
    rounds: { type: "string", default: "3" },
    dist: { type: "string", default: join(packageRoot, "dist") },
  },
});

const reason = whyNot();
if (reason !== undefined) console.log(`SKIPPED 1 bench-start: ${reason}`);
else for (const services of values.services.split(",").map(Number)) await measureMesh(services);

interface Round {
  /** Milliseconds, in the order in which they pass. */
  readonly phases: Readonly<Record<string, number>>;
  readonly total: number;
  /** Of all threads, until the apply; milliseconds. */
  readonly cpu: number;
  /** As readThreads. */
  readonly threads: readonly number[];
  /** Of the control plane, until the apply; milliseconds. */
  readonly server: number;
  readonly applied: Memory;
  readonly idle: Memory;
  /** Of a process that parses the config_dump. */
  readonly parse: { readonly ms: number; readonly cpu: number; readonly rss: number };
}

async function measureMesh(services: number): Promise<void> {
  const mesh = syntheticMesh({ services, endpointsPerService: ENDPOINTS });
  const responses = encodeResponses(mesh);
  const builds = values.dist.split(",").map((dist) => ({ dist, rounds: [] as Round[] }));
  await withTempFolder(async (folder) => {
    const dump = join(folder, "config_dump.json");
    writeFileSync(dump, configDump(mesh));
    const server = await serveMesh(responsesByKind(responses));
    try {
      for (let i = 0; i < Number(values.rounds); i++)
        for (const { dist, rounds } of builds) rounds.push({ ...(await coldStart(dist, server)), parse: parseOnly(dump) });
    } finally {
      server.close();
    }
  });
  const bytes = responses.reduce((sum, file) => sum + file.bytes.length, 0);
  for (const { dist, rounds } of builds)
    print(`${services} services x ${ENDPOINTS} endpoints, ${mib(bytes)} MiB of protobuf${builds.length > 1 ? `, ${dist}` : ""}`, rounds);
}

function responsesByKind(files: ReturnType<typeof encodeResponses>): Parameters<typeof serveMesh>[0] {
  const [cluster, endpoint, listener, route] = files.map(({ bytes }) => bytes);
  return { cluster: cluster!, endpoint: endpoint!, listener: listener!, route: route! };
}

function coldStart(dist: string, server: MeshServer): Promise<Omit<Round, "parse">> {
  return withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const pins = `${bpf}/kmesh`;
        const env = { ...process.env, XDS_PLAINTEXT: "true" };
        const before = process.cpuUsage();
        const started = Date.now();
        const args = ["--cgroup", cgroup, "--pin", pins, "--xds", server.address, "--log-level", "debug"];
        const daemon = startDaemon(folder, args, env, [join(dist, "runtime/cli/daemon.js")]);
        try {
          const applied = await line(daemon, "applied");
          const memory = readMemory(daemon.pid);
          const cpu = readCpu(daemon.pid);
          const threads = readThreads(daemon.pid);
          const { user, system } = process.cpuUsage(before);
          const phases = phasesOf(daemon.log, started, applied);
          // What is put off until after the first generation: warming up, persisting.
          await new Promise((resolve) => setTimeout(resolve, 3000));
          const idle = readMemory(daemon.pid);
          await daemon.end("SIGTERM");
          detach(kernel(), pins);
          const total = Date.parse(String(applied["time"])) - started;
          return { phases, total, cpu, threads, server: (user + system) / 1000, applied: memory, idle };
        } finally {
          await daemon.kill();
        }
      }),
    ),
  );
}

type Line = Readonly<Record<string, unknown>>;

async function line(daemon: Daemon, msg: string): Promise<Line> {
  for (;;) {
    const found = daemon.log.find((entry) => entry["msg"] === msg);
    if (found) return found;
    const failed = daemon.log.find(({ level }) => level === "error");
    if (failed) throw new Error(JSON.stringify(failed));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Of the log: each line says when its phase was over, and the last one what the build took. */
function phasesOf(log: readonly Line[], started: number, applied: Line): Round["phases"] {
  const at = (fits: (entry: Line) => boolean): number => Date.parse(String(log.findLast(fits)!["time"]));
  const following = at(({ msg }) => msg === "following a control plane");
  const connected = at(({ msg }) => msg === "connected");
  const received = at(({ msg }) => msg === "update");
  const { decode, resolve, tables, programs } = applied["build"] as Record<string, number>;
  const apply = applied["applyMs"] as number;
  const built = [decode!, resolve!, tables!, programs!].reduce((a, b) => a + b, 0);
  return {
    "process start": following - started,
    connect: connected - following,
    "xDS received": received - connected,
    // Waiting for others, and what the worker is given and gives.
    "hand over": Date.parse(String(applied["time"])) - received - built - apply,
    decode: decode!,
    resolve: resolve!,
    "lower+layout": tables!,
    programs: programs!,
    // Whichever takes longer.
    "apply beside proof": apply,
  };
}

function parseOnly(dump: string): Round["parse"] {
  const script = fileURLToPath(new URL("./compile-stages.mjs", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, dump, "--parse-only"], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const { parse, cpu, rss } = JSON.parse(stdout) as Readonly<Record<string, number>>;
  return { ms: parse!, cpu: cpu!, rss: rss! / 2 ** 20 };
}

function print(title: string, rounds: readonly Round[]): void {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  const total = of((round) => round.total);
  console.log(`\n${title}; medians of ${rounds.length} cold starts, ms`);
  printTable([
    ["phase", "ms", "share"],
    ...Object.keys(rounds[0]!.phases).map((name) => {
      const ms = of(({ phases }) => phases[name]!);
      return [name, ms.toFixed(0), `${((100 * ms) / total).toFixed(0)}%`];
    }),
    ["process start to applied", total.toFixed(0), ""],
  ]);
  const parse = of((round) => round.parse.ms);
  console.log(`JSON.parse of the config_dump ${parse.toFixed(0)} ms: the start is ${(total / parse).toFixed(1)} times that`);
  const [cpu, parseCpu] = [of((round) => round.cpu), of((round) => round.parse.cpu)];
  console.log(
    `CPU ${cpu.toFixed(0)} ms, of JSON.parse with its process ${parseCpu.toFixed(0)} ms: ${(cpu / parseCpu).toFixed(1)} times that`,
  );
  const [main, worker] = [0, 1].map((thread) => of(({ threads }) => threads[thread]!).toFixed(0));
  const others = of(({ threads }) => threads.slice(2).reduce((a, b) => a + b, 0)).toFixed(0);
  const server = of((round) => round.server).toFixed(0);
  console.log(
    `main thread ${main}, compiling thread ${worker}, others (V8's compilers and collectors) ${others}, control plane ${server} ms`,
  );
  const row = (name: string, pick: (round: Round) => Memory): string[] => [
    name,
    ...(["rss", "peak", "anonymous", "file", "shared"] as const).map((key) => of((round) => pick(round)[key]).toFixed(0)),
  ];
  printTable([
    ["memory, MiB", "RSS", "peak", "anonymous", "of files", "shared"],
    row("applied", ({ applied }) => applied),
    row("3 s later", ({ idle }) => idle),
    ["JSON.parse alone", "", of(({ parse }) => parse.rss).toFixed(0), "", "", ""],
  ]);
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
