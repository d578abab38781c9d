import {
  type BundleManifest,
  checkImages,
  inOnePiece,
  MAX_TABLES,
  POOL_SLOTS,
  runTable,
  runTables,
  SHAPE_SLOTS,
  tables,
} from "../../compiler/bundle/format.ts";
import { namesHash } from "../../compiler/bundle/names.ts";
import { tableHash } from "../../compiler/bundle/table-hash.ts";
import type { Kernel } from "../kernel/index.ts";
import {
  CELL_SIZE,
  cellsOf,
  cellsOfHeader,
  compacted,
  encodeHeader,
  endOfCells,
  type GenerationHeader,
  isRunTable,
  type KernelState,
  recordSizeOf,
  runningArray,
  tableId,
} from "../plan/index.ts";
import type { Live } from "./live.ts";
import { pinNames } from "./pin-names.ts";
import { poolName } from "./pools.ts";
import { programArrays } from "./programs.ts";

/** What is pinned beside the maps of a set about one generation. */
export interface Texts {
  readonly manifest: BundleManifest;
  readonly names: string;
}

/** Whether a header that says where everything is can be followed at all; in words where not. */
export function headerFaults(header: GenerationHeader, generation: number): readonly string[] {
  const faults: string[] = [];
  if (header.generation !== generation) faults.push(`the root names generation ${generation}, its header ${header.generation}`);
  if (header.shapeSlot >= SHAPE_SLOTS) faults.push(`the header names shape slot ${header.shapeSlot}`);
  for (const [id, { name }] of tables.entries())
    if (header.slot[id]! >= POOL_SLOTS) faults.push(`the header names slot ${header.slot[id]} of table ${name}`);
  return faults;
}

/** Texts of a generation, or what is wrong with them. `textOf` gives the text of a pin, if there is one. */
export function textsOfGeneration(generation: number, textOf: (pin: string) => string | undefined): Texts | string {
  const text = textOf(pinNames.manifest(generation));
  if (text === undefined) return `the manifest of generation ${generation} is missing`;
  const manifest = parse(text);
  if (manifest === undefined) return `the manifest of generation ${generation} can't be read`;
  const names = textOf(pinNames.names(manifest.names.sha256));
  if (names === undefined) return `the names of generation ${generation} are missing`;
  if (namesHash(names) !== manifest.names.sha256) return `the names of generation ${generation} are not those of its manifest`;
  return { manifest, names };
}

/** As far as it is used here. */
function parse(text: string): BundleManifest | undefined {
  try {
    const manifest = JSON.parse(text) as BundleManifest;
    encodeHeader({ ...manifest.header, generation: 0, shapeSlot: 0, slot: emptyHeader, count: emptyHeader });
    const whole = typeof manifest.shape === "string" && typeof manifest.names.sha256 === "string" && manifest.tables.every((t) => t.sha256);
    return whole ? manifest : undefined;
  } catch {
    return undefined;
  }
}

const emptyHeader = new Array<number>(MAX_TABLES).fill(0);

/**
 * Compares what the kernel holds with what was published: programs, header, and the images of tables by the manifest's hashes. Runs of endpoints
 * change without a new manifest: of them it is checked that runs lie inside, apart from each other, and hold what they may.
 */
export function contentFaults(kernel: Kernel, live: Live, state: KernelState, manifest: BundleManifest): readonly string[] {
  const header = live.header!;
  const faults: string[] = [];
  for (const [point, array] of programArrays)
    if (kernel.programAt(live.maps.get(array)!, header.shapeSlot) === undefined) faults.push(`the program of ${point} is not in ${array}`);
  const { generation, shapeSlot, slot, count } = header;
  const expected = encodeHeader({ ...manifest.header, generation, shapeSlot, slot, count });
  if (Buffer.compare(encodeHeader(header), expected) !== 0) faults.push("the header is not the manifest's");
  for (const entry of manifest.tables) {
    const { name } = entry;
    if (!live.pools.has(name)) continue;
    const records = count[tableId(name)]!;
    const { capacity } = live.pools.get(name)!.slots[slot[tableId(name)]!]!;
    if (capacity < records) faults.push(`${poolName(name)} holds ${capacity} records, not ${records}`);
    else if (!isRunTable(name) && tableHash(imageOf(state, name, records)) !== entry.sha256)
      faults.push(`table ${name} is not what was published`);
  }
  if (faults.length > 0) return faults;
  const bad = runFault(state);
  if (bad !== undefined) return [bad];
  const images = new Map(compacted(state).tables.map(({ name, parts }) => [name, inOnePiece(parts)]));
  const fault = checkImages(manifest.header, images);
  return fault === undefined ? [] : [fault];
}

/** A run that lies outside of its table, or on another one or on the cells. */
function runFault(state: KernelState): string | undefined {
  const cells = cellsOfHeader(state.header!);
  const { clusters } = cells;
  const image = runningArray(state, "cell");
  if (endOfCells(cells) * CELL_SIZE > image.length) return `table cell has no room for ${clusters} clusters`;
  const cellOf = cellsOf(image, cells);
  const runs = Array.from({ length: clusters }, (_, cluster) => ({ cluster, ...cellOf(cluster) })).filter(({ count }) => count > 0);
  const isOnCell = (first: number, count: number): boolean =>
    first < endOfCells(cells) && Math.ceil(first / 2 ** cells.shift) * 2 ** cells.shift < Math.min(first + count, endOfCells(cells));
  for (const table of runTables) {
    const capacity = runningArray(state, table).length / recordSizeOf(table);
    let end = 0;
    for (const { cluster, first, count } of runs.filter(({ form }) => runTable(form) === table).sort((a, b) => a.first - b.first)) {
      if (first + count > capacity) return `cell ${cluster} names endpoints that are not there`;
      if (table === "cell" && isOnCell(first, count)) return `cell ${cluster} names cells`;
      if (first < end) return `cell ${cluster} names endpoints of another cluster`;
      end = first + count;
    }
  }
  return undefined;
}

function imageOf(state: KernelState, table: string, records: number): Uint8Array {
  return runningArray(state, table).subarray(0, records * recordSizeOf(table));
}
