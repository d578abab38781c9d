/**
 * A set is a folder of maps and texts that belong together: everything that programs and daemons of one format read. Links stand beside the
 * sets, and say which one serves: the one whose programs they lead to. So another version, or a state that is not whole, is replaced by
 * building a new set beside the old one, leading the links to it one by one, and removing the old one.
 */
import type { Fd, Kernel } from "../kernel/index.ts";
import { mapType } from "../kernel/layouts.ts";
import { isIdPin, isMapPin, isTextPin, partsOfSet, pinNames } from "./pin-names.ts";
import { programArrays } from "./programs.ts";

export interface PinSet {
  readonly path: string;
  /** First digits of its format. */
  readonly format: string;
  readonly number: number;
}

/** The format of the set that versions without sets pinned: its maps and texts lie in the pin folder itself. */
export const FLAT = "flat";

/** Of one folder, the newest first. */
export function listSets(kernel: Kernel, folder: string): readonly PinSet[] {
  const names = kernel.listPins(folder);
  const flat = names.some((name) => isMapPin(name) || isTextPin(name)) ? [{ path: folder, format: FLAT, number: -1 }] : [];
  const sets = names.flatMap((name) => {
    const parts = partsOfSet(name);
    return parts ? [{ path: `${folder}/${name}`, ...parts }] : [];
  });
  return [...sets.sort((a, b) => b.number - a.number), ...flat];
}

/** Where the next set goes: numbers only grow, so that the newest of two is known. */
export function nextSet(folder: string, format: string, present: readonly PinSet[]): PinSet {
  const number = Math.max(0, ...present.map((set) => set.number + 1));
  return { path: `${folder}/${pinNames.set(format, number)}`, format, number };
}

/** Does one of the programs (by id) stand in the set's program arrays, whatever its shape slot? */
export function leadsTo(kernel: Kernel, set: PinSet, programs: ReadonlySet<number>): boolean {
  const present = new Set(kernel.listPins(set.path));
  return [...programArrays.values()].some(
    (name) => present.has(name) && withPin(kernel, `${set.path}/${name}`, (array) => holdsOne(kernel, array, programs)),
  );
}

function holdsOne(kernel: Kernel, array: Fd, programs: ReadonlySet<number>): boolean {
  if (kernel.kindOf(array) !== "map") return false;
  const { type, maxEntries } = kernel.mapInfo(array);
  if (type !== mapType.progArray) return false;
  for (let slot = 0; slot < maxEntries; slot++) {
    const id = kernel.programAt(array, slot);
    if (id !== undefined && programs.has(id)) return true;
  }
  return false;
}

/** Maps, programs and texts: others' pins are left alone. */
export function pinsOfSet(kernel: Kernel, set: PinSet): readonly string[] {
  return kernel.listPins(set.path).filter((name) => isMapPin(name) || isTextPin(name) || isIdPin(name));
}

/** Programs that still run keep what they use. */
export function removeSets(kernel: Kernel, sets: readonly PinSet[]): void {
  for (const set of sets) {
    for (const name of pinsOfSet(kernel, set)) kernel.unpin(`${set.path}/${name}`);
    kernel.removePinFolder(set.path);
  }
}

/** Opens a pin for one action. */
export function withPin<T>(kernel: Kernel, path: string, action: (fd: Fd) => T): T {
  const fd = kernel.openPin(path);
  try {
    return action(fd);
  } finally {
    kernel.close(fd);
  }
}
