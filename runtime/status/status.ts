import { limits, POOL_SLOTS, reasons, tables } from "../../compiler/bundle/format.ts";
import { isMapPin, poolName } from "../apply/index.ts";
import type { Kernel } from "../kernel/index.ts";
import { tableId, tableNames } from "../plan/index.ts";
import { readPublished, withPin } from "./read.ts";

export interface Status {
  readonly folder: string;
  readonly generation: number;
  readonly shape: string;
  readonly services: { readonly listeners: number; readonly clusters: number; readonly endpoints: number };
  readonly programs: readonly {
    readonly hook: string;
    readonly program: string;
    readonly id: number;
    readonly cgroup: string;
    readonly runs?: number;
    readonly nanoseconds?: number;
  }[];
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

/** @throws ApplyError KM6204 when nothing is published in the folder */
export function readStatus(kernel: Kernel, folder: string): Status {
  const published = readPublished(kernel, folder);
  const pins = kernel.listPins(folder);
  const counts = new Map(published.tables.map((table) => [table.name as string, table.count]));
  const sizes = tableNames
    .filter((name) => pins.includes(poolName(name)))
    .map((name) => ({ name, ...arraySizes(kernel, folder, name, published.header.slot[tableId(name)]!) }));
  const maps = pins
    .filter((pin) => isMapPin(pin) || /^(manifest|names)_/.test(pin))
    .map((pin) => withPin(kernel, `${folder}/${pin}`, (fd) => kernel.mapInfo(fd).bytes));
  return {
    folder,
    generation: published.header.generation,
    shape: published.shape,
    services: {
      listeners: published.names.listeners.length,
      clusters: published.names.clusters.length,
      endpoints: counts.get("cell")! - published.names.clusters.length + counts.get("endpoint")!,
    },
    programs: pins.filter((pin) => pin.startsWith("link_")).map((pin) => linkStatus(kernel, folder, pin)),
    tables: sizes.map(({ name, running, spare }) => ({ name, records: counts.get(name) ?? 0, limit: limitOf(name), running, spare })),
    bytes: maps.reduce((sum, bytes) => sum + bytes, 0) + sizes.reduce((sum, { running, spare }) => sum + running + spare, 0),
    counters: counters(kernel, folder),
  };
}

function linkStatus(kernel: Kernel, folder: string, pin: string): Status["programs"][number] {
  return withPin(kernel, `${folder}/${pin}`, (link) => {
    const { programId, cgroupId } = kernel.linkInfo(link);
    const program = kernel.openProgram(programId);
    try {
      const { name, runCount, runTime } = kernel.programInfo(program);
      const runs = runCount > 0n ? { runs: Number(runCount), nanoseconds: Math.round(Number(runTime) / Number(runCount)) } : {};
      return {
        hook: pin.slice("link_".length),
        program: name,
        id: programId,
        cgroup: cgroupId === 0n ? "gone" : String(cgroupId),
        ...runs,
      };
    } finally {
      kernel.close(program);
    }
  });
}

function arraySizes(
  kernel: Kernel,
  folder: string,
  table: string,
  runningSlot: number,
): { readonly running: number; readonly spare: number } {
  return withPin(kernel, `${folder}/${poolName(table)}`, (pool) => {
    let running = 0;
    let spare = 0;
    for (let slot = 0; slot < POOL_SLOTS; slot++) {
      const inner = kernel.openSlot(pool, slot);
      if (inner === undefined) continue;
      const { bytes } = kernel.mapInfo(inner);
      kernel.close(inner);
      if (slot === runningSlot) running = bytes;
      else spare += bytes;
    }
    return { running, spare };
  });
}

function limitOf(name: string): number {
  return limits[tables.find((table) => table.name === name)!.limit].max;
}

function counters(kernel: Kernel, folder: string): Record<string, number> {
  const counted: Record<string, number> = {};
  withPin(kernel, `${folder}/km_counter`, (fd) => {
    for (const [name, reason] of Object.entries(reasons)) {
      const count = Number(kernel.sumPerCpu(fd, reason));
      if (count > 0) counted[name.toLowerCase()] = count;
    }
  });
  return counted;
}
