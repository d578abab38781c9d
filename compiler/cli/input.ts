import { closeSync, openSync, readdirSync, readFileSync, readSync, type Stats, statSync } from "node:fs";
import { basename, join } from "node:path";
import { MANIFEST_FILE } from "../bundle/index.ts";
import { UsageError } from "./exit.ts";
import { failing } from "./failing.ts";

/** What a path on the command line (or `-`, standard input) holds, told by content: a bundle folder has a manifest, everything else is a snapshot. */
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
  // As an unset variable of a script leaves it.
  if (path === "") throw new UsageError("the name of a snapshot or bundle is empty");
  if (path === "-") return { kind: "snapshot", path, files: [{ name: "stdin", bytes: failing("cannot read standard input", readStdin) }] };
  const stat = statOf(path);
  if (!stat.isDirectory()) return { kind: "snapshot", path, files: [readInput(path, basename(path))] };
  const names = failing(`cannot read ${path}`, () => readdirSync(path)).sort();
  if (names.includes(MANIFEST_FILE)) return { kind: "bundle", path };
  const files = names.filter((n) => /\.(json|pb|bin|zst)$/.test(n));
  if (files.length === 0) {
    throw new UsageError(`${path} holds neither a bundle (${MANIFEST_FILE}) nor raw xDS (NNN-cds.pb, ... or .json)`);
  }
  return { kind: "snapshot", path, files: files.map((n) => readInput(join(path, n), n)) };
}

function readInput(path: string, name: string): InputFile {
  const stat = statOf(path);
  if (stat.size > maxFileBytes) throw tooLarge(path, String(stat.size));
  return failing(`cannot read ${path}`, () => {
    if (stat.isFile() || stat.isDirectory()) return { name, bytes: readFileSync(path) };
    const descriptor = openSync(path, "r");
    try {
      return { name, bytes: readStream(descriptor, path) };
    } finally {
      closeSync(descriptor);
    }
  });
}

let isStdinRead = false;

/** By its descriptor: /dev/stdin can't be opened where it is a socket. */
function readStdin(): Uint8Array {
  if (isStdinRead) throw new UsageError("- is standard input, which can be read once");
  isStdinRead = true;
  return readStream(0, "standard input");
}

/** A pipe or device, whose size nothing tells. */
function readStream(descriptor: number, path: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const length = readWhenThere(descriptor, chunk);
    if (length === 0) return Buffer.concat(chunks, size);
    size += length;
    if (size > maxFileBytes) throw tooLarge(path, `more than ${maxFileBytes}`);
    chunks.push(chunk.subarray(0, length));
  }
}

/** As readSync, also where the descriptor does not block: whoever made the pipe may have said so. */
function readWhenThere(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}

/** How long a read waits before it asks again. */
const pauseMs = 10;

function tooLarge(path: string, size: string): UsageError {
  return new UsageError(`${path} has ${size} bytes; the most a snapshot may have is ${maxFileBytes}`);
}

const chunkBytes = 2 ** 20;

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(code === "ENOENT" ? `${path}: no such file or folder` : `cannot read ${path}: ${(error as Error).message}`);
  }
}
