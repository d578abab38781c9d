/** The benchmark's side of the control plane's and the client's processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { enterCgroup } from "../../../test/kernel/harness.ts";
import type { PlaneAnswer, PlaneCommand } from "./plane-process.ts";
import type { Landing, WatcherCommand } from "./watcher-process.ts";

export interface PlaneProcess {
  readonly address: string;
  ask(command: PlaneCommand): Promise<PlaneAnswer>;
  end(): Promise<void>;
}

export async function startPlane(services: number): Promise<PlaneProcess> {
  const child = start([process.execPath], "plane-process.ts", [String(services)]);
  const [address] = (await once(child, "message")) as [string];
  return {
    address,
    async ask(command) {
      child.send(command);
      const [answer] = (await once(child, "message")) as [PlaneAnswer];
      return answer;
    },
    end: () => end(child),
  };
}

export interface Watcher {
  /** What landed elsewhere than before, since the last call of `watch`. */
  readonly landings: readonly Landing[];
  watch(target: WatcherCommand): void;
  /** The next landing at this address. */
  next(at: number): Promise<Landing>;
  end(): Promise<void>;
}

export async function startWatcher(namespace: string, cgroup: string): Promise<Watcher> {
  const child = start(["ip", "netns", "exec", namespace, process.execPath], "watcher-process.ts", []);
  await once(child, "message");
  enterCgroup(cgroup, child.pid!);
  let landings: Landing[] = [];
  const waiting = new Set<(landing: Landing) => void>();
  child.on("message", (landing: Landing) => {
    landings.push(landing);
    for (const look of [...waiting]) look(landing);
  });
  return {
    get landings() {
      return landings;
    },
    watch(target) {
      landings = [];
      child.send(target);
    },
    next: (at) =>
      new Promise((resolve) => {
        const look = (landing: Landing): void => {
          if (landing.at !== at) return;
          waiting.delete(look);
          resolve(landing);
        };
        waiting.add(look);
      }),
    end: () => end(child),
  };
}

function start([command, ...before]: readonly string[], script: string, args: readonly string[]): ChildProcess {
  const file = fileURLToPath(new URL(script, import.meta.url));
  return spawn(command!, [...before, "--import", "tsx", file, ...args], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}
