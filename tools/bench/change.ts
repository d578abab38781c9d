/**
 * `make bench-change`: what a structural change costs the builder of the daemon, at several sizes of mesh: from the bytes of the changed
 * resources to what the owner of the kernel is handed. A change of k resources should cost work for k, whatever the mesh.
 *
 * Sizes take turns in one process; medians are printed, with the ratio to the smallest mesh and to the compile of the whole mesh.
 * Usage: node --import tsx tools/bench/change.ts [--services 100,1000,10000] [--rounds 9]
 */
import { parseArgs } from "node:util";
import { createDecoder, readRawResources, type XdsRawResource } from "../../compiler/decode/index.ts";
import { Collector } from "../../compiler/diag/index.ts";
import { createReceiver, createSender } from "../../runtime/follow/hand-over.ts";
import { createLocalBuilder } from "../../runtime/follow/local-builder.ts";
import type { Builder, Change } from "../../runtime/follow/types.ts";
import { collectOnce } from "../../runtime/heap/index.ts";
import { encodeResponses } from "./encode.ts";
import { median, printTable } from "./print.ts";
import { extraService, type Mesh, oneTable, syntheticMesh } from "./synthetic-mesh.ts";

const { values } = parseArgs({
  options: { services: { type: "string", default: "100,1000,10000" }, rounds: { type: "string", default: "9" } },
});
const sizes = values.services.split(",").map(Number);
const rounds = Number(values.rounds);
const empty: Mesh = { clusters: [], endpoints: [], listeners: [], routes: [] };

/** Milliseconds by stage. */
type Timing = Readonly<Record<string, number>>;

/** A builder and what lies between it and the owner of the kernel. */
interface Daemon {
  readonly builder: Builder;
  readonly send: ReturnType<typeof createSender>;
  readonly receive: ReturnType<typeof createReceiver>;
}

interface Bench {
  readonly services: number;
  readonly daemon: Daemon;
  readonly whole: Timing;
  readonly changes: Readonly<Record<string, (round: number) => readonly Change[]>>;
  readonly timings: Record<string, Timing[]>;
}

// Loads and warms up what the first mesh would else pay for.
await measured(
  { builder: createLocalBuilder({ decode: createDecoder() }), send: createSender(), receive: createReceiver() },
  changesOf(syntheticMesh({ services: 20, endpointsPerService: 10 })),
);
const benches: Bench[] = [];
for (const services of sizes) benches.push(await prepare(services));
for (let round = 0; round < rounds; round++)
  for (const bench of benches) {
    // A daemon has one mesh: the garbage of the others goes, and what a process keeps once (names in lines) is of this mesh again.
    collectOnce();
    await measured(bench.daemon, []);
    for (const [name, changes] of Object.entries(bench.changes)) {
      bench.timings[name] ??= [];
      bench.timings[name].push(await measured(bench.daemon, changes(round)));
    }
  }
print();

async function prepare(services: number): Promise<Bench> {
  const mesh = syntheticMesh({ services, endpointsPerService: 10 });
  const all = [...changesOf(mesh), ...changesOf(oneTable(7))];
  const daemon = { builder: createLocalBuilder({ decode: createDecoder() }), send: createSender(), receive: createReceiver() };
  const whole = await measured(daemon, all);
  const tables = ["1", "2"].map((version) => changesOf({ ...empty, routes: oneTable(7, version).routes }));
  const big = [0, 1].map((version) => changesOf({ ...empty, routes: [grown(mesh.routes[0]!, version)] }));
  const service = changesOf(extraService(services));
  const gone = service.map(({ kind, name }) => ({ kind, name, resource: undefined }));
  return {
    services,
    daemon,
    whole,
    changes: {
      "a table of 10 virtual hosts changes": (round) => tables[round % 2]!,
      "a service is added": () => service,
      "a service is removed": () => gone,
      "one virtual host of the largest table changes": (round) => big[round % 2]!,
    },
    timings: {},
  };
}

function grown(table: Readonly<Record<string, unknown>>, version: number): Record<string, unknown> {
  const [first, ...rest] = table["virtual_hosts"] as Record<string, unknown>[];
  const domains = [...(first!["domains"] as string[]), `version-${version}`];
  return { ...table, virtual_hosts: [{ ...first, domains }, ...rest] };
}

function changesOf(mesh: Mesh): readonly Change[] {
  const raw = readRawResources(encodeResponses(mesh), new Collector());
  return raw.map((resource: XdsRawResource) => ({ kind: resource.kind, name: resource.name, resource }));
}

async function measured({ builder, send, receive }: Daemon, changes: readonly Change[]): Promise<Timing> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const built = await builder.build({ known: [], changes });
  if (built.kind !== "built" || built.rejected.length > 0) throw new Error(JSON.stringify(built).slice(0, 500));
  const total = performance.now() - start;
  const validate = await builder.prove();
  builder.settle(true);
  const handed = performance.now();
  receive(structuredClone(send(built)), changes);
  const handOver = performance.now() - handed;
  const { user, system } = process.cpuUsage(cpu);
  const stages: Timing = { ...built.timing };
  const rest = total - Object.values(stages).reduce((sum, ms) => sum + ms, 0);
  return { ...stages, rest, validate, "hand over": handOver, cpu: (user + system) / 1000 };
}

/** The proof has a time budget of its own. */
function totalOf(timing: Timing): number {
  return Object.entries(timing).reduce((sum, [stage, ms]) => (stage === "validate" || stage === "cpu" ? sum : sum + ms), 0);
}

function print(): void {
  const smallest = benches[0]!;
  const stages = Object.keys(smallest.whole);
  for (const name of Object.keys(smallest.changes)) {
    console.log(`\n${name}; medians of ${rounds}, ms; "total" is without the proof (validate), "cpu" is of the process, with it`);
    const rows = [["services", ...stages, "total", `x of ${smallest.services}`, "whole mesh", "share"]];
    const base = median(smallest.timings[name]!.map((t) => totalOf(t)));
    for (const { services, timings, whole } of benches) {
      const list = timings[name]!;
      const total = median(list.map((t) => totalOf(t)));
      const all = totalOf(whole);
      rows.push([
        String(services),
        ...stages.map((stage) => median(list.map((t) => t[stage]!)).toFixed(1)),
        total.toFixed(1),
        (total / base).toFixed(1),
        all.toFixed(0),
        `1/${(all / total).toFixed(0)}`,
      ]);
    }
    printTable(rows);
  }
}
