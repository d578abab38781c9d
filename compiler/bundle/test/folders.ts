import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packBundle, writeBundle } from "../index.ts";
import { parts } from "./parts.ts";

/** Folders of one test file, all of them below `root`. */
export interface BundleFolders {
  readonly root: string;
  /** Of no folder yet. */
  folder(): string;
  /** Of a small bundle. */
  written(): string;
  remove(): void;
}

export function bundleFolders(): BundleFolders {
  const root = mkdtempSync(join(tmpdir(), "kmesh-bundle-"));
  let next = 0;
  const folder = (): string => join(root, `b${next++}`);
  return {
    root,
    folder,
    written() {
      const dir = folder();
      writeBundle(dir, packBundle(parts()));
      return dir;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
