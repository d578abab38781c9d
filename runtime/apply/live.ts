import { HEADER_SLOTS, POOL_SLOTS, type RunTable, reasons, recordTypes, SHAPE_SLOTS, tables } from "../../compiler/bundle/format.ts";
import type { AttachPoint, Fd, Kernel, Mapping } from "../kernel/index.ts";
import {
  clustersOf,
  decodeHeader,
  emptyState,
  type GenerationHeader,
  type KernelState,
  type Room,
  recordSizeOf,
  roomOf,
  runningArray,
  tableId,
  tableNames,
  type Use,
} from "../plan/index.ts";
import { ApplyError } from "./error.ts";
import { attachOrder, isMapPin, isOurPin, pinNames } from "./pin-names.ts";
import { closePools, openPool, type Pool, poolName, poolStates } from "./pools.ts";
import { readText } from "./text.ts";

/** What is pinned in a folder, open in this process. */
export interface Live {
  readonly maps: Map<string, Fd>;
  readonly links: Map<AttachPoint, Fd>;
  /** By table name. */
  readonly pools: Map<string, Pool>;
  readonly root: Mapping;
  readonly headers: Mapping;
  readonly headerUse: Use[];
  readonly shapeUse: Use[];
  generation: number;
  headerSlot: number;
  header: GenerationHeader | undefined;
  shape: string | undefined;
  names: string | undefined;
  rooms: Record<RunTable, Room>;
  /** Changes when the running tables of runs are others. */
  roomEpoch: number;
  /** Runs that wait for a grace period. */
  waitingRuns: number;
}

export const HEADER_SIZE = recordTypes.Header.size;

/** The root cell: generation and header slot. */
export function rootValue(generation: number, headerSlot: number): bigint {
  return (BigInt(generation) << 32n) | BigInt(headerSlot);
}

/** Opens what is pinned; undefined when nothing is, or only what a daemon left that died before it published anything (which is removed). */
export function openLive(kernel: Kernel, folder: string): Live | undefined {
  const pins = kernel.listPins(folder).filter(isOurPin);
  const maps = new Map<string, Fd>();
  const links = new Map<AttachPoint, Fd>();
  try {
    for (const name of pins.filter(isMapPin)) maps.set(name, kernel.openPin(`${folder}/${name}`));
    if (!published(kernel, maps) && !pins.some((name) => name.startsWith("link_"))) {
      for (const name of pins) kernel.unpin(`${folder}/${name}`);
      for (const fd of maps.values()) kernel.close(fd);
      return undefined;
    }
    const differences = differencesOf(kernel, maps);
    if (differences.length > 0) {
      throw new ApplyError(
        "KM6201",
        folder,
        `what is pinned was made by another version: ${differences.join("; ")}`,
        "kmesh-daemon detach, then apply again; connections pass untouched in between",
      );
    }
    for (const point of attachOrder)
      if (pins.includes(pinNames.link(point))) links.set(point, kernel.openPin(`${folder}/${pinNames.link(point)}`));
    return assemble(kernel, maps, links, (name) => (pins.includes(name) ? readText(kernel, `${folder}/${name}`) : undefined));
  } catch (error) {
    for (const fd of [...maps.values(), ...links.values()]) kernel.close(fd);
    throw error;
  }
}

