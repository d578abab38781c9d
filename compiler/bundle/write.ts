import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InternalError } from "../diag/index.ts";
import { MANIFEST_FILE } from "./format.ts";
import type { FileData, PackedBundle } from "./pack.ts";

/**
 * Writes the bundle as folder `dir`: whole, in a temporary folder beside it, then renamed. A bundle that is there is replaced; a folder
 * that is no bundle is never touched (InternalError: the caller asks first with `isBundleFolder`). A link stays, what it leads to is replaced.
 * Errors of the file system are thrown; what was there is there again then.
 */
export function writeBundle(dir: string, packed: PackedBundle): void {
  const target = orWhereAbsent(() => realpathSync(dir), resolve(dir));
  if (!isBundleFolder(target)) throw new InternalError(`${dir} is there and is no bundle`);
  mkdirSync(dirname(target), { recursive: true });
  const part = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    // mkdtemp makes it for this user alone.
    chmodSync(part, 0o755);
    const folders = new Set([...packed.files.keys()].map((file) => dirname(join(part, file))));
    for (const folder of folders) mkdirSync(folder, { recursive: true });
    for (const [file, data] of packed.files) writeData(join(part, file), data);
    putInPlace(part, target);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
}

/** A rename can't replace a folder with files in it, so what is there steps aside first. Another process may do the same at the same time. */
function putInPlace(part: string, target: string): void {
  const old = `${part}.old`;
  try {
    for (let turn = 1; !renames(part, target, turn < maxTurns ? placeTaken : []); turn++) {
      // What stepped aside in the turn before has been replaced by another process.
      removeBundle(old);
      renames(target, old, ["ENOENT"]);
    }
  } catch (error) {
    if (existsSync(old)) renames(old, target, placeTaken);
    throw error;
  } finally {
    removeBundle(old);
  }
}

/** The manifest last: whoever has opened the folder under its old name lists a bundle or an empty folder, never what is left of a bundle. */
function removeBundle(dir: string): void {
  for (const name of orWhereAbsent(() => readdirSync(dir), []))
    if (name !== MANIFEST_FILE) rmSync(join(dir, name), { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
}

/** Processes that write one folder all the time can keep one of them from its place; it gives up in the end. */
const maxTurns = 100;
const placeTaken = ["ENOTEMPTY", "EEXIST"];

/** False where the rename fails in one of the ways that are expected. */
function renames(from: string, to: string, expected: readonly string[]): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (expected.includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

function writeData(path: string, data: FileData): void {
  const file = openSync(path, "w");
  try {
    // One after the other: a daemon that persists a large mesh would hold what is put together until it collects its garbage, hours later maybe.
    for (const piece of typeof data === "string" || data instanceof Uint8Array ? [data] : data) writeFileSync(file, piece);
  } finally {
    closeSync(file);
  }
}

/** Whether `dir` may be replaced by a bundle: it holds one, or nothing, or is not there. */
export function isBundleFolder(dir: string): boolean {
  const names = orWhereAbsent(() => readdirSync(dir), []);
  return names.length === 0 || names.includes(MANIFEST_FILE);
}

/** Asked once, not with existsSync before: another process may take it away in between. */
function orWhereAbsent<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return otherwise;
    throw error;
  }
}
