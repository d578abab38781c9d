/**
 * `make bench-compile`: time per compiler stage on a synthetic mesh as a control plane would send it, from raw protobuf and from a
 * config_dump, beside JSON.parse of the same bytes; peak memory. clang is apart: it runs on a change of shape only.
 *
 * Each measurement is a process of its own (cold, as `kmesh-compile check` is), several rounds interleaved; the median is printed.
 * Usage: node --import tsx tools/bench/compile.ts [--services 1000,10000] [--rounds 3]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { configDump, encodeResponses } from "./encode.ts";
import { syntheticMesh } from "./synthetic-mesh.ts";

type Timing = Readonly<Record<string, number>>;

const { values } = parseArgs({
  options: { services: { type: "string", default: "1000,10000" }, rounds: { type: "string", default: "3" } },
});
const folder = mkdtempSync(join(tmpdir(), "bench-"));
try {
  for (const services of values.services.split(",").map(Number)) measureMesh(services);
} finally {
  rmSync(folder, { recursive: true });
}

function measureMesh(services: number): void {
  const mesh = syntheticMesh({ services, endpointsPerService: 10 });
  const files = encodeResponses(mesh);
  const protobuf = files.map((f) => {
    const path = join(folder, `${services}-${f.name}`);
    writeFileSync(path, f.bytes);
    return path;
  });
  const dump = join(folder, `${services}-config_dump.json`);
  writeFileSync(dump, configDump(mesh));
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(`\n${services} services x 10 endpoints: ${mesh.clusters.length} clusters, ${mesh.listeners.length} listeners`);
  console.log(`  protobuf ${mib(files.reduce((n, f) => n + f.bytes.length, 0))}, config_dump ${mib(readFileSync(dump).length)}`);
  const rounds: Record<string, Timing[]> = { protobuf: [], config_dump: [], "JSON.parse": [] };
  for (let i = 0; i < Number(values.rounds); i++) {
    rounds["protobuf"]!.push(runStages(protobuf));
    rounds["config_dump"]!.push(runStages([dump]));
    rounds["JSON.parse"]!.push(runStages([dump, "--parse-only"]));
  }
  const parse = median(rounds["JSON.parse"]!.map((t) => t["parse"]!));
  for (const input of ["protobuf", "config_dump"]) {
    const timings = rounds[input]!;
    const stages = Object.keys(timings[0]!).filter((k) => k !== "rss" && k !== "cpu");
    const words = stages.map((s) => `${s} ${median(timings.map((t) => t[s]!)).toFixed(0)} ms`);
    const total = median(timings.map((t) => stages.reduce((n, s) => n + t[s]!, 0)));
    const rss = median(timings.map((t) => t["rss"]!));
    console.log(
      `  ${input.padEnd(12)} ${words.join(", ")}; total ${total.toFixed(0)} ms = ${(total / parse).toFixed(2)} x JSON.parse; peak RSS ${mib(rss)}`,
    );
  }
  console.log(
    `  JSON.parse of the config_dump ${parse.toFixed(0)} ms; peak RSS ${mib(median(rounds["JSON.parse"]!.map((t) => t["rss"]!)))}`,
  );
}

function runStages(args: readonly string[]): Timing {
  const script = fileURLToPath(new URL("./compile-stages.mjs", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Timing;
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[list.length >> 1]!;
}
