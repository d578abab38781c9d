import { type Bundle, cellsIn, inOnePiece, inParts } from "../../compiler/bundle/format.ts";
import { tableHash } from "../../compiler/bundle/table-hash.ts";
import type { CompiledRun } from "../../compiler/index.ts";
import { cellsOf, layOutRuns, runOf } from "../plan/index.ts";

/**
 * The bundle with other endpoints for some clusters, laid out as the compiler does: runs side by side in the order of ids. For changes that
 * came while it was built. Only the images of `cell` and `endpoint`, and what the manifest says of them, differ.
 */
export function patchRuns(bundle: Bundle, runs: ReadonlyMap<number, CompiledRun>): Bundle {
  if (runs.size === 0) return bundle;
  const images = { cell: inOnePiece(bundle.tables.get("cell")!), endpoint: inOnePiece(bundle.tables.get("endpoint")!) };
  const cells = cellsIn(bundle.manifest.header);
  const cellOf = cellsOf(images.cell, cells);
  const patched = layOutRuns(cells, (cluster) => runs.get(cluster) ?? runOf(images, cellOf(cluster)));
  const changed = new Map<string, Uint8Array>(Object.entries(patched));
  const tables = bundle.manifest.tables.map((table) => {
    const bytes = changed.get(table.name);
    if (!bytes) return table;
    return { ...table, count: bytes.length / table.recordSize, sha256: tableHash(bytes) };
  });
  return {
    ...bundle,
    manifest: { ...bundle.manifest, tables },
    tables: new Map([...bundle.tables, ...[...changed].map(([name, bytes]) => [name, inParts(bytes)] as const)]),
  };
}
