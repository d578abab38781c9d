import { constants } from "node:os";
import { type BundleNames, inOnePiece, perValue, recordTypes, type TableName, tables } from "../../compiler/bundle/format.ts";
import {
  ApplyError,
  arrayPin,
  decodePublished,
  decodeRoot,
  pinNames,
  poolName,
  ROOT,
  ROOT_SIZE,
  type RootRead,
  readText,
  servingSet,
  withPin,
} from "../apply/index.ts";
import { KernelError } from "../kernel/error.ts";
import type { Kernel } from "../kernel/index.ts";
import { compacted, emptyState, type GenerationHeader, isRunTable, type KernelState, tableId } from "../plan/index.ts";

export interface TableImage {
  readonly name: TableName;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** A copy of the published generation. */
export interface Published {
  readonly header: GenerationHeader;
  /** As the compiler lays them out: endpoint runs side by side, whatever changes of single clusters have moved. */
  readonly tables: readonly TableImage[];
  /** SHA-256 of the programs' sources. */
  readonly shape: string;
  readonly names: BundleNames;
}

/** How often a reader that is overtaken by a writer starts again. */
const ATTEMPTS = 20;

/**
 * Reads what a folder's programs act on, beside a daemon that may be changing it: a copy that was overtaken is thrown away.
 *
 * @throws ApplyError KM6204 when nothing serves there, KM6201 when it is of another version
 */
export function readPublished(kernel: Kernel, folder: string): Published {
  return readServing(kernel, folder, (set) => readSet(kernel, set));
}

/**
 * Reads something of the set that serves, again where `read` was overtaken and gave undefined.
 *
 * @throws ApplyError as readPublished does
 */
export function readServing<T>(kernel: Kernel, folder: string, read: (set: string) => T | undefined): T {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const result = unlessGone(() => read(servingSet(kernel, folder).path));
    if (result !== undefined) return result;
  }
  throw new ApplyError("KM6108", folder, `it changed ${ATTEMPTS} times while it was read`, "try again when there are fewer changes");
}

/** Undefined where a pin was removed between finding and opening it: a newer one has taken its place. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof KernelError && error.errno === constants.errno.ENOENT) return undefined;
    throw error;
  }
}

/** Of the set in a folder, whoever it serves; undefined where the copy was overtaken. */
export function readSet(kernel: Kernel, set: string): Published | undefined {
  const pins = kernel.listPins(set);
  const before = rootOf(kernel, set);
  const { header } = before;
  if (!header) return undefined;
  const state = stateFrom(header, new Map(tables.map(({ name }) => [name, imageOf(kernel, set, pins, header, name)])));
  const cells = imageOf(kernel, set, pins, header, "cell");
  const stable = publishedOf(kernel, set) === before.published && Buffer.compare(cells, state.pools.get("cell")![0]!.bytes) === 0;
  if (!stable) return undefined;
  const manifest = manifestOf(kernel, set, before.generation);
  const names = namesOf(kernel, set, manifest);
  const images = compacted(state).tables.map(({ name, count, parts }) => ({ name: name as TableName, count, bytes: inOnePiece(parts) }));
  return { header, tables: images, shape: manifest.shape, names };
}

/** What is read of a pinned manifest. */
interface PinnedManifest {
  readonly shape: string;
  readonly names: { readonly sha256: string };
}

export function manifestOf(kernel: Kernel, set: string, generation: number): PinnedManifest {
  return JSON.parse(readText(kernel, `${set}/${pinNames.manifest(generation)}`)) as PinnedManifest;
}

export function namesOf(kernel: Kernel, set: string, { names }: PinnedManifest): BundleNames {
  return JSON.parse(readText(kernel, `${set}/${pinNames.names(names.sha256)}`)) as BundleNames;
}

/** A state of copies, all in slot 0: what `compacted` reads. */
function stateFrom(header: GenerationHeader, images: ReadonlyMap<string, Uint8Array>): KernelState {
  const pools = new Map([...images].map(([name, bytes]) => [name, [{ use: "running", capacity: 0, bytes }] as const]));
  return { ...emptyState, header: { ...header, slot: header.slot.map(() => 0) }, pools };
}

/** The records that the header counts; of the tables of runs all, as runs may lie beyond. */
function imageOf(kernel: Kernel, set: string, pins: readonly string[], header: GenerationHeader, table: TableName): Uint8Array {
  return firstRecords(kernel, set, pins, header, table, isRunTable(table) ? Number.POSITIVE_INFINITY : header.count[tableId(table)]!);
}

/** At most `wanted` records of the running array of a table; empty where no program reads the table. */
export function firstRecords(
  kernel: Kernel,
  set: string,
  pins: readonly string[],
  header: GenerationHeader,
  table: TableName,
  wanted: number,
): Uint8Array {
  const none = new Uint8Array(0);
  if (!pins.includes(poolName(table))) return none;
  const id = tableId(table);
  const { size } = recordTypes[tables[id]!.record];
  return withPin(kernel, `${set}/${poolName(table)}`, (pool) => {
    const array = kernel.innerAt(pool, header.slot[id]!);
    if (array === undefined) return none;
    return withPin(kernel, arrayPin(set, array), (inner) => {
      const capacity = kernel.mapInfo(inner).maxEntries * perValue(table);
      const count = Math.min(capacity, wanted);
      if (count === 0) return none;
      const mapping = kernel.map(inner, capacity * size);
      const bytes = mapping.bytes.slice(0, count * size);
      mapping.unmap();
      return bytes;
    });
  });
}

/** What is published now. */
export function rootOf(kernel: Kernel, set: string): RootRead {
  return decodeRoot(rootBytes(kernel, set));
}

/** The root cell of a second look: a reader that was overtaken finds another one. */
export function publishedOf(kernel: Kernel, set: string): bigint {
  return decodePublished(rootBytes(kernel, set));
}

function rootBytes(kernel: Kernel, set: string): Uint8Array {
  return withPin(kernel, `${set}/${ROOT}`, (fd) => kernel.lookup(fd, 0, ROOT_SIZE));
}
