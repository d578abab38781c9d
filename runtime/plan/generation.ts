import { type Bundle, type HeaderScalars, MAX_TABLES, type Parts, perValue, recordTypes, tables } from "../../compiler/bundle/format.ts";
import { isRunTable } from "./runs.ts";
import {
  emptyPool,
  type GenerationHeader,
  type KernelState,
  type PoolSlot,
  recordSizeOf,
  runningImage,
  tableId,
  type Use,
} from "./state.ts";

/** One table's image is written into a slot that nobody reads. */
export interface ImageStep {
  readonly table: string;
  readonly slot: number;
  /** One after the other. */
  readonly parts: Parts;
  /** Records of a new array that replaces what the slot holds; undefined: the slot's own array takes the image. */
  readonly create: number | undefined;
}

export interface GenerationPlan {
  readonly kind: "generation";
  readonly headerSlot: number;
  readonly header: GenerationHeader;
  readonly images: readonly ImageStep[];
  /** Programs are loaded as this shape first. */
  readonly load: boolean;
  readonly names: boolean;
}

/** What a generation shall hold. */
export interface Wanted {
  /** Hash of the programs' sources. */
  readonly shape: string;
  /** Hash of the names of ids. */
  readonly names: string;
  readonly header: HeaderScalars;
  readonly tables: readonly WantedTable[];
}

export interface WantedTable {
  readonly name: string;
  /** Records. */
  readonly count: number;
  /** The image. It is written and compared as it comes: one put together would be held beside it. */
  readonly parts: Parts;
}

export function wantedOf(bundle: Bundle): Wanted {
  const { manifest } = bundle;
  const images = manifest.tables.map(({ name, count }) => ({ name, count, parts: bundle.tables.get(name)! }));
  return { shape: manifest.shape, names: manifest.names.sha256, header: manifest.header, tables: images };
}

/** Something that is needed waits for a grace period. */
export interface WaitPlan {
  readonly kind: "wait";
}

/** Records that a growing table gets for `count`: the next of 4, 5, 6, 7 times a power of two, so that at most a quarter is unused. */
export function capacityFor(count: number): number {
  if (count <= 8) return 8;
  const step = 2 ** (Math.floor(Math.log2(count - 1)) - 2);
  return Math.ceil(count / step) * step;
}

/** Runs of endpoints are replaced by runs elsewhere in the table: an eighth and 64 records of room. */
function runCapacity(count: number): number {
  return capacityFor(count + (count >>> 3) + 64);
}

/** The next generation: images of changed tables into free slots, a header that names them. `same`: tables that keep their running slot. */
export function planGeneration(state: KernelState, wanted: Wanted, same: ReadonlySet<string>): GenerationPlan | WaitPlan {
  const headerSlot = pickFree(state.headerUse);
  const load = state.shape !== wanted.shape || state.header === undefined;
  const shapeSlot = load ? pickFree(state.shapeUse) : state.header!.shapeSlot;
  if (headerSlot === undefined || shapeSlot === undefined) return { kind: "wait" };
  const slot = new Array<number>(MAX_TABLES).fill(0);
  const count = new Array<number>(MAX_TABLES).fill(0);
  const images: ImageStep[] = [];
  for (const table of wanted.tables) {
    const id = tableId(table.name);
    if (same.has(table.name)) {
      slot[id] = state.header!.slot[id]!;
      count[id] = state.header!.count[id]!;
      continue;
    }
    const picked = pickSlot(state.pools.get(table.name) ?? emptyPool, table.name, table.count);
    if (picked === undefined) return { kind: "wait" };
    slot[id] = picked.slot;
    count[id] = table.count;
    // An empty table in a slot with an array: bucket tables look at their first record whatever the count, so it must be zero.
    const parts = table.count > 0 ? table.parts : [new Uint8Array(recordSizeOf(table.name))];
    if (picked.needed) images.push({ table: table.name, slot: picked.slot, parts, create: picked.create });
  }
  const header: GenerationHeader = { ...wanted.header, generation: nextGeneration(state.generation), shapeSlot, slot, count };
  return { kind: "generation", headerSlot, header, images, load, names: state.names !== wanted.names };
}

/** Tables whose running image is the bundle's, byte for byte; those of runs are judged by the runs, not here. */
export function unchangedTables(state: KernelState, wanted: Wanted): Set<string> {
  const same = new Set<string>();
  for (const { name, count, parts } of wanted.tables) {
    if (isRunTable(name)) continue;
    // No program reads it, unless other programs are loaded.
    if (state.header && !state.pools.has(name) && state.shape === wanted.shape) same.add(name);
    if (state.header && count === state.header.count[tableId(name)] && isMadeOf(runningImage(state, name), parts)) same.add(name);
  }
  return same;
}

/** What the compiler put into the header is what the running one has. */
export function sameScalars(state: KernelState, wanted: Wanted): boolean {
  if (!state.header) return false;
  const neutral = {
    generation: 0,
    shapeSlot: 0,
    slot: new Array<number>(MAX_TABLES).fill(0),
    count: new Array<number>(MAX_TABLES).fill(0),
  };
  return equalBytes(encodeHeader({ ...state.header, ...neutral }), encodeHeader({ ...wanted.header, ...neutral }));
}

/** 32-bit generation numbers; 0 means that nothing is published. */
function nextGeneration(generation: number): number {
  return generation >= 0xffff_ffff ? 1 : generation + 1;
}

export function encodeHeader(header: GenerationHeader): Uint8Array {
  const bytes = new Uint8Array(recordTypes.Header.size);
  recordTypes.Header.write(new DataView(bytes.buffer), 0, header);
  return bytes;
}

export function decodeHeader(bytes: Uint8Array): GenerationHeader {
  return recordTypes.Header.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
}

function isMadeOf(image: Uint8Array, parts: Parts): boolean {
  let end = 0;
  const areThere = parts.every((part) => {
    const at = end;
    end += part.length;
    return equalBytes(image.subarray(at, end), part);
  });
  return areThere && end === image.length;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function pickFree(uses: readonly Use[]): number | undefined {
  const at = uses.indexOf("free");
  return at < 0 ? undefined : at;
}

interface Picked {
  readonly slot: number;
  readonly create: number | undefined;
  /** The slot must hold an image. */
  readonly needed: boolean;
}

/** A free slot: best one whose array is large enough, else one whose array is replaced (an update of the pool, some 8 ms), else an empty one. */
function pickSlot(slots: readonly PoolSlot[], table: string, count: number): Picked | undefined {
  const free = slots.map((slot, index) => ({ ...slot, index })).filter((slot) => slot.use === "free");
  const empty = free.find((slot) => slot.capacity === 0);
  // A table of runs has room from the start, so that a cluster's first run there is one cell.
  if (count === 0 && empty && !isRunTable(table)) return { slot: empty.index, create: undefined, needed: false };
  const least = isRunTable(table) ? count + (count >>> 4) + 32 : Math.max(1, count);
  const fitting = free.filter((slot) => slot.capacity >= least).sort((a, b) => a.capacity - b.capacity)[0];
  if (fitting) return { slot: fitting.index, create: undefined, needed: true };
  const replaced = free.find((slot) => slot.capacity > 0) ?? empty;
  if (!replaced) return undefined;
  const capacity = isRunTable(table) ? runCapacity(count) : capacityFor(count);
  // Whole values.
  return { slot: replaced.index, create: Math.ceil(capacity / perValue(table)) * perValue(table), needed: true };
}

/** Tables by name, in the order of their ids. */
export const tableNames: readonly string[] = tables.map((table) => table.name);
