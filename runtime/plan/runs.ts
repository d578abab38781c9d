import {
  type CellParts,
  cellWord,
  type Run,
  type RunTable,
  runLength,
  runRecordSize,
  runTable,
  runTables,
} from "../../compiler/bundle/format.ts";
import { CELL_SIZE } from "./cell.ts";

/** The images, or whole arrays, of the two tables. */
export type RunImages = Readonly<Record<RunTable, Uint8Array>>;

export function isRunTable(table: string): table is RunTable {
  return runTables.some((name) => name === table);
}

/** What a cell names. */
export function runOf(images: RunImages, { first, count, form }: CellParts): Run {
  const size = runRecordSize[form];
  return { run: images[runTable(form)].subarray(first * size, (first + count) * size), form };
}

/** The tables with all runs side by side in the order of their clusters, as the compiler lays them out. */
export function layOutRuns(clusters: number, runAt: (cluster: number) => Run): RunImages {
  const cells = new Uint8Array(clusters * CELL_SIZE);
  const view = new DataView(cells.buffer);
  const parts: Record<RunTable, Uint8Array[]> = { cell: [cells], endpoint: [] };
  const next = { cell: clusters, endpoint: 0 };
  for (let cluster = 0; cluster < clusters; cluster++) {
    const run = runAt(cluster);
    const table = runTable(run.form);
    const count = runLength(run);
    view.setBigUint64(cluster * CELL_SIZE, cellWord(count === 0 ? 0 : next[table], count, run.form), true);
    parts[table].push(run.run);
    next[table] += count;
  }
  return { cell: Buffer.concat(parts.cell), endpoint: Buffer.concat(parts.endpoint) };
}
