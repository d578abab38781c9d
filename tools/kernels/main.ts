/**
 * `make test-kernels`: the suites that need a kernel, under other kernels than this machine's. Each is a Debian kernel (`archive.ts`) that QEMU
 * boots on this machine's files (`guest.ts`); without KVM everything takes some fifteen times as long. A kernel that warns fails, too.
 *
 * Usage: node --import tsx tools/kernels/main.ts [--series "5.10 6.1 6.12 newest"] [--only "TEXT TEXT"]   (root, Debian or Ubuntu, x86-64)
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type KernelImage, openArchive } from "./archive.ts";
import { missingPackages, runInGuest } from "./guest.ts";

/** What loads, attaches and publishes programs, with connections that land; not the suites that start many daemons. */
const SUITES = "verifier kernel-room connect program-log fixtures";
const GUEST = { memoryMiB: 2048, cpus: 2, limitMs: 3_600_000 };

const { values } = parseArgs({
  options: {
    series: { type: "string", default: "5.10 6.1 6.12 newest" },
    only: { type: "string", default: SUITES },
  },
});

// An exit ends the guest.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const reason = whyNot();
if (reason === undefined) await main();
else {
  console.error(`make test-kernels can't run: ${reason}`);
  process.exitCode = 1;
}

function whyNot(): string | undefined {
  if (process.arch !== "x64") return `guests are x86-64 machines, and the programs of this one are ${process.arch}`;
  if (process.getuid?.() !== 0) return "not root: a guest's root is this machine's, and has its files";
  const missing = missingPackages();
  return missing.length > 0 ? `apt-get install --no-install-recommends ${missing.join(" ")}` : undefined;
}

async function main(): Promise<void> {
  const folder = resolve("build/kernels");
  mkdirSync(folder, { recursive: true });
  const archive = openArchive(folder);
  const results: (readonly [KernelImage, string | undefined])[] = [];
  for (const series of words(values.series)) {
    const kernel = archive.kernel(series);
    console.log(`Linux ${kernel.version}`);
    results.push([kernel, await runSuites(kernel)]);
  }
  for (const [{ version }, fault] of results)
    console.log(`${fault === undefined ? "ok  " : "FAIL"} Linux ${version}${fault ? `: ${fault}` : ""}`);
  const failed = results.filter(([, fault]) => fault !== undefined).length;
  console.log(`\n${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** Why this kernel fails, or nothing. */
async function runSuites(kernel: KernelImage): Promise<string | undefined> {
  const only = words(values.only).flatMap((suite) => ["--only", join("test/kernel", suite)]);
  const { code, console: printed } = await runInGuest(kernel, [process.execPath, "--import", "tsx", "tools/test.ts", ...only], GUEST);
  const warnings = printed.split("\n").filter((line) => /\b(WARNING|BUG|Oops|Kernel panic)\b/.test(line));
  if (code === undefined) return ["it died before the suites ended", ...warnings, ...printed.trim().split("\n").slice(-5)].join("\n  ");
  if (warnings.length > 0) return ["it warned", ...warnings].join("\n  ");
  return code === 0 ? undefined : "suites failed";
}

function words(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
