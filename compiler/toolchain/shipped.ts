import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

/** An object and what made it. */
export interface Compiled {
  readonly bytes: Uint8Array;
  /** `clang 20.1.3`. */
  readonly compiler: string;
}

/**
 * Objects that were compiled at build time, so that a machine without clang can use them. A file's name is `<key>.<compiler>.<suffix>`; the
 * key is a hash of everything that goes in but the compiler, so what an earlier build left is never taken for today's.
 */
const folder = join(packageRoot, "dist/objects");

const fileName = /^([0-9a-f]{64})\.clang-(\d+\.\d+\.\d+)\.(?:bpf\.o|wasm)$/;

let listed: ReadonlyMap<string, { readonly file: string; readonly compiler: string }> | undefined;

/** The object for `key`; undefined where none ships, or nothing was built. */
export function readShipped(key: string): Compiled | undefined {
  listed ??= list();
  const found = listed.get(key);
  return found && { bytes: new Uint8Array(readFileSync(join(folder, found.file))), compiler: found.compiler };
}

/** Puts an object where `readShipped` of a later process finds it. Errors of the file system are thrown. */
export function writeShipped(key: string, suffix: string, { bytes, compiler }: Compiled): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${key}.${compiler.replace(" ", "-")}.${suffix}`), bytes);
}

function list(): NonNullable<typeof listed> {
  const objects = new Map<string, { readonly file: string; readonly compiler: string }>();
  for (const file of filesIn(folder)) {
    const [, key, version] = fileName.exec(file) ?? [];
    if (key !== undefined) objects.set(key, { file, compiler: `clang ${version}` });
  }
  return objects;
}

function filesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    // From source, before the first build.
    return [];
  }
}
