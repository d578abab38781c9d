import type { Fd, Kernel } from "../kernel/index.ts";
import { contentFaults, headerFaults, textsOfGeneration } from "./contents.ts";
import { definitionFaults } from "./definitions.ts";
import { assemble, closeLive, type Live, roomsOfRunning, stateOf } from "./live.ts";
import { isMapPin } from "./pin-names.ts";
import { decodeRoot, ROOT, ROOT_SIZE } from "./root.ts";
import type { PinSet } from "./sets.ts";
import { isText, readText } from "./text.ts";

/** A set that is whole, or everything that is wrong with it. */
export type OpenedSet =
  | { readonly live: Live; readonly faults?: undefined }
  | { readonly live?: undefined; readonly faults: readonly string[] };

/**
 * Opens a set of this version's format and verifies all of it: the maps, the header, the texts, and what the tables hold. Nothing is changed.
 * Throws only what the kernel throws.
 */
export function openSet(kernel: Kernel, set: PinSet): OpenedSet {
  const pins = kernel.listPins(set.path);
  const maps = new Map<string, Fd>();
  let live: Live | undefined;
  try {
    const faults = openMaps(kernel, set, pins, maps);
    if (faults.length === 0) faults.push(...definitionFaults(kernel, set, maps));
    if (faults.length === 0) faults.push(...rootFaults(kernel, maps));
    if (faults.length === 0) {
      live = assemble(kernel, set, maps);
      faults.push(...takeIn(kernel, live, pins));
    }
    if (live && faults.length === 0) return { live };
    close(kernel, live, maps);
    return { faults };
  } catch (error) {
    close(kernel, live, maps);
    throw error;
  }
}

function close(kernel: Kernel, live: Live | undefined, maps: ReadonlyMap<string, Fd>): void {
  if (live) closeLive(kernel, live);
  else for (const fd of maps.values()) kernel.close(fd);
}

function openMaps(kernel: Kernel, set: PinSet, pins: readonly string[], maps: Map<string, Fd>): string[] {
  const faults: string[] = [];
  for (const name of pins.filter(isMapPin)) {
    const fd = kernel.openPin(`${set.path}/${name}`);
    maps.set(name, fd);
    const kind = kernel.kindOf(fd);
    if (kind !== "map") faults.push(`${name} is a ${kind ?? "pin of another kind"}, not a map`);
  }
  return faults;
}

/** Before anything is mapped by what the header says. */
function rootFaults(kernel: Kernel, maps: ReadonlyMap<string, Fd>): readonly string[] {
  const { generation, slot, header } = decodeRoot(kernel.lookup(maps.get(ROOT)!, 0, ROOT_SIZE));
  if (generation === 0) return ["nothing is published"];
  return header ? headerFaults(header, generation) : [`the root names header slot ${slot}`];
}

/** Compares with the texts and, where all fits, takes from them what the maps do not tell. */
function takeIn(kernel: Kernel, live: Live, pins: readonly string[]): readonly string[] {
  const texts = textsOfGeneration(live.generation, (pin) =>
    pins.includes(pin) && isText(kernel, `${live.set.path}/${pin}`) ? readText(kernel, `${live.set.path}/${pin}`) : undefined,
  );
  if (typeof texts === "string") return [texts];
  const { manifest } = texts;
  const faults = contentFaults(kernel, live, stateOf(live, 0), manifest);
  if (faults.length > 0) return faults;
  live.shape = manifest.shape;
  live.names = manifest.names.sha256;
  live.rooms = roomsOfRunning(live);
  return [];
}
