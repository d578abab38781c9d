/**
 * The kernel tells by id which array stands in a slot and which program a link leads to; but to open one by id takes CAP_SYS_ADMIN. So both are
 * pinned in the set under their ids, before anything leads to them, and opened by that name.
 */
import type { Fd, Kernel } from "../kernel/index.ts";
import { pinNames } from "./pin-names.ts";
import type { PinSet } from "./sets.ts";
import type { Transaction } from "./transaction.ts";

/** Path of the pin of an array in a pool's slot. */
export function arrayPin(set: string, id: number): string {
  return `${set}/${pinNames.array(id)}`;
}

/** Gives the path. */
export function pinArray(kernel: Kernel, set: PinSet, array: Fd, transaction: Transaction): string {
  return pinNew(kernel, array, arrayPin(set.path, kernel.mapInfo(array).id), transaction);
}

export function pinPrograms(kernel: Kernel, set: PinSet, programs: Iterable<Fd>, transaction: Transaction): void {
  for (const program of programs) pinNew(kernel, program, `${set.path}/${pinNames.program(kernel.programInfo(program).id)}`, transaction);
}

function pinNew(kernel: Kernel, fd: Fd, path: string, transaction: Transaction): string {
  kernel.pin(fd, path);
  transaction.onRollback(() => kernel.unpin(path));
  return path;
}

/** Path of a program's pin in one of the sets. */
export function programPin(kernel: Kernel, sets: readonly PinSet[], id: number): string | undefined {
  const name = pinNames.program(id);
  const set = sets.find(({ path }) => kernel.listPins(path).includes(name));
  return set && `${set.path}/${name}`;
}

/**
 * Opens a program that one of the sets has pinned. Sets of earlier versions have no such pins: theirs are opened by id.
 *
 * @throws KernelError KM6101 where that takes a capability that this process lacks
 */
export function openProgram(kernel: Kernel, sets: readonly PinSet[], id: number): Fd {
  const pin = programPin(kernel, sets, id);
  return pin === undefined ? kernel.openProgram(id) : kernel.openPin(pin);
}
