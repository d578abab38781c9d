import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Diagnostic, InternalError } from "../diag/index.ts";
import { packageRoot } from "../package-root.ts";
import { readCache, writeCache } from "./cache.ts";
import { type Clang, findClang, MIN_CLANG } from "./clang.ts";
import { countObject } from "./numbers.ts";
import { type Compiled, readShipped, writeShipped } from "./shipped.ts";

export type Target = "bpf" | "wasm32";

export interface CompileRequest {
  /** File name (no folder) -> text. Every *.c is compiled; headers may stand beside them. BPF takes exactly one *.c. */
  readonly sources: ReadonlyMap<string, string>;
  readonly target: Target;
  /** Header folders relative to the package; default: bpf/lib, bpf/gen, bpf/include and the target's bpf/target/<x>. */
  readonly includes?: readonly string[];
  /** wasm32: functions to export beside those marked KM_EXPORT. */
  readonly exports?: readonly string[];
}

export interface CompileResult {
  /** Absent when a diagnostic is an error. */
  readonly bytes?: Uint8Array;
  /** `clang 20.1.3`; absent where there is no compiler. */
  readonly compiler?: string;
  readonly diagnostics: readonly Diagnostic[];
}

const warnings = ["-Wall", "-Wextra", "-Werror"];

/** No host path, no date, no identification string: equal sources and equal clang give equal bytes. */
const deterministic = ["-nostdinc", "-fno-ident", "-Wno-unused-command-line-argument", "-Wdate-time"];

const targetFlags: Readonly<Record<Target, readonly string[]>> = {
  // -g makes BTF, which carries the types of maps; -mcpu=v3 (Linux 5.1) has 32-bit arithmetic.
  bpf: ["-target", "bpf", "-mcpu=v3", "-O2", "-g", "-fdebug-compilation-dir=.", "-fno-stack-protector"],
  // -fno-builtin: no loop becomes a call of memcmp or strlen, which nothing here defines; copies become memory.copy.
  wasm32: ["-target", "wasm32", "-mbulk-memory", "-O2", "-g0", "-fno-builtin", "-fvisibility=hidden"],
};

const suffixes: Readonly<Record<Target, string>> = { bpf: "bpf.o", wasm32: "wasm" };

/**
 * Compiles C with clang: for BPF to a relocatable ELF with BTF, for wasm32 to a linked module. What ships compiled is taken first, unless
 * $KMESH_CLANG names a clang; results are cached by content.
 *
 * Our own C that does not compile is a bug: InternalError with clang's words. No usable clang is a diagnostic (KM5001, KM5002).
 */
export async function compileC(request: CompileRequest): Promise<CompileResult> {
  const key = contentKey(request);
  // Who names a compiler wants to run what that one makes.
  const shipped = process.env["KMESH_CLANG"] && findClang() ? undefined : readShipped(key);
  if (shipped) {
    countObject("shipped");
    return { ...shipped, diagnostics: [] };
  }
  const clang = findClang();
  if (!clang) return { diagnostics: [noClang()] };
  const unfit = noLinker(clang, request.target);
  if (unfit) return { compiler: clang.version, diagnostics: [unfit] };
  return { ...(await compileBy(clang, request, key)), diagnostics: [] };
}

/** For the build: compiles by the clang of this machine, and puts the object where compileC finds it on any other; or why it can't. */
export async function shipC(request: CompileRequest): Promise<Diagnostic | undefined> {
  const clang = findClang();
  const unfit = clang ? noLinker(clang, request.target) : noClang();
  if (!clang || unfit) return unfit;
  const key = contentKey(request);
  writeShipped(key, suffixes[request.target], await compileBy(clang, request, key));
  return undefined;
}

async function compileBy(clang: Clang, request: CompileRequest, key: string): Promise<Compiled> {
  const name = `${key}.${clang.version.replace(" ", "-")}.${suffixes[request.target]}`;
  const cached = readCache(name);
  if (cached) return { bytes: cached, compiler: clang.version };
  const bytes = await build(clang, request, includesOf(request));
  writeCache(name, bytes);
  return { bytes, compiler: clang.version };
}

function includesOf({ includes, target }: CompileRequest): readonly string[] {
  return includes ?? defaultIncludes(target);
}

