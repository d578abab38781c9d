import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLog } from "../index.ts";

const log = suite("log");

function recorded(): { readonly lines: string[]; readonly all: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  return { lines, all: createLog({ level: "info", write: (line) => lines.push(line), time: () => "2024-01-01T00:00:00.000Z" }) };
}

const messages = (lines: readonly string[]): readonly string[] => lines.map((line) => (JSON.parse(line) as { msg: string }).msg);

log("one JSON object a line, whatever is in it", () => {
  const { lines, all } = recorded();
  all.logger("xds").warn("a\nb", { names: ["c"], error: new Error("no"), big: 5n });
  assert.is(lines.length, 1);
  assert.is(lines[0]!.indexOf("\n"), lines[0]!.length - 1);
  assert.equal(JSON.parse(lines[0]!), {
    time: "2024-01-01T00:00:00.000Z",
    level: "warn",
    logger: "xds",
    msg: "a\nb",
    names: ["c"],
    error: "no",
    big: "5",
  });
});

log("hostile values: cycles, lone surrogates, a long text, a million entries", () => {
  const { lines, all } = recorded();
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  all
    .logger("xds")
    .info("here", { cycle, text: "\ud800\u2028", long: "x".repeat(1e6), list: Array.from({ length: 1_000_000 }, (_, i) => i) });
  assert.is(lines.length, 1);
  assert.equal((JSON.parse(lines[0]!) as { list: unknown[] }).list.slice(18), [18, 19, "and 999980 more"]);
  assert.ok(lines[0]!.length < 10_000, String(lines[0]!.length));
});

log("levels of one logger change while it is in use", () => {
  const { lines, all } = recorded();
  const [a, b] = [all.logger("a"), all.logger("b")];
  a.debug("hidden");
  assert.ok(all.setLevel("a", "debug"));
  a.debug("shown");
  b.debug("hidden");
  assert.ok(all.setLevel("b", "error"));
  b.warn("hidden", { more: 1 });
  assert.equal(messages(lines), ["shown"]);
  assert.equal(all.names(), ["default", "a", "b"]);
  assert.not(all.setLevel("c", "info"));
});

log("default stands for all, and for loggers that come later", () => {
  const { lines, all } = recorded();
  const a = all.logger("a");
  assert.ok(all.setLevel("default", "debug"));
  a.debug("1");
  all.logger("late").debug("2");
  assert.is(all.level("default"), "debug");
  assert.is(all.level("late"), "debug");
  assert.equal(messages(lines), ["1", "2"]);
});

log("what was written is out when the process ends, also by exit()", () => {
  const program = `
    const { createLog, openLogOutput } = await import("./runtime/log/index.ts");
    const output = openLogOutput();
    const log = createLog({ level: "info", write: output.write }).logger("a");
    for (let i = 0; i < 1000; i++) log.info("line " + i);
    output.flush();
    process.exit(3);
  `;
  const { stderr, status } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], { encoding: "utf8" });
  assert.is(status, 3, stderr);
  assert.is(stderr.trimEnd().split("\n").length, 1000);
});

log("a reader that does not read costs lines, not the event loop", async () => {
  const program = `
    const { createLog, openLogOutput } = await import("./runtime/log/index.ts");
    const output = openLogOutput();
    const log = createLog({ level: "info", write: output.write }).logger("a");
    for (let i = 0; i < 3000; i++) log.info("x".repeat(8000));
    process.stdout.write(String(output.dropped()));
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "pipe"] });
  const [told] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGKILL");
  child.stderr.resume();
  await once(child, "close");
  assert.ok(Number(told.toString()) > 1000, told.toString());
});

log("a process whose log nobody can take ends all the same, with its exit code", async () => {
  const program = `
    const { createLog, openLogOutput } = await import("./runtime/log/index.ts");
    const output = openLogOutput();
    const log = createLog({ level: "info", write: output.write }).logger("a");
    log.info("lost");
    await new Promise((resolve) => setTimeout(resolve, 100));
    log.info("lost, too");
    output.flush();
    process.exit(3);
  `;
  const args = ["--import", "tsx", "--input-type=module", "-e", program];
  const full = openSync("/dev/full", "w");
  const noSpace = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", full], timeout: 20_000 });
  closeSync(full);
  assert.is(noSpace.status, 3);
  const left = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"], timeout: 20_000 });
  left.stderr!.destroy();
  assert.equal(await once(left, "exit"), [3, null]);
});

log("a process whose log is a full pipe, open and not read, ends all the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-log-"));
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, "r+");
  const program = `
    const { createLog, openLogOutput } = await import("./runtime/log/index.ts");
    const output = openLogOutput();
    const log = createLog({ level: "info", write: output.write }).logger("a");
    for (let i = 0; i < 100; i++) log.info("x".repeat(8000));
    await new Promise((resolve) => setTimeout(resolve, 300));
    output.flush();
    if (process.argv[1] === "exit") process.exit(3);
    process.exitCode = 3;
  `;
  for (const how of ["exit", "return"]) {
    const args = ["--import", "tsx", "--input-type=module", "-e", program, how];
    const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", reader], timeout: 20_000, killSignal: "SIGKILL" });
    assert.is(status, 3, how);
  }
  closeSync(reader);
  rmSync(folder, { recursive: true });
});

log("what could not be written is written with the next line that can be", () => {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-log-"));
  const program = `
    const { closeSync, openSync } = await import("node:fs");
    const { createLog, openLogOutput } = await import("./runtime/log/index.ts");
    const fd = openSync("/dev/full", "w");
    const output = openLogOutput(fd);
    const log = createLog({ level: "info", write: output.write }).logger("a");
    log.info("first");
    await new Promise((resolve) => setTimeout(resolve, 100));
    closeSync(fd);
    if (openSync(process.argv[1], "w") !== fd) throw new Error("another descriptor");
    log.info("second");
    await new Promise((resolve) => setTimeout(resolve, 100));
  `;
  const file = join(folder, "log");
  const { stderr, status } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program, file], {
    encoding: "utf8",
  });
  assert.is(status, 0, stderr);
  assert.equal(messages(readFileSync(file, "utf8").trimEnd().split("\n")), ["first", "second"]);
  rmSync(folder, { recursive: true });
});

log.run();
