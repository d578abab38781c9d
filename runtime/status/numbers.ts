import {
  isBesideCell,
  limits,
  offsetOf,
  POOL_SLOTS,
  type RunTable,
  reasons,
  recordTypes,
  runTable,
  tables,
} from "../../compiler/bundle/format.ts";
import { arrayPin, isMapPin, isTextPin, poolName, withPin } from "../apply/index.ts";
import type { Kernel } from "../kernel/index.ts";
import { cellsOf, cellsOfHeader, clustersOf, endOfCells, type GenerationHeader, isRunTable, tableId, tableNames } from "../plan/index.ts";
import { firstRecords, publishedOf, readServing, rootOf } from "./read.ts";

/** What a folder's programs act on, in numbers: a header, the cells and the sizes of maps are read, whatever the size of the tables. */
export interface KernelNumbers {
  readonly generation: number;
  readonly clusters: number;
  readonly endpoints: number;
  /** Kernel memory in bytes of a table's arrays: the running one, and spare ones for the next generation. */
  readonly tables: readonly {
    readonly name: string;
    readonly records: number;
    /** Records that the table may have (compiler/layout/limits.ts). */
    readonly limit: number;
    readonly running: number;
    readonly spare: number;
  }[];
  /** Kernel memory of everything that is pinned, bytes. */
  readonly bytes: number;
  /** Connections since the first apply, by reason in lower case; reasons that never came up are left out. */
  readonly counters: Readonly<Record<string, number>>;
}

/** @throws ApplyError as readPublished does */
export function readNumbers(kernel: Kernel, folder: string): KernelNumbers {
  return readServing(kernel, folder, (set) => numbersOf(kernel, set));
}

/** Of one set; undefined where a writer has overtaken the reader. */
export function numbersOf(kernel: Kernel, set: string): KernelNumbers | undefined {
  const root = rootOf(kernel, set);
  const { header } = root;
  if (!header) return undefined;
  const pins = kernel.listPins(set);
  const runs = runRecords(kernel, set, pins, header);
  if (publishedOf(kernel, set) !== root.published) return undefined;
  const clusters = clustersOf(header);
  const sizes = tableNames
    .filter((name) => pins.includes(poolName(name)))
    .map((name) => ({ name, ...arraySizes(kernel, set, name, header.slot[tableId(name)]!) }));
  const maps = pins
    .filter((pin) => isMapPin(pin) || isTextPin(pin))
    .map((pin) => withPin(kernel, `${set}/${pin}`, (fd) => kernel.mapInfo(fd).bytes));
  const recordsOf = (name: string): number => (isRunTable(name) ? runs[name] : header.count[tableId(name)]!);
  return {
    generation: header.generation,
    clusters,
    endpoints: runs.endpoints,
    tables: sizes.map(({ name, running, spare }) => ({ name, records: recordsOf(name), limit: limitOf(name), running, spare })),
    bytes: maps.reduce((sum, bytes) => sum + bytes, 0) + sizes.reduce((sum, { running, spare }) => sum + running + spare, 0),
    counters: counters(kernel, set),
  };
}

/** Endpoints, and records of their tables as the compiler lays them out. */
type RunNumbers = Readonly<Record<RunTable | "endpoints", number>>;

function runRecords(kernel: Kernel, set: string, pins: readonly string[], header: GenerationHeader): RunNumbers {
  const cells = cellsOfHeader(header);
  const cellOf = cellsOf(firstRecords(kernel, set, pins, header, "cell", endOfCells(cells)), cells);
  const numbers = { endpoints: 0, cell: endOfCells(cells), endpoint: 0 };
  for (let cluster = 0; cluster < cells.clusters; cluster++) {
    const { form, count } = cellOf(cluster);
    numbers.endpoints += count;
    if (!isBesideCell(cells, form, count)) numbers[runTable(form)] += count;
  }
  return numbers;
}

function arraySizes(kernel: Kernel, set: string, table: string, runningSlot: number): { readonly running: number; readonly spare: number } {
  return withPin(kernel, `${set}/${poolName(table)}`, (pool) => {
    let running = 0;
    let spare = 0;
    for (let slot = 0; slot < POOL_SLOTS; slot++) {
      const id = kernel.innerAt(pool, slot);
      if (id === undefined) continue;
      const bytes = withPin(kernel, arrayPin(set, id), (inner) => kernel.mapInfo(inner).bytes);
      if (slot === runningSlot) running = bytes;
      else spare += bytes;
    }
    return { running, spare };
  });
}

function limitOf(name: string): number {
  return limits[tables.find((table) => table.name === name)!.limit].max;
}

/** The first of the counters in words of km_cpu. */
const firstCounter = offsetOf(recordTypes.Cpu, "counter") / 8;

function counters(kernel: Kernel, set: string): Record<string, number> {
  const counted: Record<string, number> = {};
  withPin(kernel, `${set}/km_cpu`, (fd) => {
    const words = kernel.sumPerCpu(fd, 0);
    for (const [name, reason] of Object.entries(reasons)) {
      const count = Number(words[firstCounter + reason]);
      if (count > 0) counted[name.toLowerCase()] = count;
    }
  });
  return counted;
}
