import { type Parts, POOL_SLOTS, perValue } from "../../compiler/bundle/format.ts";
import type { Fd, Kernel, Mapping } from "../kernel/index.ts";
import { type ImageStep, type KernelState, recordSizeOf, type Use, valueSizeOf } from "../plan/index.ts";
import { arrayPin, pinArray } from "./pinned-ids.ts";
import type { PinSet } from "./sets.ts";
import type { Transaction } from "./transaction.ts";

/** One slot of a pool, with what this process holds of it. */
export interface Slot {
  use: Use;
  fd: Fd | undefined;
  /** Records. */
  capacity: number;
  mapping: Mapping | undefined;
  /** Path. */
  pin: string | undefined;
}

export interface Pool {
  readonly table: string;
  readonly fd: Fd;
  readonly slots: Slot[];
}

/** Map name of a table's pool. */
export function poolName(table: string): string {
  return `km_p_${table}`;
}

/** Opens the arrays in a pool's slots. `running`: the slot that the published generation uses; undefined when nothing is published. */
export function openPool(kernel: Kernel, set: PinSet, table: string, fd: Fd, running: number | undefined): Pool {
  const slots: Slot[] = [];
  try {
    for (let index = 0; index < POOL_SLOTS; index++) {
      const id = kernel.innerAt(fd, index);
      const pin = id === undefined ? undefined : arrayPin(set.path, id);
      const inner = pin === undefined ? undefined : kernel.openPin(pin);
      const isRunning = running === index;
      // Without a generation nobody reads; with one, what an earlier one used may still be read.
      const use = isRunning ? "running" : running !== undefined && inner !== undefined ? "waiting" : "free";
      const slot: Slot = { use, fd: inner, capacity: 0, mapping: undefined, pin };
      slots.push(slot);
      if (inner === undefined) continue;
      slot.capacity = kernel.mapInfo(inner).maxEntries * perValue(table);
      if (isRunning) slot.mapping = kernel.map(inner, slot.capacity * recordSizeOf(table));
    }
    return { table, fd, slots };
  } catch (error) {
    closePools(kernel, new Map([[table, { table, fd, slots }]]));
    throw error;
  }
}

/** As the plan sees it, which asks for one table where one cluster's endpoints change. */
export function poolStates(pools: ReadonlyMap<string, Pool>): KernelState["pools"] {
  const none = new Uint8Array(0);
  return {
    has: (table) => pools.has(table),
    get: (table) => pools.get(table)?.slots.map(({ use, capacity, mapping }) => ({ use, capacity, bytes: mapping?.bytes ?? none })),
  };
}

/**
 * Writes the images of a generation into free slots. New arrays are put into their slots all at once, as each costs a grace period.
 * Nothing is changed that a program reads. Gives the slots.
 */
export async function fillSlots(
  kernel: Kernel,
  { set, pools }: { readonly set: PinSet; readonly pools: ReadonlyMap<string, Pool> },
  images: readonly ImageStep[],
  transaction: Transaction,
): Promise<readonly Slot[]> {
  const filled: Slot[] = [];
  const updates: { readonly pool: Pool; readonly step: ImageStep; readonly fd: Fd }[] = [];
  for (const step of images) {
    const pool = pools.get(step.table);
    // No program reads this table.
    if (!pool) continue;
    const slot = pool.slots[step.slot]!;
    if (step.create === undefined) {
      slot.mapping ??= kernel.map(slot.fd!, slot.capacity * recordSizeOf(step.table));
      write(slot.mapping, step.parts);
      filled.push(slot);
      continue;
    }
    const fd = kernel.createInner(`km_${step.table}`, valueSizeOf(step.table), step.create / perValue(step.table));
    transaction.onRollback(() => kernel.close(fd));
    const pin = pinArray(kernel, set, fd, transaction);
    const mapping = kernel.map(fd, step.create * recordSizeOf(step.table));
    transaction.onRollback(() => mapping.unmap());
    write(mapping, step.parts);
    filled.push(slot);
    transaction.onCommit(() => replaceArray(kernel, slot, { fd, capacity: step.create!, mapping, pin }));
    updates.push({ pool, step, fd });
  }
  const results = await Promise.allSettled(
    updates.map(async ({ pool, step, fd }) => {
      await kernel.setSlot(pool.fd, step.slot, fd);
      const before = pool.slots[step.slot]!.fd;
      transaction.onRollback(() =>
        before === undefined ? kernel.clearSlot(pool.fd, step.slot) : kernel.setSlot(pool.fd, step.slot, before),
      );
    }),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return filled;
}

function write({ bytes }: Mapping, parts: Parts): void {
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
}

/** Drops the array that a slot held before. */
function replaceArray(kernel: Kernel, slot: Slot, by: Omit<Slot, "use">): void {
  const { mapping, fd, pin } = slot;
  Object.assign(slot, by);
  mapping?.unmap();
  if (fd !== undefined) kernel.close(fd);
  if (pin !== undefined) kernel.unpin(pin);
}

/** Empties all but one of the free slots that hold an array: the one is the next generation's, more would be memory for nothing. */
export async function trimPool(kernel: Kernel, pool: Pool): Promise<void> {
  const spare = pool.slots.filter((slot) => slot.use === "free" && slot.fd !== undefined).sort((a, b) => b.capacity - a.capacity);
  for (const slot of spare.slice(1)) {
    // Not to be picked while the kernel works on it.
    slot.use = "waiting";
    await kernel.clearSlot(pool.fd, pool.slots.indexOf(slot)).finally(() => {
      slot.use = "free";
    });
    replaceArray(kernel, slot, { fd: undefined, capacity: 0, mapping: undefined, pin: undefined });
  }
}

export function closePools(kernel: Kernel, pools: ReadonlyMap<string, Pool>): void {
  for (const { slots } of pools.values())
    for (const slot of slots) {
      slot.mapping?.unmap();
      if (slot.fd !== undefined) kernel.close(slot.fd);
    }
}
