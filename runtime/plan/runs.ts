import {
  type CellParts,
  type Cells,
  cellWord,
  isBesideCell,
  type Run,
  type RunTable,
  runLength,
  runRecordSize,
  runTable,
  runTables,
} from "../../compiler/bundle/format.ts";
import { CELL_SIZE, endOfCells, placeOfCell } from "./cell.ts";

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

/** The tables with all runs beside their cells, or side by side in the order of their clusters, as the compiler lays them out. */
export function layOutRuns(cells: Cells, runAt: (cluster: number) => Run): RunImages {
  const end = endOfCells(cells);
  const near = new Uint8Array(end * CELL_SIZE);
  const view = new DataView(near.buffer);
  const parts: Record<RunTable, Uint8Array[]> = { cell: [near], endpoint: [] };
  const next = { cell: end, endpoint: 0 };
  for (let cluster = 0; cluster < cells.clusters; cluster++) {
    const run = runAt(cluster);
    const table = runTable(run.form);
    const count = runLength(run);
    const place = placeOfCell(cells, cluster);
    const beside = isBesideCell(cells, run.form, count);
    view.setBigUint64(place * CELL_SIZE, cellWord(count === 0 ? 0 : beside ? place + 1 : next[table], count, run.form), true);
    if (beside) {
      near.set(run.run, (place + 1) * CELL_SIZE);
      continue;
    }
    parts[table].push(run.run);
    next[table] += count;
  }
  return { cell: Buffer.concat(parts.cell), endpoint: Buffer.concat(parts.endpoint) };
}
