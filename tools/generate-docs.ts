/** Writes the generated pages of docs/, each from the declarations that the code itself obeys (docs/pages.ts lists them). */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../compiler/package-root.ts";
import { pages } from "./docs/pages.ts";

mkdirSync(join(packageRoot, "docs"), { recursive: true });
for (const { file, text } of pages()) writeFileSync(join(packageRoot, file), text);
