/**
 * `make demo`: a mesh that a real istiod described is compiled, explained, put into the kernel, and steers real connections; then one
 * service changes under them. Everything happens in a throw-away cgroup, network namespace and BPF file system. Where this machine
 * can't (not root, no BPF) it says so and asks the simulator for the same connections.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { whyNot, withBpfFolder, withCgroup, withNamespace } from "../../test/kernel/harness.ts";
import { Client, startServers } from "./ends.ts";

const snapshot = "fixtures/realistic-mixed/snapshot.json";
const out = "build/demo";
const bundle = `${out}/mesh.bundle`;
const draws = 200;

/** Services of every kind: one endpoint, several, weighted, dual-stack, IPv6 only, an address of no service, and a blocked port. */
const asked = [
  "10.96.0.1:443",
  "10.96.203.124:9000",
  "10.96.130.151:9000",
  "10.96.108.18:9000",
  "[fd00:10:96::241]:9000",
  "[fd00:10:96::28dc]:9000",
  "10.96.130.151:8080",
  "203.0.113.7:9000",
];
const changed = { cluster: "outbound|9000||dual.shop.svc.cluster.local", endpoint: "10.244.1.13", to: "10.96.108.18:9000" };

const binaries: Readonly<Record<string, string>> = {
  "kmesh-compile": "dist/compiler/cli/main.js",
  "kmesh-daemon": "dist/runtime/cli/daemon.js",
  kmeshctl: "dist/runtime/cli/kmeshctl.js",
};

interface Traced {
  readonly verdict: string;
  readonly why?: string;
  readonly endpoints?: readonly { readonly address: string; readonly probability: number }[];
}

mkdirSync(out, { recursive: true });
title("1. Compile a mesh: the config_dump of a sidecar, as a real istiod filled it");
show("kmesh-compile", "compile", snapshot, "-o", bundle, "--diagnostics", "error");
title("2. Ask what it does");
show("kmesh-compile", "explain", bundle, "10.96.130.151:9000");
show("kmesh-compile", "trace", bundle, "--to", "10.96.9.9:8080", "--request", "GET /abcb/x?q=12&present", "--host", "http-00");
show("kmesh-compile", "trace", bundle, "--to", "10.96.9.9:80", "--request", "GET /old", "--host", "front-1");
const reason = whyNot();
if (reason === undefined) await steer();
else simulate(reason);

async function steer(): Promise<void> {
  title("3. Put it into the kernel, and connect");
  const expected = new Map(asked.map((to) => [to, trace(bundle, to)]));
  const routes = ["route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"];
  await withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace(routes, async (namespace) => {
        const servers = await startServers(namespace, portsOf([...expected.values()]));
        const client = new Client(namespace, cgroup);
        const pins = `${bpf}/mesh`;
        try {
          show("kmesh-daemon", "apply", bundle, "--cgroup", cgroup, "--pin", pins);
          let wrong = 0;
          for (const to of asked) wrong += judge(to, expected.get(to)!, await client.connect(to, draws));
          show("kmeshctl", "status", "--pin", pins);
          wrong += await changeUnderLoad(client, cgroup, pins);
          show("kmesh-daemon", "detach", "--pin", pins);
          console.log(
            wrong === 0 ? "\nEvery connection landed where the dump says." : `\n${wrong} destinations were NOT as the dump says.`,
          );
          process.exitCode = wrong === 0 ? 0 : 1;
        } finally {
          await Promise.all([client.stop(), servers.stop()]);
        }
      }),
    ),
  );
}

