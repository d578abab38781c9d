/**
 * `make bench-connect`: what the programs add to connect(). Nanoseconds a program run are the kernel's own count (which adds 20 to 40 of
 * its own: see the empty program); the time of a whole connect() is taken around the system call. All cases take turns in one run, so that
 * noise meets all of them; medians over rounds are printed.
 *
 * Usage: node --import tsx tools/bench/connect.ts [--services 10,1000,10000] [--rounds 15] (root)
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Bundle } from "../../compiler/bundle/format.ts";
import { emitConnect } from "../../compiler/emit/connect.ts";
import { compileC } from "../../compiler/toolchain/index.ts";
import { openSession } from "../../runtime/apply/index.ts";
import { readStatus, type Status } from "../../runtime/status/index.ts";
import { enterCgroup, kernel, whyNot, withBpfFolder, withCgroup, withNamespace } from "../../test/kernel/harness.ts";
import { meshBundle } from "../../test/kernel/mesh.ts";
import { OTHER_PORT } from "./connector.ts";
import { type Connector, startConnector } from "./connector-process.ts";
import { loadMinimal } from "./minimal.ts";
import { median, printTable } from "./print.ts";
import { benchMesh, endpointTargets, type Target, vipTargets } from "./tcp-mesh.ts";

const { values } = parseArgs({
  options: { services: { type: "string", default: "10,1000,10000" }, rounds: { type: "string", default: "15" } },
});
const sizes = values.services.split(",").map(Number);
const rounds = Number(values.rounds);
/** Connections of a case in a round. */
const TIMED = 300;
const COUNTED = 1000;
/** Services of the comparison of stores. */
const STORE_SIZE = 1000;

/** A cgroup with one thing attached, and where connections made in it go. */
interface Case {
  readonly name: string;
  readonly cgroup: string;
  readonly targets: readonly Target[];
  /** What it is compared with: by the name of another case. */
  readonly beside?: string;
  /** The program of connect4; absent where nothing is attached. */
  readonly program?: number;
  readonly times: number[];
  readonly nanoseconds: number[];
}

const reason = whyNot();
if (reason) console.log(`SKIPPED 1 bench-connect: ${reason}`);
else await withBpfFolder((bpf) => withNamespace([], (namespace) => withCgroup((cgroup) => main(bpf, namespace, cgroup))));

async function main(bpf: string, namespace: string, plainCgroup: string): Promise<void> {
  const cases: Case[] = [newCase("no BPF", plainCgroup, endpointTargets(1000))];
  const statuses = new Map<number, Status>();
  await attachEmpty(async (cgroup, program) => {
    cases.push({ ...newCase("empty program", cgroup, endpointTargets(1000)), program });
    await attachSizes(bpf, sizes, cases, statuses, () =>
      attachStores(bpf, ["hash", "lru", "sk-storage"], cases, async () => {
        const connector = await startConnector(namespace);
        try {
          await measure(connector, cases);
        } finally {
          await connector.end();
        }
      }),
    );
  });
  report(cases);
  for (const [size, status] of statuses) reportMemory(size, status);
}

function newCase(name: string, cgroup: string, targets: readonly Target[]): Case {
  return { name, cgroup, targets, times: [], nanoseconds: [] };
}

async function attachEmpty(then: (cgroup: string, program: number) => Promise<void>): Promise<void> {
  const text =
    '#include "km_bpf.h"\nSEC("cgroup/connect4") int km_empty(struct bpf_sock_addr *ctx) { (void)ctx; return 1; }\nchar km_license[] SEC("license") = "GPL";\n';
  const object = kernel().load(await objectOf("empty.bpf.c", text), { constants: {}, reuse: new Map() });
  await withCgroup(async (path) => {
    const cgroup = kernel().openCgroup(path);
    const program = object.programs.get("km_empty")!.fd;
    const link = kernel().attach(program, cgroup, "connect4");
    await then(path, program);
    kernel().close(link);
    kernel().close(cgroup);
  });
  object.close();
}

/** Meshes of each size: a hit and a miss, under the least program, under ours, and under ours without a store for getpeername(). */
async function attachSizes(
  bpf: string,
  left: readonly number[],
  cases: Case[],
  statuses: Map<number, Status>,
  then: () => Promise<void>,
): Promise<void> {
  const [size, ...more] = left;
  if (size === undefined) return then();
  const bundle = await meshBundle(benchMesh(size));
  await attachMinimal(size, cases, () =>
    attachStore(bpf, { store: "none", size, bundle }, cases, () =>
      attached(bpf, `size_${size}`, bundle, async (cgroup, program, pins) => {
        const miss = `miss, ${size} services`;
        cases.push({ ...newCase(miss, cgroup, endpointTargets(size)), beside: minimal(miss), program });
        cases.push({ ...newCase(`${miss}, a port of none`, cgroup, endpointTargets(size, OTHER_PORT)), beside: minimal(miss), program });
        cases.push({ ...newCase(hit(size), cgroup, vipTargets(size)), beside: hit(size, "none"), program });
        statuses.set(size, readStatus(kernel(), pins));
        await attachSizes(bpf, more, cases, statuses, then);
      }),
    ),
  );
}

function hit(size: number, store?: string): string {
  return `hit, ${size} services${store === undefined ? "" : `, original address in: ${store}`}`;
}

function minimal(name: string): string {
  return `${name}, minimal program`;
}

