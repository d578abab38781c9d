import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's folder, the same whether this file runs from source or from dist/: where templates/, bpf/ and package.json are. */
export const packageRoot: string = find(dirname(fileURLToPath(import.meta.url)));

/** The folder that stands for the sources' own: the package's from source, dist/ where the build has put the modules together. */
export const codeRoot: string = import.meta.url.endsWith(".ts") ? packageRoot : join(packageRoot, "dist");

function find(from: string): string {
  if (existsSync(join(from, "package.json"))) return from;
  const up = dirname(from);
  return up === from ? from : find(up);
}
