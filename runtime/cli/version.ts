import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../compiler/package-root.ts";

export function version(): string {
  return (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { readonly version: string }).version;
}
