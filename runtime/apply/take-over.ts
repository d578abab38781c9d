import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Kernel } from "../kernel/index.ts";
import { closeLinks, finishSwap, type Links, openLinks, servingPrograms } from "./links.ts";
import { closeLive, type Live } from "./live.ts";
import { openSet } from "./open-set.ts";
import { attachOrder } from "./pin-names.ts";
import { removeUnused } from "./remove-unused.ts";
import { generationOf } from "./root.ts";
import { FLAT, leadsTo, listSets, type PinSet, removeSets } from "./sets.ts";

/** What a new owner of a pin folder found there. */
export interface TakenOver {
  readonly links: Links;
  /** The set that serves, if it is of this version and whole. */
  readonly live: Live | undefined;
  /** Sets that are of no use once `live`, or the next generation, serves; those that serve now come first. */
  readonly others: readonly PinSet[];
  /** The highest generation of any set, so that numbers go on. */
  readonly lastGeneration: number;
  /** What can't be gone on with, and what becomes of it. */
  readonly problems: readonly Diagnostic[];
}

/**
 * Finds the set that serves and verifies it. What a daemon left that died in the middle of a change is finished, where connections meet it
 * already, or else removed. A set that can't be gone on with (not whole, or of another version) is left alone: it serves until the next
 * generation is built beside it.
 *
 * @param format setFormat() of this version
 */
export function takeOver(kernel: Kernel, folder: string, format: string): TakenOver {
  const links = openLinks(kernel, folder);
  let live: Live | undefined;
  try {
    const programs = servingPrograms(kernel, links);
    const problems: Diagnostic[] = [];
    const serving: PinSet[] = [];
    const idle: PinSet[] = [];
    for (const set of listSets(kernel, folder)) {
      if (!leadsTo(kernel, set, programs)) idle.push(set);
      else if (live || set.format !== format) serving.push(set);
      else {
        const opened = openSet(kernel, set);
        live = opened.live;
        if (opened.live) continue;
        serving.push(set);
        problems.push(notWhole(set.path, opened.faults));
      }
    }
    if (idle.some(({ format: its }) => its === FLAT)) problems.push(leftBehind(folder));
    const lastGeneration = Math.max(live?.generation ?? 0, ...[...serving, ...idle].map((set) => generationOf(kernel, set)));
    if (live) {
      if (finishSwap(kernel, links, live)) live.shape = undefined;
      removeUnused(kernel, live, links);
      const missing = attachOrder.filter((point) => !links.has(point));
      if (missing.length > 0) problems.push(notWhole(folder, [`no links of ${missing.join(", ")}: the next apply attaches them again`]));
      return { links, live, others: [...serving, ...idle], lastGeneration, problems };
    }
    if (serving.length === 0 && programs.size > 0) problems.push(notWhole(folder, ["the maps of the programs that are attached"]));
    else if (serving.length > 0 && serving[0]!.format !== format) problems.push(otherVersion(serving[0]!));
    // Half made, or replaced: nobody reads them. Of those of another version that is not known.
    removeSets(
      kernel,
      idle.filter((set) => set.format === format),
    );
    return { links, live, others: [...serving, ...idle.filter((set) => set.format !== format)], lastGeneration, problems };
  } catch (error) {
    closeLinks(kernel, links);
    if (live) closeLive(kernel, live);
    throw error;
  }
}

function notWhole(path: string, faults: readonly string[]): Diagnostic {
  return {
    code: "KM6205",
    severity: "error",
    path,
    message: faults.join("; "),
    hint: "nothing need be done: what serves goes on, and the next generation is built beside it; if it comes again, find out who writes there",
  };
}

function leftBehind(folder: string): Diagnostic {
  return {
    code: "KM6206",
    severity: "note",
    path: folder,
    message: "a version that kept its maps in the pin folder itself left them here; nobody reads them",
    hint: "nothing need be done: they are removed once a generation of this version serves",
  };
}

function otherVersion(set: PinSet): Diagnostic {
  return {
    code: "KM6206",
    severity: "note",
    path: set.path,
    message: `what serves was made by a version with another format (${set.format})`,
    hint: "nothing need be done: it goes on, and the first generation of this version replaces it without a gap",
  };
}
