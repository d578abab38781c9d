import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InternalError } from "../diag/index.ts";
import type { FileData, PackedBundle } from "./pack.ts";

/**
 * Writes the bundle as folder `dir`: whole, in a temporary folder beside it, then renamed. A bundle that is there is replaced; a folder
 * that is no bundle is never touched (InternalError: the caller asks first with `isBundleFolder`). Errors of the file system are thrown.
 */
export function writeBundle(dir: string, packed: PackedBundle): void {
  const target = resolve(dir);
  if (existsSync(target) && !isBundleFolder(target)) throw new InternalError(`${dir} is there and is no bundle`);
  mkdirSync(dirname(target), { recursive: true });
  const part = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    // mkdtemp makes it for this user alone.
    chmodSync(part, 0o755);
    const folders = new Set([...packed.files.keys()].map((file) => dirname(join(part, file))));
    for (const folder of folders) mkdirSync(folder, { recursive: true });
    for (const [file, data] of packed.files) writeFileSync(join(part, file), inOnePiece(data));
    // A rename can't replace a folder with files in it, so the old one steps aside first.
    const old = `${part}.old`;
    const replaces = existsSync(target);
    if (replaces) renameSync(target, old);
    renameSync(part, target);
    if (replaces) rmSync(old, { recursive: true, force: true });
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
}

function inOnePiece(data: FileData): string | Uint8Array {
  return typeof data === "string" || data instanceof Uint8Array ? data : Buffer.concat(data);
}

/** Whether `dir` may be replaced by a bundle: it holds one, or nothing. */
export function isBundleFolder(dir: string): boolean {
  return existsSync(join(dir, "manifest.json")) || readdirSync(dir).length === 0;
}
