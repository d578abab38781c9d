import { POOL_SLOTS, recordTypes, SHAPE_SLOTS, tables } from "../../compiler/bundle/format.ts";
import type { Fd, Kernel } from "../kernel/index.ts";
import { mapFlags, mapType } from "../kernel/layouts.ts";
import { valueSizeOf } from "../plan/index.ts";
import { pinNames } from "./pin-names.ts";
import { arrayPin } from "./pinned-ids.ts";
import { poolName } from "./pools.ts";
import { ROOT, ROOT_SIZE } from "./root.ts";
import { type PinSet, withPin } from "./sets.ts";

interface Definition {
  readonly name: string;
  readonly type: number;
  readonly valueSize: number;
  readonly entries: number;
  readonly flags: number;
}

/** Every map of a set that this version reads or writes itself. */
const definitions: readonly Definition[] = [
  { name: ROOT, type: mapType.array, valueSize: ROOT_SIZE, entries: 1, flags: mapFlags.mmapable },
  { name: "km_cpu", type: mapType.perCpuArray, valueSize: recordTypes.Cpu.size, entries: 1, flags: 0 },
  { name: "km_prog4", type: mapType.progArray, valueSize: 4, entries: SHAPE_SLOTS, flags: 0 },
  { name: "km_prog6", type: mapType.progArray, valueSize: 4, entries: SHAPE_SLOTS, flags: 0 },
];

/** Every map, and every array in a pool, that is not what this version works with, in words. */
export function definitionFaults(kernel: Kernel, set: PinSet, maps: ReadonlyMap<string, Fd>): readonly string[] {
  const faults: string[] = [];
  const pins = new Set(kernel.listPins(set.path));
  const expect = (
    what: string,
    fd: Fd,
    { type, valueSize, entries, flags }: Omit<Definition, "name" | "entries"> & { entries?: number },
  ): void => {
    const info = kernel.mapInfo(fd);
    if (info.type !== type) faults.push(`${what} is a map of type ${info.type}, not ${type}`);
    if (info.valueSize !== valueSize) faults.push(`${what} has values of ${info.valueSize} bytes, not ${valueSize}`);
    if (entries !== undefined && info.maxEntries !== entries) faults.push(`${what} has ${info.maxEntries} entries, not ${entries}`);
    if ((info.flags & flags) !== flags) faults.push(`${what} lacks flags ${(flags & ~info.flags).toString(16)}`);
  };
  for (const definition of definitions) {
    const fd = maps.get(definition.name);
    if (fd === undefined) faults.push(`${definition.name} is missing`);
    else expect(definition.name, fd, definition);
  }
  for (const { name } of tables) {
    const pool = maps.get(poolName(name));
    if (pool === undefined) continue;
    const before = faults.length;
    expect(poolName(name), pool, { type: mapType.arrayOfMaps, valueSize: 4, entries: POOL_SLOTS, flags: 0 });
    for (let slot = 0; faults.length === before && slot < POOL_SLOTS; slot++) {
      const id = kernel.innerAt(pool, slot);
      if (id === undefined) continue;
      if (!pins.has(pinNames.array(id))) {
        faults.push(`the array in slot ${slot} of ${poolName(name)} is not pinned`);
        continue;
      }
      withPin(kernel, arrayPin(set.path, id), (inner) => {
        const isIt = kernel.kindOf(inner) === "map" && kernel.mapInfo(inner).id === id;
        if (isIt) expect(`table ${name}`, inner, { type: mapType.array, valueSize: valueSizeOf(name), flags: mapFlags.mmapable });
        else faults.push(`${pinNames.array(id)} is something else`);
      });
    }
  }
  return faults;
}
