/**
 * Runs the test suites: every `*.test.ts` in a process of its own, two at a time; those under test/kernel/ (they attach programs) and
 * test/conformance/ (they start Envoy) one after the other at the end.
 *
 * Why a wrapper: uvu exits 0 for a file that forgets `.run()`, for a pattern that matches nothing and for `.only`. This fails on each of
 * those, on a skipped test under CI, and below the floor of tests kept in package.json; it ends with a plain line `N passed, N failed`.
 *
 * Usage: node --import tsx tools/test.ts [--only TEXT]... [--list]
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

interface SuiteResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly output: string;
}

const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, list: { type: "boolean" } } });
const ci = Boolean(process.env["CI"]);
const files = findFiles();
const problems = files.flatMap(lint);

if (values.list) {
  console.log(files.join("\n"));
} else {
  await main();
}

async function main(): Promise<void> {
  const selected = files.filter((file) => values.only?.some((text) => file.includes(text)) ?? true);
  const serial = selected.filter((f) => /^test\/(kernel|conformance)\//.test(f));
  const results: SuiteResult[] = [];
  const queue = selected.filter((f) => !serial.includes(f));
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) results.push(report(await run(file)));
  };
  await Promise.all([worker(), worker()]);
  for (const file of serial) results.push(report(await run(file)));
  finish(results);
}

function finish(results: readonly SuiteResult[]): void {
  const sum = (pick: (r: SuiteResult) => number): number => results.reduce((n, r) => n + pick(r), 0);
  const [passed, skipped] = [sum((r) => r.passed), sum((r) => r.skipped)];
  let failed = sum((r) => r.failed);
  for (const problem of problems) console.error(`FAIL ${problem}`);
  failed += problems.length;
  const floor = values.only ? 1 : testFloor();
  if (passed < floor) {
    console.error(`FAIL only ${passed} tests passed, the floor in package.json (kmesh.testFloor) is ${floor}`);
    failed++;
  }
  if (skipped > 0) {
    console.log(`${skipped} skipped, see above for the reasons`);
    if (ci) {
      console.error("FAIL nothing may be skipped under CI");
      failed++;
    }
  }
  for (const r of results.filter((x) => x.failed > 0)) console.error(`FAIL ${r.file}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** `SKIPPED <count> <reason>` is what a suite prints for tests that this machine can't run. */
function run(file: string): Promise<SuiteResult> {
  const start = process.hrtime.bigint();
  const child = spawn(process.execPath, ["--import", "tsx", file], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (b: Buffer) => {
    output += b.toString();
  });
  child.stderr.on("data", (b: Buffer) => {
    output += b.toString();
  });
  return new Promise((resolve) => {
    child.on("close", (code) => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
      const totals = [...plain.matchAll(/^\s*(Total|Passed|Skipped):\s+(\d+)/gm)];
      const of = (name: string): number => totals.filter((m) => m[1] === name).reduce((n, m) => n + Number(m[2]), 0);
      const skipped = of("Skipped") + [...plain.matchAll(/^SKIPPED (\d+)/gm)].reduce((n, m) => n + Number(m[1]), 0);
      let failed = of("Total") - of("Passed") - of("Skipped");
      if (code !== 0 && failed <= 0) failed = 1;
      if (code === 0 && of("Total") === 0 && skipped === 0) failed = 1;
      resolve({ file, passed: of("Passed"), failed, skipped, seconds, output: plain });
    });
  });
}

function report(result: SuiteResult): SuiteResult {
  const { file, passed, failed, skipped, seconds, output } = result;
  console.log(
    `${failed ? "FAIL" : "ok  "} ${file}: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""} (${seconds.toFixed(1)} s)`,
  );
  const shown = failed
    ? output
    : output
        .split("\n")
        .filter((l) => /^(SKIPPED|MEASURED|VERIFIER) /.test(l))
        .join("\n");
  if (shown.trim()) console.log(shown.replace(/^/gm, "    "));
  return result;
}

function findFiles(): string[] {
  return ["compiler", "runtime", "test", "tools"]
    .filter((d) => existsSync(d))
    .flatMap((d) => readdirSync(d, { recursive: true, encoding: "utf8" }).map((f) => join(d, f)))
    .filter((f) => f.endsWith(".test.ts"))
    .sort();
}

function lint(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const faults: string[] = [];
  if (!text.includes(".run()")) faults.push(`${file} never calls .run(): its tests would not run`);
  if (/\.only\(/.test(text)) faults.push(`${file} holds .only(: the other tests would not run`);
  return faults;
}

function testFloor(): number {
  const pkg = JSON.parse(readFileSync("package.json", "utf8")) as { kmesh: { testFloor: number } };
  return pkg.kmesh.testFloor;
}
