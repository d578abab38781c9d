import { limits, POOL_SLOTS, reasons, tables } from "../../compiler/bundle/format.ts";
import { isMapPin, isTextPin, pointOfLink, poolName, servingSet, withPin } from "../apply/index.ts";
import type { Kernel } from "../kernel/index.ts";
import { tableId, tableNames } from "../plan/index.ts";
import { readPublished } from "./read.ts";

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

/** @throws ApplyError as readPublished does */
export function readStatus(kernel: Kernel, folder: string): Status {
  const published = readPublished(kernel, folder);
  const set = servingSet(kernel, folder).path;
  const pins = kernel.listPins(set);
  const counts = new Map(published.tables.map((table) => [table.name as string, table.count]));
  const sizes = tableNames
    .filter((name) => pins.includes(poolName(name)))
    .map((name) => ({ name, ...arraySizes(kernel, set, name, published.header.slot[tableId(name)]!) }));
  const maps = pins
    .filter((pin) => isMapPin(pin) || isTextPin(pin))
    .map((pin) => withPin(kernel, `${set}/${pin}`, (fd) => kernel.mapInfo(fd).bytes));
  return {
    folder,
    generation: published.header.generation,
    shape: published.shape,
    services: {
      listeners: published.names.listeners.length,
      clusters: published.names.clusters.length,
      endpoints: counts.get("cell")! - published.names.clusters.length + counts.get("endpoint")!,
    },
    programs: kernel.listPins(folder).flatMap((pin) => {
      const hook = pointOfLink(pin);
      return hook === undefined ? [] : [linkStatus(kernel, `${folder}/${pin}`, hook)];
    }),
    tables: sizes.map(({ name, running, spare }) => ({ name, records: counts.get(name) ?? 0, limit: limitOf(name), running, spare })),
    bytes: maps.reduce((sum, bytes) => sum + bytes, 0) + sizes.reduce((sum, { running, spare }) => sum + running + spare, 0),
    counters: counters(kernel, set),
  };
}

function linkStatus(kernel: Kernel, path: string, hook: string): Status["programs"][number] {
  return withPin(kernel, path, (link) => {
    const { programId, cgroupId } = kernel.linkInfo(link);
    const program = kernel.openProgram(programId);
    try {
      const { name, runCount, runTime } = kernel.programInfo(program);
      const runs = runCount > 0n ? { runs: Number(runCount), nanoseconds: Math.round(Number(runTime) / Number(runCount)) } : {};
      return {
        hook,
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

function arraySizes(kernel: Kernel, set: string, table: string, runningSlot: number): { readonly running: number; readonly spare: number } {
  return withPin(kernel, `${set}/${poolName(table)}`, (pool) => {
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

function counters(kernel: Kernel, set: string): Record<string, number> {
  const counted: Record<string, number> = {};
  withPin(kernel, `${set}/km_counter`, (fd) => {
    for (const [name, reason] of Object.entries(reasons)) {
      const count = Number(kernel.sumPerCpu(fd, reason));
      if (count > 0) counted[name.toLowerCase()] = count;
    }
  });
  return counted;
}
