/** The commands with standard streams as only a process of its own has them: full, or not blocking. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../compiler/package-root.ts";

const streams = suite("cli-streams");

const compiler = "compiler/cli/main.ts";
const daemon = "runtime/cli/daemon.ts";
const ctl = "runtime/cli/kmeshctl.ts";

interface Streams {
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Runs a command whose streams are these files; default: read here. */
function ran(main: string, args: readonly string[], to: Streams): { readonly code: number | null; readonly stderr: string } {
  const files = [to.stdout, to.stderr].map((file) => (file === undefined ? "pipe" : openSync(file, "w")));
  try {
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", main, ...args], {
      cwd: packageRoot,
      stdio: ["ignore", ...files],
      encoding: "utf8",
    });
    return { code: status, stderr };
  } finally {
    for (const file of files) if (typeof file === "number") closeSync(file);
  }
}

streams("standard output on a full disk: one line, and not the exit code of what was rejected", () => {
  for (const [main, name, args] of [
    [compiler, "kmesh-compile", ["check", "fixtures/istio-outbound/snapshot.json"]],
    [daemon, "kmesh-daemon", ["--help"]],
    [ctl, "kmeshctl", ["--help"]],
  ] as const) {
    const { code, stderr } = ran(main, args, { stdout: "/dev/full" });
    assert.equal([code, stderr], [2, `${name}: cannot write standard output: ENOSPC: no space left on device, write\n`]);
  }
});

streams("standard error on a full disk changes no exit code", () => {
  assert.is(ran(compiler, ["explain", "fixtures/reject-cluster-duplicate-name/snapshot.json"], { stderr: "/dev/full" }).code, 0);
  for (const main of [compiler, daemon, ctl]) assert.is(ran(main, ["frobnicate"], { stderr: "/dev/full" }).code, 2);
});

/** Whether a pipe had room for this. */
function writes(pipe: number, bytes: Uint8Array): boolean {
  try {
    return writeSync(pipe, bytes) === bytes.length;
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, "EAGAIN");
    return false;
  }
}

streams("standard input that does not block is waited for", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-streams-"));
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const descriptor = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    // Node.js makes the first three descriptors of a child block; a shell hands another one on as it is.
    const words = [process.execPath, "--import", "tsx", compiler, "explain", "-", "10.96.7.7:9080"];
    const child = spawn("sh", ["-c", 'exec "$0" "$@" <&3', ...words], { cwd: packageRoot, stdio: ["ignore", "pipe", "pipe", descriptor] });
    const said: string[] = [];
    for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    const ended = once(child, "close");
    // Once the full pipe takes more, the child reads; soon it has read all there is.
    while (writes(writer, Buffer.alloc(4096, " ")));
    while (child.exitCode === null && !writes(writer, Buffer.from(" "))) await setTimeout(20);
    await Promise.race([setTimeout(500), ended]);
    if (child.exitCode === null) assert.ok(writes(writer, readFileSync("fixtures/istio-outbound/snapshot.json")));
    closeSync(writer);
    assert.equal(await ended, [0, null], said.join(""));
    assert.match(said.join(""), /^10\.96\.7\.7:9080 {2}\[direct\]/);
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
});

streams.run();