async function attachMinimal(size: number, cases: Case[], then: () => Promise<void>): Promise<void> {
  const { program, targets, close } = await loadMinimal(kernel(), size);
  await withCgroup(async (path) => {
    const cgroup = kernel().openCgroup(path);
    const link = kernel().attach(program, cgroup, "connect4");
    cases.push({ ...newCase(minimal(`miss, ${size} services`), path, endpointTargets(size)), program });
    cases.push({ ...newCase(minimal(hit(size)), path, targets), program });
    await then();
    kernel().close(link);
    kernel().close(cgroup);
  });
  close();
}

interface StoreCase {
  readonly store: string;
  readonly size: number;
  readonly bundle: Bundle;
}

/** Hits with another way of keeping the original address. */
async function attachStores(bpf: string, left: readonly string[], cases: Case[], then: () => Promise<void>): Promise<void> {
  const [store, ...more] = left;
  if (store === undefined) return then();
  const bundle = await meshBundle(benchMesh(STORE_SIZE));
  await attachStore(bpf, { store, size: STORE_SIZE, bundle }, cases, () => attachStores(bpf, more, cases, then));
}

async function attachStore(bpf: string, { store, size, bundle }: StoreCase, cases: Case[], then: () => Promise<void>): Promise<void> {
  const [text] = emitConnect({ ports: false, ranges: false, splits: false }).values();
  const variant = `#include "km_original.h"\n${readFileSync(new URL(`./stores/${store}.h`, import.meta.url), "utf8")}\n${text}`;
  const objects = new Map([["connect", await objectOf("connect.bpf.c", variant)]]);
  const beside = store === "none" ? minimal(hit(size)) : hit(size, "none");
  await attached(bpf, `store_${size}_${store.replace("-", "_")}`, { ...bundle, objects }, async (cgroup, program) => {
    cases.push({ ...newCase(hit(size, store), cgroup, vipTargets(size)), beside, program });
    await then();
  });
}

async function attached(
  bpf: string,
  name: string,
  bundle: Bundle,
  then: (cgroup: string, program: number, pins: string) => Promise<void>,
): Promise<void> {
  await withCgroup(async (cgroup) => {
    const pins = `${bpf}/${name}`;
    // As a daemon that runs elsewhere and follows istiod.
    const session = openSession(kernel(), pins, { daemon: { cgroup: kernel().ownCgroup(), ports: [53, 15_012] } });
    await session.apply(bundle, cgroup);
    await session.settle();
    const link = kernel().openPin(`${pins}/link_connect4`);
    const program = kernel().openProgram(kernel().linkInfo(link).programId);
    kernel().close(link);
    await then(cgroup, program, pins);
    kernel().close(program);
    session.close();
    const { detach } = await import("../../runtime/apply/index.ts");
    detach(kernel(), pins);
  });
}

async function measure(connector: Connector, cases: readonly Case[]): Promise<void> {
  for (let i = 0; i < rounds; i++)
    for (const one of inTurn(cases, i)) {
      enterCgroup(one.cgroup, connector.pid);
      const { times, failed } = await connector.round({ targets: one.targets, count: TIMED });
      if (failed > 0) throw new Error(`${one.name}: ${failed} connections failed`);
      one.times.push(median([...times]));
    }
  const stats = kernel().enableStats();
  for (let i = 0; i < rounds; i++)
    for (const one of inTurn(cases, i).filter((c) => c.program !== undefined)) {
      enterCgroup(one.cgroup, connector.pid);
      const before = kernel().programInfo(one.program!);
      await connector.round({ targets: one.targets, count: COUNTED });
      const after = kernel().programInfo(one.program!);
      one.nanoseconds.push(Number(after.runTime - before.runTime) / Number(after.runCount - before.runCount));
    }
  kernel().close(stats);
}

/** Another one first in every round. */
function inTurn<T>(list: readonly T[], round: number): readonly T[] {
  const first = round % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

/** Medians over rounds; differences and ratios are taken within a round, so that noise meets both sides. */
function report(cases: readonly Case[]): void {
  const none = median(cases[0]!.times);
  printTable([
    ["case", "program ns", "connect() us", "of no BPF", "beside", "ns more", "ratio"],
    ...cases.map(({ name, times, nanoseconds, beside }) => {
      const base = cases.find((other) => other.name === beside)?.nanoseconds ?? [];
      const compared = base.length > 0 ? nanoseconds.map((ns, round) => [ns - base[round]!, ns / base[round]!] as const) : [];
      return [
        name,
        nanoseconds.length > 0 ? median(nanoseconds).toFixed(0) : "",
        (median(times) / 1000).toFixed(2),
        (median(times) / none).toFixed(3),
        beside === undefined ? "" : beside.endsWith("minimal program") ? "minimal" : "no store",
        compared.length > 0 ? median(compared.map(([more]) => more)).toFixed(0) : "",
        compared.length > 0 ? median(compared.map(([, ratio]) => ratio)).toFixed(3) : "",
      ];
    }),
  ]);
}

function reportMemory(size: number, status: Status): void {
  const running = status.tables.reduce((sum, table) => sum + table.running, 0);
  const { endpoints } = status.services;
  const store = status.bytes - status.tables.reduce((sum, table) => sum + table.running + table.spare, 0);
  console.log(
    `${size} services, ${endpoints} endpoints: ${(running / endpoints).toFixed(1)} bytes of tables per endpoint; ${(store / 1024).toFixed(0)} KiB whatever the mesh (original addresses, names, counters)`,
  );
}

async function objectOf(file: string, text: string): Promise<Uint8Array> {
  const { bytes, diagnostics } = await compileC({ sources: new Map([[file, text]]), target: "bpf" });
  if (!bytes) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  return bytes;
}
