/**
 * One Envoy process that is handed one snapshot after another: LDS and CDS are files that are replaced by rename, the statistics of its
 * admin interface tell when it has taken or refused them.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { eachLine } from "../lines.ts";
import { type AdaptedSnapshot, adaptSnapshot } from "./adapt.ts";
import type { Address } from "./question.ts";
import type { Resources } from "./resources.ts";

/** One access log line: see adapt.ts. Empty text where Envoy has nothing to say. */
export interface AccessLogLine {
  readonly kind: "listener" | "tcp" | "http";
  /** The client's end of the connection, `ip:port`. */
  readonly peer: string;
  readonly chain: string;
  readonly route: string;
  readonly cluster: string;
  readonly upstream: string;
  readonly status: number;
  readonly flags: string;
  readonly details: string;
  readonly termination: string;
}

export interface LoadedSnapshot {
  /** Where clients connect, by IP version. */
  readonly entry: { readonly v4: Address; readonly v6: Address };
  /** What Envoy said when it refused resources, a message each; empty if it took all. */
  readonly refusals: readonly string[];
  readonly originalDst: ReadonlySet<string>;
}

export interface Envoy {
  /** Replaces what Envoy runs; resolves when it serves the new snapshot (or has refused it). */
  load(resources: Resources): Promise<LoadedSnapshot>;
  /** Takes the log lines of the connection from this peer: waits until there are `count` of `kind`, or `timeout` ms have passed. */
  logs(peer: string, kind: AccessLogLine["kind"], count: number, timeout: number): Promise<readonly AccessLogLine[]>;
  /** False once the process has ended: some snapshots crash it. */
  alive(): boolean;
  stop(): Promise<void>;
}

const entryIp = { v4: "127.0.0.2", v6: "2001:db8:ffff::2" };
const firstEntryPort = 20_000;

/** Starts Envoy with its files in `folder`; `resolver` is the DNS server for DNS clusters. Rejects if it does not come up. */
export async function startEnvoy(binary: string, folder: string, resolver: { readonly ip: string; readonly port: number }): Promise<Envoy> {
  mkdirSync(folder, { recursive: true });
  const adminPath = join(folder, "admin.sock");
  publish(folder, "lds", []);
  publish(folder, "cds", []);
  writeFileSync(join(folder, "bootstrap.json"), JSON.stringify(bootstrap(folder, adminPath, resolver)));
  const child = spawn(
    binary,
    [
      "-c",
      join(folder, "bootstrap.json"),
      "--concurrency",
      "1",
      "--use-dynamic-base-id",
      "--log-level",
      "warning",
      "--drain-time-s",
      "0",
    ].concat([
      "--drain-strategy",
      "immediate",
      "--file-flush-interval-msec",
      "20",
      "--file-flush-min-size-kb",
      "0",
      "--skip-deprecated-logs",
    ]),
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const warnings: string[] = [];
  const log = collectLogs(child);
  eachLine(child.stderr!, (line) => addLine(warnings, line));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const alive = () => child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    if (!alive()) return;
    child.kill("SIGKILL");
    await exited;
  };
  const stats = async () => {
    try {
      return await readStats(adminPath);
    } catch (error) {
      // A crash shows as a broken connection first.
      if (await Promise.race([exited.then(() => true), pause(500)])) throw new Error(`Envoy ended: ${warnings.slice(-5).join("\n")}`);
      throw error;
    }
  };
  try {
    await until(async () => {
      const started = await stats().catch(() => undefined);
      if (!alive()) throw new Error(`Envoy does not start:\n${warnings.slice(-20).join("\n")}`);
      return started?.get("listener_manager.workers_started") === 1;
    }, 20_000);
  } catch (error) {
    await stop();
    throw error;
  }

  let stuckClusters = 0;
  const offer = async (adapted: AdaptedSnapshot) => {
    for (const [type, list] of [["cds", adapted.clusters] as const, ["lds", adapted.listeners] as const]) {
      const before = await stats();
      publish(folder, type, list);
      const offered = performance.now();
      let now = await stats();
      await until(async () => {
        now = await stats();
        if (attempts(now, type) <= attempts(before, type)) return false;
        if (type === "cds") {
          const warming = now.get("cluster_manager.warming_clusters") ?? 0;
          const refused = now.get("cluster_manager.cds.update_rejected") !== before.get("cluster_manager.cds.update_rejected");
          // Some refused clusters are counted as warming for ever; others were only slow.
          if (refused && warming > stuckClusters && performance.now() > offered + 300) stuckClusters = warming;
          stuckClusters = Math.min(stuckClusters, warming);
          return warming <= stuckClusters;
        }
        if (now.get("listener_manager.total_listeners_warming") !== 0) return false;
        return (
          now.get("listener_manager.lds.update_success") === before.get("listener_manager.lds.update_success") ||
          created(now) > created(before)
        );
      }, 10_000);
    }
  };

  let generation = 0;
  const load = async (resources: Resources): Promise<LoadedSnapshot> => {
    generation += 1;
    const port = firstEntryPort + (generation % 20_000);
    const entry = { v4: { ip: entryIp.v4, port }, v6: { ip: entryIp.v6, port } };
    const home = join(folder, `generation-${generation}`);
    mkdirSync(home);
    const adapted: AdaptedSnapshot = adaptSnapshot(resources, home, [entry.v4, entry.v6]);
    for (const [file, response] of adapted.files) writeFileSync(join(home, file), JSON.stringify(response));
    warnings.length = 0;
    log.clear();
    try {
      await offer(adapted);
    } catch (error) {
      // Refused, and then crashed: refused is what counts.
      if (alive() || warnings.flatMap(refusal).length === 0) throw error;
    }
    rmSync(join(folder, `generation-${generation - 2}`), { recursive: true, force: true });
    return { entry, refusals: warnings.flatMap(refusal), originalDst: adapted.originalDst };
  };
  return { load, logs: log.take, alive, stop };
}

