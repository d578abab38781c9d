/** The one room that calls bpf(2), libbpf and mmap. Loading it costs koffi and libbpf (some 15 ms): import it only where it is used. */
import { closeSync } from "node:fs";
import { gracePeriod } from "./grace.ts";
import { library } from "./library.ts";
import {
  clearSlot,
  createBlob,
  createInner,
  innerAt,
  lookup,
  mapInfo,
  mapValues,
  programAt,
  setProgram,
  setSlot,
  sumPerCpu,
} from "./maps.ts";
import { loadObject } from "./object.ts";
import { ownCgroup } from "./own-cgroup.ts";
import { cgroupId, kindOf, listPins, lock, makePinFolder, openCgroup, openPin, pin, removePinFolder, replacePin, unpin } from "./pins.ts";
import { attach, detachLink, enableStats, linkInfo, openProgram, programInfo, testRun, updateLink } from "./programs.ts";
import { openRing } from "./ring.ts";
import type { Kernel } from "./types.ts";

export { keepOthersInBackground } from "./background.ts";
export { type Capability, requireCapabilities } from "./capabilities.ts";
export { KernelError, type KernelErrorKind } from "./error.ts";
export { returnFreeMemory } from "./free-memory.ts";
export type * from "./types.ts";

const RLIMIT_MEMLOCK = 8;

/** @throws KernelError when libbpf is missing. */
export function openKernel(): Kernel {
  // Before Linux 5.11 maps count against RLIMIT_MEMLOCK; later ones ignore it, and who may not raise it has no rights for maps either.
  library().setrlimit(RLIMIT_MEMLOCK, Buffer.alloc(16, 0xff));
  return {
    load: loadObject,
    createInner,
    createBlob,
    setSlot,
    clearSlot,
    innerAt,
    setProgram,
    programAt,
    map: mapValues,
    openRing,
    lookup,
    sumPerCpu,
    kindOf,
    mapInfo,
    programInfo,
    linkInfo,
    openProgram,
    openCgroup,
    cgroupId,
    ownCgroup,
    attach,
    updateLink,
    detachLink,
    makePinFolder,
    removePinFolder,
    listPins,
    lock,
    pin,
    unpin,
    replacePin,
    openPin,
    gracePeriod,
    testRun,
    enableStats,
    close: closeSync,
  };
}