export function defaultIncludes(target: Target): readonly string[] {
  return ["bpf/lib", "bpf/gen", "bpf/include", target === "bpf" ? "bpf/target/bpf" : "bpf/target/wasm"];
}

const hashes = new Map<string, string>();

/** SHA-256 over names and texts of all headers in the folders, as they were when this process asked first. */
export function hashIncludes(includes: readonly string[]): string {
  const known = hashes.get(includes.join());
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  for (const folder of includes)
    for (const file of readdirSync(join(packageRoot, folder)).sort()) {
      if (!file.endsWith(".h")) continue;
      hash
        .update(`${folder}/${file}\0`)
        .update(readFileSync(join(packageRoot, folder, file)))
        .update("\0");
    }
  const digest = hash.digest("hex");
  hashes.set(includes.join(), digest);
  return digest;
}

/** A hash of everything that can change the object, but the compiler. */
function contentKey(request: CompileRequest): string {
  const { target, exports = [], sources } = request;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([target, ...targetFlags[target], ...deterministic, ...warnings, ...exports]));
  hash.update(hashIncludes(includesOf(request)));
  for (const [name, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(JSON.stringify([name, text]));
  return hash.digest("hex");
}

async function build(clang: Clang, request: CompileRequest, includes: readonly string[]): Promise<Uint8Array> {
  const units = [...request.sources.keys()].filter((name) => name.endsWith(".c")).sort();
  if (request.target === "bpf" && units.length !== 1) throw new InternalError(`a BPF object has one source, not ${units.length}`);
  const folder = mkdtempSync(join(tmpdir(), "kmesh-cc-"));
  try {
    // Sources and headers are reached by names relative to the folder, so that no path of this host gets into the debug information.
    for (const [name, text] of request.sources) writeFileSync(join(folder, name), text);
    for (const include of includes) {
      mkdirSync(join(folder, dirname(include)), { recursive: true });
      symlinkSync(join(packageRoot, include), join(folder, include));
    }
    const flags = [...targetFlags[request.target], ...deterministic, ...warnings, "-I.", ...includes.map((i) => `-I${i}`)];
    for (const unit of units) await run(clang.path, [...flags, "-c", unit, "-o", `${unit}.o`], folder);
    if (request.target === "bpf") return new Uint8Array(readFileSync(join(folder, `${units[0]}.o`)));
    const exports = (request.exports ?? []).map((name) => `--export=${name}`);
    const link = ["--no-entry", "--strip-debug", "--allow-undefined", "-z", "stack-size=262144", "--export=__heap_base", ...exports];
    if ("problem" in clang.wasmLd) throw new InternalError(clang.wasmLd.problem);
    await run(clang.wasmLd.path, [...link, ...units.map((u) => `${u}.o`), "-o", "out.wasm"], folder);
    return new Uint8Array(readFileSync(join(folder, "out.wasm")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(file: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // LC_ALL: messages in one language; nothing else of the environment may reach the compiler (CPATH, SOURCE_DATE_EPOCH...).
    const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C" };
    execFile(file, args, { cwd, env, maxBuffer: 16 << 20 }, (error, _stdout, stderr) => {
      if (error) reject(new InternalError(`the emitted C does not compile:\n${stderr || error.message}`));
      else resolve();
    });
  });
}

function noClang(): Diagnostic {
  const named = process.env["KMESH_CLANG"];
  return {
    code: "KM5001",
    severity: "error",
    path: "toolchain",
    message: `this program does not ship compiled (dist/objects), and ${
      named
        ? `KMESH_CLANG is ${JSON.stringify(named)}, which is no clang >= ${MIN_CLANG} that runs`
        : `no clang was found (looked for npm package clang-wasm and clang >= ${MIN_CLANG})`
    }`,
    hint: "make build where a clang is: all programs ship compiled then; or npm install clang-wasm (linux-x64), or install clang and set KMESH_CLANG",
  };
}

function noLinker({ version, wasmLd }: Clang, target: Target): Diagnostic | undefined {
  if (target !== "wasm32" || "path" in wasmLd) return undefined;
  return {
    code: "KM5002",
    severity: "error",
    path: "toolchain",
    message: `${version} has no wasm-ld that runs, so nothing can be built for wasm32: ${wasmLd.problem}`,
    hint: "apt-get install libxml2, which that of npm package clang-wasm needs, or install lld of the same version as clang",
  };
}
