/**
 * What the real-kernel suites share: a suite that is skipped (and says so) where the machine can't run it, throw-away folders on a BPF
 * file system, cgroups and network namespaces.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import { compileC } from "../../compiler/toolchain/index.ts";
import { type Kernel, openKernel } from "../../runtime/kernel/index.ts";

export interface KernelSuite {
  (name: string, test: () => void | Promise<void>): void;
  /** Runs, or prints `SKIPPED <count> <reason>`; nothing may be skipped under CI (tools/test.ts). */
  run(): void;
}

export function kernelSuite(name: string): KernelSuite {
  const tests = suite(name);
  let count = 0;
  const reason = whyNot();
  const add = ((title: string, test: () => void | Promise<void>): void => {
    count++;
    if (!reason) tests(title, test);
  }) as KernelSuite;
  add.run = () => {
    if (reason) console.log(`SKIPPED ${count} ${name}: ${reason}`);
    else tests.run();
  };
  return add;
}

/** Why this machine can't run programs, or nothing. */
export function whyNot(): string | undefined {
  if (process.platform !== "linux") return "BPF needs Linux";
  if (process.getuid?.() !== 0) return "not root";
  if (!cgroupRoot()) return "no cgroup v2 file system is mounted";
  try {
    const kernel = openKernel();
    kernel.close(kernel.createBlob("km_probe", new Uint8Array(8)));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A line that tools/test.ts shows also when everything passed; on a line of its own, as uvu prints its dots without one. */
export function tell(kind: "MEASURED" | "VERIFIER", text: string): void {
  console.log(`\n${kind} ${text}`);
}

let shared: Kernel | undefined;

export function kernel(): Kernel {
  shared ??= openKernel();
  return shared;
}

/** One C file of test/kernel/programs, compiled with the library's headers. */
export async function compileProgram(file: string): Promise<Uint8Array> {
  const result = await compileC({ sources: new Map([[file, readProgram(file)]]), target: "bpf" });
  if (!result.bytes) throw new Error(result.diagnostics.map((d) => d.message).join("\n"));
  return result.bytes;
}

export function readProgram(file: string): string {
  return readFileSync(join("test/kernel/programs", file), "utf8");
}

/** A BPF file system of its own, so that nothing can be left on the machine's. */
export function withBpfFolder<T>(action: (folder: string) => Promise<T> | T): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "kmesh-bpf-"));
  execFileSync("mount", ["-t", "bpf", "bpf", root]);
  return settle(
    () => action(root),
    (failed) => {
      // After a failure the test may still hold files; what it failed with is to be seen.
      execFileSync("umount", failed ? ["-l", root] : [root]);
      rmdirSync(root);
    },
  );
}

export function withCgroup<T>(action: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(cgroupRoot()!, "kmesh-test-"));
  return settle(
    () => action(folder),
    () => rmdirSync(folder),
  );
}

/** A network namespace with loopback up, and whatever `ip` commands say, without the leading `ip`. */
export function withNamespace<T>(commands: readonly string[], action: (name: string) => Promise<T> | T): Promise<T> {
  const name = `kmesh-${process.pid}-${Math.trunc(process.uptime() * 1e6)}`;
  execFileSync("ip", ["netns", "add", name]);
  const remove = (): void => void execFileSync("ip", ["netns", "del", name]);
  try {
    for (const command of ["link set lo up", ...commands]) execFileSync("ip", ["-n", name, ...command.split(" ")]);
  } catch (error) {
    remove();
    throw error;
  }
  return settle(() => action(name), remove);
}

export function withTempFolder<T>(action: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-test-"));
  return settle(
    () => action(folder),
    () => rmSync(folder, { recursive: true, force: true }),
  );
}

/** Moves a process into a cgroup. */
export function enterCgroup(folder: string, pid: number): void {
  writeFileSync(join(folder, "cgroup.procs"), String(pid));
}

async function settle<T>(action: () => Promise<T> | T, cleanUp: (failed: boolean) => void): Promise<T> {
  let result: T;
  try {
    result = await action();
  } catch (error) {
    cleanUp(true);
    throw error;
  }
  cleanUp(false);
  return result;
}

function cgroupRoot(): string | undefined {
  const CGROUP2 = 0x63677270;
  return ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].find((path) => {
    try {
      return Number(statfsSync(path).type) === CGROUP2;
    } catch {
      return false;
    }
  });
}