/** One endpoint becomes unhealthy while a client keeps connecting: no connection may fail, and afterwards none lands there. */
async function changeUnderLoad(client: Client, cgroup: string, pins: string): Promise<number> {
  title(`4. ${changed.endpoint} of ${changed.cluster} becomes unhealthy, while the client connects`);
  const after = `${out}/after.json`;
  writeFileSync(after, withUnhealthy(readFileSync(snapshot, "utf8")));
  show("kmesh-compile", "diff", snapshot, after);
  show("kmesh-compile", "compile", after, "-o", `${out}/after.bundle`, "--diagnostics", "error");
  const load = client.connect(changed.to, 20 * draws);
  show("kmesh-daemon", "apply", `${out}/after.bundle`, "--cgroup", cgroup, "--pin", pins);
  const during = await load;
  const failed = Object.keys(during.landed).filter((where) => !/:\d+$/.test(where));
  console.log(`  ${20 * draws} connections meanwhile, failed: ${failed.length === 0 ? "none" : JSON.stringify(during.landed)}`);
  return failed.length + judge(changed.to, trace(`${out}/after.bundle`, changed.to), await client.connect(changed.to, draws));
}

/** Prints where the connections landed beside what the compiled rules say; 1 when they differ. */
function judge(to: string, want: Traced, got: { readonly landed: Readonly<Record<string, number>>; readonly peer: string }): number {
  const shares = new Map((want.endpoints ?? []).map((e) => [e.address, e.probability]));
  // What passes goes on to the address that was asked for: every address is local in the namespace.
  if (want.verdict === "pass") shares.set(to, 1);
  const refused = want.verdict === "close";
  const unexpected = Object.keys(got.landed).filter((where) => !(refused ? where === "EPERM" : shares.has(where)));
  const missed = [...shares].filter(([where, p]) => p * draws > 20 && got.landed[where] === undefined);
  const good = unexpected.length === 0 && missed.length === 0;
  console.log(
    `  ${good ? "ok " : "BAD"} asked for ${to} (${want.verdict}${want.why ? `, ${want.why}` : ""}); getpeername says ${got.peer || "nothing"}`,
  );
  for (const [where, times] of Object.entries(got.landed).sort()) {
    const share = shares.get(where);
    console.log(
      `        ${String(times).padStart(4)} x ${where}${share === undefined ? "" : `   the dump names it, with ${(share * 100).toFixed(1)}%`}`,
    );
  }
  return good ? 0 : 1;
}

function simulate(why: string): void {
  title(`3. This machine can't load programs (${why}): the simulator draws the connections`);
  for (const to of asked) show("kmesh-compile", "trace", bundle, "--to", to, "-n", String(draws));
}

function trace(input: string, to: string): Traced {
  return JSON.parse(run("kmesh-compile", "trace", input, "--to", to, "--raw", "hello", "--json")) as Traced;
}

function portsOf(traced: readonly Traced[]): number[] {
  const ports = traced.flatMap((t) => (t.endpoints ?? []).map((e) => e.address));
  return [...new Set([...ports, ...asked].map((address) => Number(address.slice(address.lastIndexOf(":") + 1))))].sort((a, b) => a - b);
}

/** The dump with one endpoint marked UNHEALTHY, as istiod sends it when a pod's readiness fails. */
function withUnhealthy(text: string): string {
  const dump = JSON.parse(text) as unknown;
  const visit = (value: unknown, inside: boolean): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, inside);
    if (value === null || typeof value !== "object" || Array.isArray(value)) return;
    const record = value as Record<string, unknown>;
    const here = inside || record["cluster_name"] === changed.cluster;
    if (here && JSON.stringify(record["endpoint"] ?? "").includes(`"${changed.endpoint}"`)) record["health_status"] = "UNHEALTHY";
    for (const item of Object.values(record)) visit(item, here);
  };
  visit(dump, false);
  return JSON.stringify(dump, null, 1);
}

function title(text: string): void {
  console.log(`\n== ${text}`);
}

function show(binary: string, ...args: string[]): void {
  console.log(`$ ${binary} ${args.map((a) => (/[\s:]/.test(a) && !/^[\w.[\]:-]+$/.test(a) ? JSON.stringify(a) : a)).join(" ")}`);
  console.log(
    run(binary, ...args)
      .trimEnd()
      .replace(/^/gm, "  "),
  );
}

function run(binary: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [binaries[binary]!, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${binary} ${args.join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}
