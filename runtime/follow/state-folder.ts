import { readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, type PackedBundle, readBundle, writeBundle } from "../../compiler/bundle/index.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import { makeFolder } from "../keep/index.ts";

/** The bundle that ran last, on disk: `last-good` is a link to it, which is replaced by one rename. */
export interface LastGood {
  write(packed: PackedBundle): void;
  /** Undefined where there is none yet, or (with diagnostics) where it can't be used: then the next is written, though it be the same. */
  read(): { readonly bundle: Bundle | undefined; readonly diagnostics: readonly Diagnostic[] };
}

const LINK = "last-good";
const PREFIX = "bundle-";

/** Makes the folder, for this user alone. Errors of the file system are thrown. */
export function openLastGood(folder: string): LastGood {
  makeFolder(folder);
  const current = (): string | undefined => {
    try {
      return readlinkSync(join(folder, LINK));
    } catch {
      return undefined;
    }
  };
  return {
    write(packed) {
      const name = PREFIX + packed.bundle.manifest.digest.slice(0, 16);
      if (current() === name) return;
      // One that could not be used may lie there.
      rmSync(join(folder, name), { recursive: true, force: true });
      writeBundle(join(folder, name), packed);
      const part = join(folder, `${LINK}.part`);
      rmSync(part, { force: true });
      symlinkSync(name, part);
      renameSync(part, join(folder, LINK));
      for (const other of readdirSync(folder))
        if ((other.startsWith(PREFIX) || other.startsWith(`.${PREFIX}`)) && other !== name)
          rmSync(join(folder, other), { recursive: true, force: true });
    },
    read() {
      const name = current();
      if (name === undefined) return { bundle: undefined, diagnostics: [] };
      const { bundle, diagnostics } = readBundle(join(folder, name));
      if (!bundle) rmSync(join(folder, LINK), { force: true });
      return { bundle, diagnostics };
    },
  };
}
