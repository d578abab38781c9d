/**
 * A throw-away network namespace in which every address is local, and a process namespace that takes all its processes with it when it ends.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mark = "KM_CONFORMANCE_SANDBOX";

/** In the process that enterSandbox started: a folder for its files. */
export function sandboxFolder(): string | undefined {
  return process.env[mark];
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

/**
 * Runs this same command again inside a sandbox and resolves to its exit code. Its folder exists for that long. A signal ends the whole
 * sandbox.
 */
export async function enterSandbox(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "km-conformance-"));
  const child = spawn("unshare", [...unshareOptions(), "--", process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, [mark]: folder },
  });
  // unshare itself ignores the gentle signals; its child dies with it (--kill-child).
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill("SIGKILL"));
  const code = await new Promise<number>((resolve) => child.on("exit", (status) => resolve(status ?? 130)));
  rmSync(folder, { recursive: true, force: true });
  return code;
}

/** Makes every IPv4 and IPv6 address an address of this host (AnyIP: ip-route(8), type local). */
export function makeAllAddressesLocal(): void {
  for (const command of ["link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"]) {
    const done = spawnSync("ip", command.split(" "), { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`ip ${command}: ${done.error?.message ?? done.stderr.trim()} (is iproute2 installed?)`);
  }
  // IPv4 addresses of such a route can be bound as they are.
  writeFileSync("/proc/sys/net/ipv6/ip_nonlocal_bind", "1");
}
