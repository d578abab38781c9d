/** Tables as text: what a reader sees of them. */
import type { Bundle } from "./bundle/index.ts";
import { type DumpOptions, dumpImages } from "./layout/dump.ts";
import { inOnePiece } from "./layout/index.ts";
import type { CompiledTables } from "./tables.ts";

/** The tables in words and bytes, from the images themselves. */
export function dumpTables(compiled: Pick<CompiledTables, "header" | "images" | "names">, options?: DumpOptions): string {
  return dumpParts(compiled, new Map([...compiled.images].map(([name, { parts }]) => [name, parts])), options);
}

/** The same of a bundle. */
export function dumpBundle(bundle: Bundle, options?: DumpOptions): string {
  return dumpParts({ header: bundle.manifest.header, names: bundle.names }, bundle.tables, options);
}

function dumpParts({ header, names }: Pick<CompiledTables, "header" | "names">, tables: Bundle["tables"], options?: DumpOptions): string {
  return dumpImages(header, new Map([...tables].map(([name, parts]) => [name, inOnePiece(parts)])), names, options);
}
