/** The benchmark's side of its processes, and where they run. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { enterCgroup, withTempFolder } from "../../../test/kernel/harness.ts";
import type { PlaneAnswer, PlaneCommand } from "./plane-process.ts";

export interface PlaneProcess {
  readonly pid: number;
  readonly address: string;
  /** Rejects when the process ends instead; what it ended with is on stderr. */
  ask<K extends PlaneAnswer["kind"]>(command: PlaneCommand, kind: K): Promise<Extract<PlaneAnswer, { kind: K }>>;
  end(): Promise<void>;
}

export async function startPlane(services: number, namespace: string, cgroup: string): Promise<PlaneProcess> {
  const file = fileURLToPath(new URL("plane-process.ts", import.meta.url));
  const [command, ...args] = [...inNamespace(namespace), process.execPath, "--import", "tsx", file, String(services)];
  const child = spawn(command!, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" });
  const ended = once(child, "exit").then(() => {
    throw new Error("the control plane's process ended");
  });
  ended.catch(() => {});
  const message = async <T>(): Promise<T> => (await Promise.race([once(child, "message"), ended]))[0] as T;
  const address = await message<string>();
  enterCgroup(cgroup, child.pid!);
  return {
    pid: child.pid!,
    address,
    async ask(command, kind) {
      child.send(command);
      const answer = await message<PlaneAnswer>();
      if (answer.kind !== kind) throw new Error(`${command.kind} was answered by ${answer.kind}`);
      return answer as Extract<PlaneAnswer, { kind: typeof kind }>;
    },
    async end() {
      if (child.connected) child.disconnect();
      await ended.catch(() => {});
    },
  };
}

/** Runs floor-process.ts. */
export function measureFloor(count: number, everyMs: number): Promise<readonly number[]> {
  return withTempFolder(async (folder) => {
    const shared = join(folder, "counter");
    writeFileSync(shared, Buffer.alloc(8));
    const file = fileURLToPath(new URL("floor-process.ts", import.meta.url));
    const args = ["--import", "tsx", file, String(count), String(everyMs), shared];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" });
    const ended = once(child, "exit").then(() => {
      throw new Error("the floor's process ended");
    });
    return (await Promise.race([once(child, "message"), ended]))[0] as readonly number[];
  });
}

/** What a command begins with, to run in a network namespace with this one's mounts. */
export function inNamespace(namespace: string): readonly string[] {
  return ["nsenter", `--net=/run/netns/${namespace}`];
}

/** CPUs for the daemon and for whatever it is measured by: the same where there is only one. */
export interface Cpus {
  readonly daemon: string;
  readonly others: string;
}

export function cpus(): Cpus {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))![1]!;
  const numbers = allowed.split(/[,-]/);
  return { daemon: numbers.at(-1)!, others: numbers[0]! };
}

/** Binds a process with all its threads, and those that they will start, to CPUs: a list as in `0-3,8`. */
export function bind(pid: number, list: string): void {
  execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", list, String(pid)], { stdio: "ignore" });
}
