import { renameSync, writeFileSync } from "node:fs";

/** Replaces a file by one rename, for this user alone: a reader sees the old text or the new one. Errors of the file system are thrown. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.part`, text, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}
