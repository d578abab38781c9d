import type { DiagnosticSink } from "../diag/index.ts";
import type { LirCluster } from "../lir/connect.ts";
import { type Chunk, createChunks, createLast, type Last } from "../memo/index.ts";
import { flags } from "./flags.ts";
import { Endpoint, Endpoint4 } from "./gen/records.ts";
import { type Image, imageOf, sharedBytes, withinLimit } from "./image.ts";
import { limits } from "./limits.ts";
import { blockOf, type Cells, isBesideCell, layoutRun, MAX_CELL_SHIFT, type RunBlock, type RunTable, runLength } from "./runs.ts";

/** Tables cell and endpoint. Undefined when a limit is reached. */
export function layoutClusters(
  clusters: readonly LirCluster[],
  sink: DiagnosticSink,
  last: Last = createLast(),
): { readonly cell: Image; readonly endpoint: Image; readonly cellShift: number } | undefined {
  const chunks = last("chunks of clusters", [], () => createChunks(({ name }: LirCluster) => name))(clusters);
  const blocks = chunks.map(blockOf);
  const few = withinLimit("clusters", clusters.length, "clusters", sink);
  const fits = ({ items }: Chunk<LirCluster>, { most }: RunBlock): boolean =>
    most <= limits.endpointsPerCluster.max ||
    items.every((cluster) =>
      withinLimit("endpointsPerCluster", runLength(layoutRun(cluster)), `clusters[${JSON.stringify(cluster.name)}]`, sink),
    );
  const allFit = chunks.every((chunk, at) => fits(chunk, blocks[at]!));
  const shift = cellShiftFor(clusters.length, blocks);
  const cell = imageOf(
    "cell",
    shift === 0 ? sideBySide(clusters.length, blocks) : besideCells({ clusters: clusters.length, shift }, blocks),
    sink,
  );
  const endpoint = imageOf("endpoint", runsIn("endpoint", blocks), sink);
  if (!few || !allFit || !cell || !endpoint) return undefined;
  return { cell, endpoint, cellShift: shift };
}

function runsIn(table: RunTable, blocks: readonly RunBlock[]): readonly Uint8Array[] {
  return blocks.map((block) => block.bytes[table]);
}

/** So many clusters always have all the room that there may be beside a cell (64 KiB): a few endpoints more are not another layout. */
const FEW_CLUSTERS = 512;

/** What a larger table with room beside each cell may take of one where runs are side by side. */
const MOST_ROOM = 3;

/**
 * The least room beside a cell that takes three of four compact runs, so that a connection finds both by one look-up and in one page: at 10,000
 * services of ten endpoints a hit is a fifth faster. 0: cells side by side, where this gains nothing or takes too much memory.
 */
function cellShiftFor(clusters: number, blocks: readonly RunBlock[]): number {
  if (clusters <= FEW_CLUSTERS) return MAX_CELL_SHIFT;
  const byLength = new Array<number>(2 ** MAX_CELL_SHIFT).fill(0);
  let compact = 0;
  let records = clusters;
  for (const { low } of blocks)
    for (const word of low) {
      const count = word >>> 16;
      if (!(word & flags.KM_CELL_COMPACT) || count === 0) continue;
      compact++;
      records += count;
      if (count < byLength.length) byLength[count]!++;
    }
  if (compact === 0) return 0;
  let beside = 0;
  let besideRecords = 0;
  for (let shift = 1; shift <= MAX_CELL_SHIFT; shift++) {
    for (let count = 2 ** (shift - 1); count < 2 ** shift; count++) {
      beside += byLength[count]!;
      besideRecords += count * byLength[count]!;
    }
    if (beside * 4 < compact * 3) continue;
    const taken = clusters * 2 ** shift + records - clusters - besideRecords;
    return taken <= Math.min(MOST_ROOM * records, limits.cellRecords.max) ? shift : 0;
  }
  return 0;
}

/** Table cell with all cells first, then the runs, in the order of the clusters: parts of runs stay the same objects. */
function sideBySide(clusters: number, blocks: readonly RunBlock[]): readonly Uint8Array[] {
  const image = sharedBytes(Endpoint4.size * clusters);
  const cells = new Uint32Array(image.buffer);
  const next = { cell: clusters, endpoint: 0 };
  let id = 0;
  for (const { low, firsts, tables, bytes } of blocks) {
    for (let at = 0; at < tables.length; at++, id++) {
      cells[2 * id] = low[at]!;
      // A run of no records lies nowhere.
      cells[2 * id + 1] = low[at]! >>> 16 === 0 ? 0 : next[tables[at]!] + firsts[at]!;
    }
    next.cell += bytes.cell.length / Endpoint4.size;
    next.endpoint += bytes.endpoint.length / Endpoint.size;
  }
  return [image, ...runsIn("cell", blocks)];
}

/** Table cell with compact runs beside their cells, and those that are too long behind all of them. */
function besideCells(cells: Cells, blocks: readonly RunBlock[]): readonly Uint8Array[] {
  const end = cells.clusters * 2 ** cells.shift;
  const image = sharedBytes(Endpoint4.size * (end + recordsBehind(cells, blocks)));
  const all = new Uint32Array(image.buffer);
  const next = { cell: end, endpoint: 0 };
  let id = 0;
  for (const { low, firsts, tables, bytes } of blocks) {
    const runs = new Uint32Array(bytes.cell.buffer, bytes.cell.byteOffset, bytes.cell.length / 4);
    for (let at = 0; at < tables.length; at++, id++) {
      const count = low[at]! >>> 16;
      const place = id * 2 ** cells.shift;
      all[2 * place] = low[at]!;
      if (count === 0) continue;
      if (tables[at] === "endpoint") {
        all[2 * place + 1] = next.endpoint + firsts[at]!;
        continue;
      }
      const beside = isBesideCell(cells, "compact", count);
      const first = beside ? place + 1 : next.cell;
      if (!beside) next.cell += count;
      all[2 * place + 1] = first;
      // A loop: a view of each run takes longer than to copy it.
      for (let word = 0; word < 2 * count; word++) all[2 * first + word] = runs[2 * firsts[at]! + word]!;
    }
    next.endpoint += bytes.endpoint.length / Endpoint.size;
  }
  return [image];
}

/** Records of compact runs that do not fit beside their cells. */
function recordsBehind(cells: Cells, blocks: readonly RunBlock[]): number {
  let records = 0;
  for (const { low } of blocks)
    for (const word of low) if (word & flags.KM_CELL_COMPACT && !isBesideCell(cells, "compact", word >>> 16)) records += word >>> 16;
  return records;
}
