import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { basename, join } from "node:path";
import { UsageError } from "./exit.ts";

/** What a path on the command line holds, told by content: a bundle folder has a manifest, everything else is a snapshot. */
export type Input =
  | { readonly kind: "bundle"; readonly path: string }
  | { readonly kind: "snapshot"; readonly path: string; readonly files: readonly InputFile[] };

/** One file of a snapshot. `name` is for words only, never for deciding what it is. */
export interface InputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Larger than any dump seen by far; a file above is refused before it is read. */
const maxFileBytes = 2 ** 30;

export function openInput(path: string): Input {
  const stat = statOf(path);
  if (!stat.isDirectory()) return { kind: "snapshot", path, files: [readInput(path, basename(path))] };
  const names = readdirSync(path).sort();
  if (names.includes("manifest.json")) return { kind: "bundle", path };
  const files = names.filter((n) => /\.(json|pb|bin|zst)$/.test(n));
  if (files.length === 0) {
    throw new UsageError(`${path} holds neither a bundle (manifest.json) nor raw xDS (NNN-cds.pb, ... or .json)`);
  }
  return { kind: "snapshot", path, files: files.map((n) => readInput(join(path, n), n)) };
}

function readInput(path: string, name: string): InputFile {
  const { size } = statOf(path);
  if (size > maxFileBytes) throw new UsageError(`${path} has ${size} bytes; the most a snapshot may have is ${maxFileBytes}`);
  try {
    return { name, bytes: readFileSync(path) };
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`);
  }
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(code === "ENOENT" ? `${path}: no such file or folder` : `cannot read ${path}: ${(error as Error).message}`);
  }
}