/** Update attempts that are finished: taken, refused, or unreadable. */
function attempts(stats: ReadonlyMap<string, number>, type: "cds" | "lds"): number {
  const scope = type === "cds" ? "cluster_manager.cds" : "listener_manager.lds";
  return ["update_success", "update_rejected", "update_failure"].reduce((sum, name) => sum + (stats.get(`${scope}.${name}`) ?? 0), 0);
}

function created(stats: ReadonlyMap<string, number>): number {
  return (stats.get("listener_manager.listener_create_success") ?? 0) + (stats.get("listener_manager.listener_create_failure") ?? 0);
}

/** The reason in a log record of a refused update; Envoy prints whole messages before it. */
function refusal(record: string): string[] {
  const found = /Filesystem config update (?:rejected|failure): (.*)$/s.exec(record)?.[1]?.trim();
  if (found === undefined) return [];
  const last = found.split("\n").at(-1)!;
  if (!found.includes("goo.gle/debug")) return [found];
  return [last === "}" ? found.slice(0, found.indexOf("goo.gle/debug")) : last];
}

/** Writes a DiscoveryResponse beside the watched file and moves it there: Envoy must never read half of one. */
function publish(folder: string, type: "cds" | "lds", resources: readonly object[]): void {
  const path = join(folder, `${type}.json`);
  writeFileSync(`${path}.new`, JSON.stringify({ version_info: "1", resources }));
  renameSync(`${path}.new`, path);
}

function bootstrap(folder: string, adminPath: string, resolver: { readonly ip: string; readonly port: number }): object {
  const source = (type: string) => ({ path_config_source: { path: join(folder, `${type}.json`) }, resource_api_version: "V3" });
  return {
    node: { id: "conformance", cluster: "conformance" },
    admin: { address: { pipe: { path: adminPath } } },
    dynamic_resources: { lds_config: source("lds"), cds_config: source("cds") },
    // As Istio's bootstrap has it: the default of 100 instructions refuses regexes that meshes use.
    layered_runtime: { layers: [{ name: "static", static_layer: { "re2.max_program_size.error_level": 32768 } }] },
    typed_dns_resolver_config: {
      name: "envoy.network.dns_resolver.cares",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
        resolvers: [{ socket_address: { address: resolver.ip, port_value: resolver.port } }],
      },
    },
  };
}

function collectLogs(child: ChildProcess) {
  const lines = new Map<string, AccessLogLine[]>();
  const waiting = new Map<string, () => void>();
  eachLine(child.stdout!, (line) => {
    if (!line.startsWith("{")) return;
    const raw = JSON.parse(line) as Record<string, unknown>;
    const text = (field: string) => (raw[field] === null || raw[field] === undefined || raw[field] === "-" ? "" : String(raw[field]));
    const entry: AccessLogLine = {
      kind: text("kind") as AccessLogLine["kind"],
      peer: text("peer"),
      chain: text("chain"),
      route: text("route"),
      cluster: text("cluster"),
      upstream: text("upstream"),
      status: Number(raw["status"] ?? 0),
      flags: text("flags"),
      details: text("details"),
      termination: text("termination"),
    };
    lines.set(entry.peer, [...(lines.get(entry.peer) ?? []), entry]);
    waiting.get(entry.peer)?.();
  });
  const take = async (peer: string, kind: AccessLogLine["kind"], count: number, timeout: number) => {
    const deadline = performance.now() + timeout;
    for (;;) {
      const found = lines.get(peer) ?? [];
      const left = deadline - performance.now();
      if (found.filter((line) => line.kind === kind).length >= count || left <= 0) {
        lines.delete(peer);
        return found;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        waiting.set(peer, () => {
          clearTimeout(timer);
          resolve();
        });
      });
      waiting.delete(peer);
    }
  };
  return { take, clear: () => lines.clear() };
}

async function readStats(adminPath: string): Promise<ReadonlyMap<string, number>> {
  const filter = "^(cluster_manager|listener_manager)\\.(cds\\.|lds\\.|warming|total_listeners|listener_create|workers)";
  const text = await new Promise<string>((resolve, reject) => {
    const sent = request({ socketPath: adminPath, path: `/stats?filter=${encodeURIComponent(filter)}` }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        body += piece;
      });
      response.on("end", () => resolve(body));
    });
    sent.on("error", reject);
    sent.end();
  });
  const stats = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [name, value] = line.split(": ");
    if (name !== undefined && value !== undefined) stats.set(name, Number(value));
  }
  return stats;
}

async function until(check: () => Promise<boolean>, timeout: number): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`Envoy did not settle within ${timeout} ms`);
    await pause(3);
  }
}

/** A record may have several lines; one begins with its time in brackets. */
function addLine(records: string[], line: string): void {
  if (line.startsWith("[20") || records.length === 0) records.push(line);
  else records[records.length - 1] += `\n${line}`;
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}
