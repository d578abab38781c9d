import { HEADER_SLOTS, type RunTable, SHAPE_SLOTS } from "../../compiler/bundle/format.ts";
import type { Fd, Kernel, Mapping } from "../kernel/index.ts";
import {
  cellsOfHeader,
  emptyState,
  type GenerationHeader,
  type Interval,
  type KernelState,
  roomOf,
  runningArray,
  tableId,
  tableNames,
  type Use,
} from "../plan/index.ts";
import { closePools, openPool, type Pool, poolName, poolStates } from "./pools.ts";
import { decodeRoot, ROOT, ROOT_SIZE } from "./root.ts";
import type { PinSet } from "./sets.ts";

/** A set, open in this process. */
export interface Live {
  readonly set: PinSet;
  readonly maps: Map<string, Fd>;
  /** By table name. */
  readonly pools: Map<string, Pool>;
  readonly root: Mapping;
  readonly headerUse: Use[];
  readonly shapeUse: Use[];
  /** 0: nothing is published. */
  generation: number;
  headerSlot: number;
  header: GenerationHeader | undefined;
  /** Of the programs that run; undefined when links lead to others, so that they must be loaded again. */
  shape: string | undefined;
  names: string | undefined;
  rooms: Record<RunTable, Interval[]>;
  /** Changes when the running tables of runs are others. */
  roomEpoch: number;
  /** Runs that wait for a grace period. */
  waitingRuns: number;
}

/** Maps what programs read, and opens the arrays in the pools. What a published header says must have been checked. */
export function assemble(kernel: Kernel, set: PinSet, maps: Map<string, Fd>): Live {
  const root = kernel.map(maps.get(ROOT)!, ROOT_SIZE);
  const pools = new Map<string, Pool>();
  try {
    const { generation, slot: headerSlot, header } = decodeRoot(root.bytes);
    for (const table of tableNames) {
      const fd = maps.get(poolName(table));
      if (fd !== undefined) pools.set(table, openPool(kernel, set, table, fd, header?.slot[tableId(table)]));
    }
    const use = (length: number, running: number | undefined): Use[] =>
      Array.from({ length }, (_, i) => (running === undefined ? "free" : running === i ? "running" : "waiting"));
    return {
      set,
      maps,
      pools,
      root,
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
  } catch (error) {
    root.unmap();
    closePools(kernel, pools);
    throw error;
  }
}

/** `generation`: what the next one is counted from where there is no set yet. */
export function stateOf(live: Live | undefined, lastGeneration: number): KernelState {
  if (!live) return { ...emptyState, generation: lastGeneration };
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
export function roomsOfRunning(live: Live): Live["rooms"] {
  const { header, pools } = live;
  if (!header) return { cell: [], endpoint: [] };
  const image = runningArray(stateOf(live, 0), "cell");
  const of = (table: RunTable): Interval[] => {
    const slot = pools.get(table)!.slots[header.slot[tableId(table)]!]!;
    return roomOf(table, image, cellsOfHeader(header), slot.capacity);
  };
  return { cell: of("cell"), endpoint: of("endpoint") };
}

/** Lets go of what assemble opened, and of the maps. */
export function closeLive(kernel: Kernel, live: Live): void {
  live.root.unmap();
  closePools(kernel, live.pools);
  for (const fd of live.maps.values()) kernel.close(fd);
}
