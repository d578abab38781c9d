import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { enterCgroup } from "../../test/kernel/harness.ts";

/** What one destination's connections came to. */
export interface Landed {
  readonly landed: Readonly<Record<string, number>>;
  readonly peer: string;
}

function startPeer(namespace: string, ...args: string[]): ChildProcess {
  const node = [process.execPath, "--import", "tsx", "tools/demo/peer.ts", ...args];
  return spawn("ip", ["netns", "exec", namespace, ...node], { stdio: ["pipe", "pipe", "inherit"] });
}

/** Servers on all addresses of the namespace; resolves when they listen. */
export async function startServers(namespace: string, ports: readonly number[]): Promise<{ stop(): Promise<void> }> {
  const child = startPeer(namespace, "serve", ...ports.map(String));
  await new Promise<void>((resolve, reject) => {
    child.stdout!.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`the demo's servers ended with ${code}`)));
  });
  return { stop: () => end(child) };
}

/** A cgroup and a namespace can only be removed when the process is gone. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill();
  });
}

/** One client process in the namespace and the cgroup. */
export class Client {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #waiting: { resolve(landed: Landed): void; reject(error: Error): void }[] = [];

  constructor(namespace: string, cgroup: string) {
    this.#child = startPeer(namespace, "connect");
    enterCgroup(cgroup, this.#child.pid!);
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#lines.on("line", (line) => this.#waiting.shift()?.resolve(JSON.parse(line) as Landed));
    this.#child.once("exit", (code) => {
      for (const { reject } of this.#waiting) reject(new Error(`the demo's client ended with ${code}`));
    });
  }

  connect(to: string, count: number): Promise<Landed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin!.write(`${JSON.stringify({ to, count })}\n`);
    });
  }

  stop(): Promise<void> {
    this.#lines.close();
    return end(this.#child);
  }
}
