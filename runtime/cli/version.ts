import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../compiler/package-root.ts";

export function version(): string {
  return (readJson("package.json") as { readonly version: string }).version;
}

/** In Kmesh's words, as far as they fit. `git*` are `unknown` where the build had no repository. */
export function buildInfo(): Readonly<Record<string, string>> {
  const built = readJson(join("dist", "build.json"));
  return {
    gitVersion: version(),
    gitCommit: built?.["commit"] ?? "unknown",
    gitTreeState: built?.["treeState"] ?? "unknown",
    nodeVersion: process.version,
    platform: `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`,
  };
}

function readJson(file: string): Readonly<Record<string, string>> | undefined {
  try {
    return JSON.parse(readFileSync(join(packageRoot, file), "utf8")) as Readonly<Record<string, string>>;
  } catch {
    return undefined;
  }
}
