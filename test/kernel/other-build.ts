/** Another build of this project, whose records really differ: the sources with fields added and moved, and everything generated anew. */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../compiler/package-root.ts";

/** What a build is made of. */
const parts = ["bpf", "compiler", "runtime", "templates", "test/kernel", "tools", "package.json", "tsconfig.json"];

/** In compiler/layout/records: an endpoint of 32 bytes, a header with more in the middle, and an address whose target is elsewhere. */
const changes: readonly (readonly [file: string, from: string, to: string])[] = [
  ["connect.ts", "export interface Endpoint {\n", "export interface Endpoint {\n  readonly more0: u32;\n  readonly more1: u32;\n"],
  ["header.ts", "  readonly svc4Seed: u32;\n", "  readonly svc4Seed: u32;\n  readonly more0: u32;\n  readonly more1: u32;\n"],
  [
    "connect.ts",
    "  readonly reason: u8;\n  readonly target: u32;\n  /** Listener id, for words and counters. */\n  readonly listener: u32;\n}",
    "  readonly reason: u8;\n  readonly listener: u32;\n  readonly target: u32;\n}",
  ],
];

/** Makes it in an empty folder. */
export function makeOtherBuild(folder: string): void {
  for (const part of parts) cpSync(join(packageRoot, part), join(folder, part), { recursive: true });
  symlinkSync(join(packageRoot, "node_modules"), join(folder, "node_modules"));
  for (const [file, from, to] of changes) {
    const path = join(folder, "compiler/layout/records", file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} has other records than it had: choose another change`);
    writeFileSync(path, text.replace(from, to));
  }
  execFileSync(process.execPath, ["--import", "tsx", "tools/generate-records.ts"], { cwd: folder, stdio: "inherit" });
}
