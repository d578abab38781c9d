import { createHash } from "node:crypto";
import type { Bundle } from "../../compiler/bundle/format.ts";
import type { CompiledRun } from "../../compiler/index.ts";
import { CELL_SIZE, cellAt, cellValue, recordSizeOf, runOf } from "../plan/index.ts";

/**
 * The bundle with other endpoints for some clusters, laid out as the compiler does: runs side by side in the order of ids. For changes that
 * came while it was built. Only the images of `cell` and `endpoint`, and what the manifest says of them, differ.
 */
export function patchRuns(bundle: Bundle, runs: ReadonlyMap<number, CompiledRun>): Bundle {
  if (runs.size === 0) return bundle;
  const size = recordSizeOf("endpoint");
  const endpoints = bundle.tables.get("endpoint")!;
  const cells = bundle.tables.get("cell")!.slice();
  const view = new DataView(cells.buffer);
  const images: Uint8Array[] = [];
  let first = 0;
  for (let cluster = 0; cluster < cells.length / CELL_SIZE; cluster++) {
    const cell = cellAt(cells, cluster);
    const patched = runs.get(cluster);
    const run = patched?.run ?? runOf(endpoints, cell);
    const count = run.length / size;
    const uniform = patched?.uniform ?? cell.uniform;
    view.setBigUint64(cluster * CELL_SIZE, cellValue({ first: count === 0 ? 0 : first, count, uniform, tag: cell.tag }), true);
    images.push(run);
    first += count;
  }
  const changed = new Map<string, Uint8Array>([
    ["cell", cells],
    ["endpoint", new Uint8Array(Buffer.concat(images))],
  ]);
  const tables = bundle.manifest.tables.map((table) => {
    const bytes = changed.get(table.name);
    if (!bytes) return table;
    return { ...table, count: bytes.length / table.recordSize, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
  return { ...bundle, manifest: { ...bundle.manifest, tables }, tables: new Map([...bundle.tables, ...changed]) };
}