/** Maps what programs read. `textOf` gives the text of a pin, if there is one. */
export function assemble(
  kernel: Kernel,
  maps: Map<string, Fd>,
  links: Map<AttachPoint, Fd>,
  textOf: (pin: string) => string | undefined,
): Live {
  const root = kernel.map(maps.get("km_root")!, 8);
  const headers = kernel.map(maps.get("km_header")!, HEADER_SLOTS * HEADER_SIZE);
  const value = root.load(0);
  const generation = Number(value >> 32n);
  const headerSlot = Number(value & 0xffff_ffffn);
  const header = generation === 0 ? undefined : decodeHeader(headers.bytes.slice(headerSlot * HEADER_SIZE, (headerSlot + 1) * HEADER_SIZE));
  const pools = new Map<string, Pool>();
  for (const table of tableNames) {
    const fd = maps.get(poolName(table));
    if (fd !== undefined) pools.set(table, openPool(kernel, table, fd, header?.slot[tableId(table)]));
  }
  const use = (length: number, running: number | undefined): Use[] =>
    Array.from({ length }, (_, i) => (running === undefined ? "free" : running === i ? "running" : "waiting"));
  const live: Live = {
    maps,
    links,
    pools,
    root,
    headers,
    headerUse: use(HEADER_SLOTS, header ? headerSlot : undefined),
    shapeUse: use(SHAPE_SLOTS, header?.shapeSlot),
    generation,
    headerSlot,
    header,
    shape: undefined,
    names: undefined,
    rooms: { cell: [], endpoint: [] },
    roomEpoch: 0,
    waitingRuns: 0,
  };
  const manifest = header && textOf(pinNames.manifest(generation));
  if (manifest !== undefined) {
    const { shape, names } = JSON.parse(manifest) as { readonly shape: string; readonly names: { readonly sha256: string } };
    live.shape = shape;
    if (textOf(pinNames.names(names.sha256)) !== undefined) live.names = names.sha256;
  }
  return live;
}

export function stateOf(live: Live | undefined): KernelState {
  if (!live) return emptyState;
  const { generation, header, headerSlot, headerUse, shapeUse, shape, names, rooms, waitingRuns } = live;
  return {
    generation,
    header,
    headerSlot,
    headerUse,
    shapeUse,
    shape,
    names,
    rooms,
    roomWaits: waitingRuns > 0,
    pools: poolStates(live.pools),
  };
}

/** Room that the running cells leave in the running tables. */
export function roomsOfRunning(live: Live): Record<RunTable, Room> {
  const { header, pools } = live;
  if (!header) return { cell: [], endpoint: [] };
  const cells = runningArray(stateOf(live), "cell");
  const of = (table: RunTable): Room => {
    const slot = pools.get(table)!.slots[header.slot[tableId(table)]!]!;
    return roomOf(table, cells, clustersOf(header), slot.capacity);
  };
  return { cell: of("cell"), endpoint: of("endpoint") };
}

export function closeLive(kernel: Kernel, live: Live): void {
  live.root.unmap();
  live.headers.unmap();
  closePools(kernel, live.pools);
  for (const fd of [...live.maps.values(), ...live.links.values()]) kernel.close(fd);
}

function published(kernel: Kernel, maps: ReadonlyMap<string, Fd>): boolean {
  const root = maps.get("km_root");
  return root !== undefined && kernel.lookup(root, 0, 8).some((byte) => byte !== 0);
}

/** Every map that is not what this version works with. */
function differencesOf(kernel: Kernel, maps: ReadonlyMap<string, Fd>): string[] {
  const differences: string[] = [];
  const expect = (name: string, valueSize: number | undefined, entries: number): void => {
    const fd = maps.get(name);
    if (fd === undefined) {
      differences.push(`${name} is missing`);
      return;
    }
    const info = kernel.mapInfo(fd);
    if (valueSize !== undefined && info.valueSize !== valueSize)
      differences.push(`${name} has values of ${info.valueSize} bytes, not ${valueSize}`);
    if (info.maxEntries !== entries) differences.push(`${name} has ${info.maxEntries} entries, not ${entries}`);
  };
  expect("km_root", 8, 1);
  expect("km_header", HEADER_SIZE, HEADER_SLOTS);
  expect("km_counter", 8, Object.keys(reasons).length);
  if (maps.has("km_log_control")) expect("km_log_control", recordTypes.LogControl.size, 1);
  expect("km_prog4", undefined, SHAPE_SLOTS);
  expect("km_prog6", undefined, SHAPE_SLOTS);
  for (const { name } of tables) {
    const pool = maps.get(poolName(name));
    if (pool === undefined) continue;
    expect(poolName(name), undefined, POOL_SLOTS);
    for (let slot = 0; slot < POOL_SLOTS; slot++) {
      const inner = kernel.openSlot(pool, slot);
      if (inner === undefined) continue;
      const { valueSize } = kernel.mapInfo(inner);
      kernel.close(inner);
      if (valueSize !== recordSizeOf(name)) differences.push(`table ${name} has records of ${valueSize} bytes, not ${recordSizeOf(name)}`);
    }
  }
  return differences;
}
