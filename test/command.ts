/** The kmesh-compile command, in this process, or as one of its own for what only that has: exit codes, streams, memory. */
import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../compiler/cli/run.ts";
import { packageRoot } from "../compiler/package-root.ts";
import { catchWrites } from "./catch-writes.ts";

export interface RunOptions {
  /** Written to stdin, which is then closed. Default: nothing. */
  readonly input?: string | Uint8Array;
  /** For node itself: `--max-old-space-size=...`. */
  readonly nodeOptions?: readonly string[];
  /** Closes stdout after so many bytes of it, as `head -c` does. */
  readonly closeAfter?: number;
}

export interface Ran {
  /** -1 when a signal ended it, or it took longer than 60 s. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Runs the command in a process; never throws for what it answers. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const start = performance.now();
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), ...command(), ...args], { cwd: packageRoot, timeout: 60_000 });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  let size = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    out.push(chunk);
    size += chunk.length;
    if (options.closeAfter !== undefined && size >= options.closeAfter) child.stdout.destroy();
  });
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  // A command that ends before it has read everything is a result, not an error of the test.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return new Promise((resolve) => {
    child.on("close", (code) =>
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
        milliseconds: performance.now() - start,
      }),
    );
  });
}

/** The same command in this process, where nothing needs one of its own: it costs a tenth. Results in the order of the calls. */
export async function runAll(calls: readonly (readonly string[])[]): Promise<readonly Ran[]> {
  const results: Ran[] = [];
  for (const args of calls) results.push(await runInside(args));
  return results;
}

async function runInside(args: readonly string[]): Promise<Ran> {
  const start = performance.now();
  const [out, err] = [catchWrites(process.stdout), catchWrites(process.stderr)];
  try {
    const code = await runCommand(args);
    return { code, stdout: out.text(), stderr: err.text(), milliseconds: performance.now() - start };
  } finally {
    out.end();
    err.end();
  }
}

let found: readonly string[] | undefined;

/** What `make build` made, where it is newer than every source; else the sources themselves. */
function command(): readonly string[] {
  found ??= builtAt() > newestSource() ? [join(packageRoot, "dist/compiler/cli/main.js")] : ["--import", "tsx", "compiler/cli/main.ts"];
  return found;
}

function builtAt(): number {
  return statSync(join(packageRoot, "dist/compiler/cli/main.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestSource(): number {
  const folder = join(packageRoot, "compiler");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return Math.max(...files.map((file) => statSync(join(folder, file)).mtimeMs));
}
