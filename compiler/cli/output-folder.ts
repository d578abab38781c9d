import { existsSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isBundleFolder, type PackedBundle, writeBundle } from "../bundle/index.ts";
import { UsageError } from "./exit.ts";
import { failing } from "./failing.ts";

/** Before any work: a UsageError where a bundle must not go, as it would replace something else. */
export function checkOutput(dir: string): void {
  if (dir === "") throw new UsageError("-o needs a folder's name");
  failing(`cannot write ${dir}`, () => {
    if (!existsSync(dir)) {
      if (lstatSync(dir, { throwIfNoEntry: false })?.isSymbolicLink()) throw new UsageError(`${dir} is a link that leads nowhere`);
      return;
    }
    if (!statSync(dir).isDirectory()) throw new UsageError(`${dir} is there and is no folder`);
    if (!isBundleFolder(dir)) throw new UsageError(`${dir} is there and holds something else than a bundle; name a new folder`);
  });
}

/** Writes the bundle, and the folders above it. What the file system refuses is a UsageError. */
export function writeOutput(dir: string, packed: PackedBundle): void {
  failing(`cannot write ${dir}`, () => {
    makeFolder(dirname(resolve(dir)));
    writeBundle(dir, packed);
  });
}

/** One by one: with `recursive`, Node asks for ever where a parent refuses with ENOENT, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
