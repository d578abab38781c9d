/** The test's side of prober.ts. */
import { type ChildProcess, spawn } from "node:child_process";
import { enterCgroup } from "./harness.ts";
import type { Counts, Landing, Request } from "./prober.ts";

export interface Prober {
  serve(at: readonly string[]): Promise<void>;
  servePorts(ports: readonly number[]): Promise<void>;
  connect(to: string): Promise<Landing>;
  burst(to: string, count: number): Promise<Readonly<Record<string, number>>>;
  /** Connects without pause until `stop`, which tells where connections landed. */
  load(to: readonly string[]): Promise<void>;
  stop(): Promise<Counts>;
  end(): Promise<void>;
}

interface Answer {
  readonly value?: unknown;
  readonly error?: string;
}

/** Without a cgroup it stays where the test is. */
export async function startProber(namespace: string, cgroup?: string): Promise<Prober> {
  // `ip netns exec` becomes the command: its process id is the prober's.
  const args = ["netns", "exec", namespace, process.execPath, "--import", "tsx", "test/kernel/prober.ts"];
  const child: ChildProcess = spawn("ip", args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const waiting = new Map<number, (message: Answer) => void>();
  let last = 0;
  child.on("message", (message: Answer & { readonly id: number }) => {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  const answered = <T>(id: number): Promise<T> =>
    new Promise((resolve, reject) => {
      waiting.set(id, ({ value, error }) => (error === undefined ? resolve(value as T) : reject(new Error(error))));
      child.once("exit", (code) => reject(new Error(`the prober ended (${code})`)));
    });
  const ask = <T>(request: Request): Promise<T> => {
    const id = ++last;
    const answer = answered<T>(id);
    child.send({ id, request });
    return answer;
  };
  child.setMaxListeners(0);
  await answered(0);
  if (cgroup !== undefined) enterCgroup(cgroup, child.pid!);
  return {
    serve: (at) => ask({ kind: "serve", at }),
    servePorts: (ports) => ask({ kind: "serve-ports", ports }),
    connect: (to) => ask({ kind: "connect", to }),
    burst: async (to, count) => (await ask<Counts>({ kind: "burst", to, count }))[to]!,
    load: (to) => ask({ kind: "load", to }),
    stop: () => ask({ kind: "stop" }),
    end: () =>
      new Promise((resolve) => {
        child.removeAllListeners("exit");
        child.once("exit", () => resolve());
        child.disconnect();
      }),
  };
}
