/**
 * A throw-away network namespace in which every address is local, and a process namespace that takes all its processes with it when it ends.
 */
import { spawn, spawnSync } from "node:child_process";

const mark = "KM_CONFORMANCE_SANDBOX";

/** True in the process that enterSandbox started. */
export function inSandbox(): boolean {
  return process.env[mark] === "1";
}

/** As another user than root it needs user namespaces. */
function unshareOptions(): readonly string[] {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  return [...user, "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
}

/** The reason why this machine can't give a sandbox, or undefined if it can. */
export function whyNoSandbox(): string | undefined {
  const tried = spawnSync("unshare", [...unshareOptions(), "--", "ip", "link", "set", "lo", "up"], { encoding: "utf8" });
  return tried.status === 0 ? undefined : (tried.error?.message ?? tried.stderr.trim());
}

/** Runs this same command again inside a sandbox and resolves to its exit code. */
export function enterSandbox(): Promise<number> {
  const child = spawn("unshare", [...unshareOptions(), "--", process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, [mark]: "1" },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** Makes every IPv4 and IPv6 address an address of this host (AnyIP: ip-route(8), type local). */
export function makeAllAddressesLocal(): void {
  for (const command of ["link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"]) {
    const done = spawnSync("ip", command.split(" "), { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`ip ${command}: ${done.error?.message ?? done.stderr.trim()} (is iproute2 installed?)`);
  }
}
