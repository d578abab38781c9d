/** A `kmesh-daemon run` of a test, asked over its admin socket. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import { eachLine } from "../lines.ts";

/** How many times as long all takes on this machine, as an emulated one says. */
const PATIENCE = Number(process.env["KMESH_TEST_PATIENCE"] ?? 1);

export interface Daemon {
  readonly pid: number;
  /** Lines of its log so far. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Until `/debug/ready` says so; half a minute at most, by default. */
  ready(timeoutMs?: number): Promise<void>;
  /** Until a line of its log has this message; half a minute at most. */
  logged(message: string): Promise<void>;
  /** Its exit code, or the signal's name, once it has ended by itself. */
  readonly over: Promise<number | string>;
  /** Its exit code, or the signal's name. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | string>;
  /** Does nothing where it has ended. */
  kill(): Promise<void>;
}

/** @param command the daemon, from source unless said otherwise; `dist/runtime/cli/daemon.js` runs it as its first line says */
export function startDaemon(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  command: readonly string[] = [process.execPath, "--import", "tsx", "runtime/cli/daemon.ts"],
): Daemon {
  const socketPath = join(folder, "admin.sock");
  const all = ["run", ...args, "--state", join(folder, "state"), "--admin", `unix:${socketPath}`, "--metrics", "off"];
  const child: ChildProcess = spawn(command[0]!, [...command.slice(1), ...all], {
    env,
    stdio: ["ignore", "inherit", "pipe"],
  });
  // Also where nobody gets to end it: output to a pipe that was closed, say.
  const endToo = (): void => void child.kill("SIGKILL");
  process.once("exit", endToo);
  child.once("exit", () => process.off("exit", endToo));
  const log: Record<string, unknown>[] = [];
  eachLine(child.stderr!, (line) => {
    try {
      log.push(JSON.parse(line) as Record<string, unknown>);
    } catch {
      log.push({ msg: line });
    }
  });
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const over = ended.then(([code, killed]) => code ?? killed ?? "");
  const get: Daemon["get"] = (path) =>
    new Promise((resolve, reject) => {
      const sent = request({ socketPath, path, agent: false }, (response) => {
        let text = "";
        response.on("data", (data: Buffer) => {
          text += data.toString();
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on("error", reject);
      sent.end();
    });
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid!,
    log,
    get,
    async ready(timeoutMs) {
      const isReady = async (): Promise<boolean> => {
        if (!running()) throw new Error(`the daemon ended: ${JSON.stringify(log)}`);
        return (await get("/debug/ready").catch(() => ({ status: 0 }))).status === 200;
      };
      await eventually("the daemon is ready", isReady, timeoutMs);
    },
    logged: (message) =>
      eventually(`the daemon logged "${message}"`, async () => {
        if (!running()) throw new Error(`the daemon ended: ${JSON.stringify(log)}`);
        return log.some(({ msg }) => msg === message);
      }),
    over,
    end(signal) {
      child.kill(signal);
      return over;
    },
    async kill() {
      if (!running()) return;
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Asks until it is true, by default half a minute at most: machines that run tests are busy. */
export async function eventually(what: string, check: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const patience = timeoutMs * PATIENCE;
  const until = performance.now() + patience;
  while (!(await check())) {
    if (performance.now() > until) throw new Error(`after ${patience / 1000} seconds it is not so that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
