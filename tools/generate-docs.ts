/** Writes docs/xds-support.md (from the support tables of compiler/decode) and docs/diagnostics.md (from compiler/diag/codes). */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../compiler/package-root.ts";
import { pages } from "./docs/pages.ts";

mkdirSync(join(packageRoot, "docs"), { recursive: true });
for (const { file, text } of pages()) writeFileSync(join(packageRoot, file), text);
