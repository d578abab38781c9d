import type { Fd, Kernel } from "../kernel/index.ts";
import { tableNames } from "../plan/index.ts";
import type { Context } from "./context.ts";
import { carryControlOver, setDaemonConnections } from "./control.ts";
import { assemble, type Live } from "./live.ts";
import { isMapPin } from "./pin-names.ts";
import { pinPrograms } from "./pinned-ids.ts";
import { openPool, poolName } from "./pools.ts";
import { type Loaded, programArrays } from "./programs.ts";
import { ROOT } from "./root.ts";
import { listSets, nextSet, type PinSet } from "./sets.ts";
import type { Transaction } from "./transaction.ts";

/** A new set for the maps of an object that was loaded for it. Nobody reads it yet. */
export function makeSet({ kernel, folder, format, daemon, others }: Context, loaded: Loaded, transaction: Transaction): Live {
  const set = nextSet(folder, format, listSets(kernel, folder));
  kernel.makePinFolder(set.path, false);
  transaction.onRollback(() => kernel.removePinFolder(set.path));
  const maps = pinMaps(kernel, set, loaded.maps, transaction);
  pinPrograms(kernel, set, loaded.programs.values(), transaction);
  const live = assemble(kernel, set, maps);
  transaction.onRollback(() => live.root.unmap());
  if (others[0]) carryControlOver(kernel, others[0], live.root);
  if (daemon) setDaemonConnections(live.root, daemon);
  return live;
}

/** Pins programs of an object, and its maps that a running set has not yet: those that another shape's programs were the first to use. */
export function adoptMaps(kernel: Kernel, live: Live, loaded: Loaded | undefined, transaction: Transaction): Live {
  if (loaded) pinPrograms(kernel, live.set, loaded.programs.values(), transaction);
  const fresh = new Map([...(loaded?.maps ?? [])].filter(([name]) => !live.maps.has(name)));
  for (const [name, fd] of pinMaps(kernel, live.set, fresh, transaction)) {
    const table = tableNames.find((t) => poolName(t) === name);
    live.maps.set(name, fd);
    if (table !== undefined) live.pools.set(table, openPool(kernel, live.set, table, fd, undefined));
    transaction.onRollback(() => {
      live.maps.delete(name);
      if (table !== undefined) live.pools.delete(table);
    });
  }
  return live;
}

/**
 * What programs of every version write and read for themselves (the addresses that connections asked for, counters), of the set that serves
 * now: a new set goes on with it, where the new programs declare it in the same way. Closed at the end.
 */
export function mapsToCarryOver({ kernel, others }: Context, transaction: Transaction): ReadonlyMap<string, Fd> {
  const maps = new Map<string, Fd>();
  for (const set of others) {
    for (const name of kernel.listPins(set.path)) {
      if (!isMapPin(name) || maps.has(name) || belongsToGeneration(name)) continue;
      const fd = kernel.openPin(`${set.path}/${name}`);
      transaction.atEnd(() => kernel.close(fd));
      if (kernel.kindOf(fd) === "map") maps.set(name, fd);
    }
  }
  return maps;
}

const ofGenerations: ReadonlySet<string> = new Set([ROOT, ...programArrays.values()]);

function belongsToGeneration(name: string): boolean {
  return ofGenerations.has(name) || name.startsWith(poolName(""));
}

/** Pins them and opens the pins as this process's own: the object is closed at the end of the transaction. */
function pinMaps(kernel: Kernel, set: PinSet, loaded: ReadonlyMap<string, Fd>, transaction: Transaction): Map<string, Fd> {
  const maps = new Map<string, Fd>();
  for (const [name, fd] of loaded) {
    const path = `${set.path}/${name}`;
    kernel.pin(fd, path);
    transaction.onRollback(() => kernel.unpin(path));
    const own = kernel.openPin(path);
    transaction.onRollback(() => kernel.close(own));
    maps.set(name, own);
  }
  return maps;
}
