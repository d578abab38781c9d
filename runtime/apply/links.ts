import type { AttachPoint, Fd, Kernel } from "../kernel/index.ts";
import { ApplyError } from "./error.ts";
import type { Live } from "./live.ts";
import { attachOrder, pinNames, pointOfLink, pointOfNextLink } from "./pin-names.ts";
import { openProgram } from "./pinned-ids.ts";
import { programArrays } from "./programs.ts";
import type { PinSet } from "./sets.ts";
import type { Transaction } from "./transaction.ts";

/** Pinned links by hook, open in this process. Another version may have had hooks that this one does not know. */
export type Links = Map<string, Fd>;

/** Opens them, after removing those that a daemon that died had not put into their place. */
export function openLinks(kernel: Kernel, folder: string): Links {
  const links: Links = new Map();
  try {
    for (const name of kernel.listPins(folder)) {
      if (pointOfNextLink(name) !== undefined) kernel.unpin(`${folder}/${name}`);
      const point = pointOfLink(name);
      if (point === undefined) continue;
      const fd = kernel.openPin(`${folder}/${name}`);
      links.set(point, fd);
      if (kernel.kindOf(fd) === "link") continue;
      // Somebody else's: it is replaced by the next attachment.
      links.delete(point);
      kernel.close(fd);
    }
    return links;
  } catch (error) {
    closeLinks(kernel, links);
    throw error;
  }
}

export function closeLinks(kernel: Kernel, links: Links): void {
  for (const fd of links.values()) kernel.close(fd);
}

/** Whether what is attached steers nobody: a cgroup that was removed and made anew is another one. */
export function isCgroupGone(kernel: Kernel, links: Links): boolean {
  return [...links.values()].some((link) => kernel.linkInfo(link).cgroupId === 0n);
}

/** Whether a pin was removed that a link lives by beyond this process. */
export function isUnpinned(kernel: Kernel, folder: string, links: Links): boolean {
  const present = new Set(kernel.listPins(folder));
  return [...links.keys()].some((point) => !present.has(pinNames.link(point)));
}

/** Ids of the connect programs that links lead to: they say which set serves. */
export function servingPrograms(kernel: Kernel, links: Links): ReadonlySet<number> {
  return new Set([...programArrays.keys()].flatMap((point) => (links.has(point) ? [kernel.linkInfo(links.get(point)!).programId] : [])));
}

export interface LinkWork {
  /** Points that get a new link. */
  readonly attach: readonly AttachPoint[];
  /** Points whose link stays and whose program changes, if programs are loaded. */
  readonly keep: readonly AttachPoint[];
  /** Points whose link goes. */
  readonly drop: readonly string[];
}

/** Which links are missing, and which lead to another cgroup than the wanted one (or to one that is gone). */
export function linkWork(kernel: Kernel, links: Links, points: ReadonlySet<AttachPoint>, cgroup: Fd | undefined): LinkWork {
  const wanted = cgroup === undefined ? undefined : kernel.cgroupId(cgroup);
  const fits = (link: Fd | undefined): boolean => {
    if (link === undefined) return false;
    const { cgroupId } = kernel.linkInfo(link);
    return cgroupId !== 0n && (wanted === undefined || cgroupId === wanted);
  };
  const inOrder = attachOrder.filter((point) => points.has(point));
  const attach = inOrder.filter((point) => !fits(links.get(point)));
  if (attach.length > 0 && cgroup === undefined) {
    throw new ApplyError(
      "KM6203",
      "--cgroup",
      "no programs are attached yet, or their cgroup is gone",
      "say with --cgroup where the mesh's processes are",
    );
  }
  const known: ReadonlySet<string> = points;
  return {
    attach,
    keep: inOrder.filter((point) => !attach.includes(point)),
    drop: [...links.keys()].filter((point) => !known.has(point)),
  };
}

export interface LinkTools {
  readonly kernel: Kernel;
  readonly folder: string;
  /** Where the programs may be pinned that links lead to now. */
  readonly sets: readonly PinSet[];
  readonly links: Links;
  readonly cgroup: Fd | undefined;
  readonly transaction: Transaction;
}

/**
 * Leads the links of the connect hooks to the running shape's entry programs. One that leads to another was left by a daemon that died
 * between publishing a shape and swapping links, or between the hooks of two sets. True when there was one: its companions may be old, too.
 */
export function finishSwap(kernel: Kernel, links: Links, live: Pick<Live, "set" | "maps" | "header">): boolean {
  let stale = false;
  for (const [point, id] of entryPrograms(kernel, live.maps, live.header!.shapeSlot)) {
    const link = links.get(point);
    if (link === undefined || kernel.linkInfo(link).programId === id) continue;
    stale = true;
    const program = openProgram(kernel, [live.set], id);
    try {
      kernel.updateLink(link, program);
    } finally {
      kernel.close(program);
    }
  }
  return stale;
}

/** Ids of a shape's entry programs, by hook. */
export function entryPrograms(kernel: Kernel, maps: ReadonlyMap<string, Fd>, shapeSlot: number): Map<AttachPoint, number> {
  const ids = new Map<AttachPoint, number>();
  for (const [point, array] of programArrays) {
    const id = kernel.programAt(maps.get(array)!, shapeSlot);
    if (id !== undefined) ids.set(point, id);
  }
  return ids;
}

/** Carries it out. `swap`: links that stay get the loaded programs. */
export function applyLinks(tools: LinkTools, work: LinkWork, programs: ReadonlyMap<AttachPoint, Fd>, swap: boolean): void {
  for (const point of attachOrder) {
    if (work.attach.includes(point)) attachPoint(tools, point, programs.get(point)!);
    else if (swap && work.keep.includes(point)) swapProgram(tools, tools.links.get(point)!, programs.get(point)!);
  }
  for (const point of work.drop) dropLink(tools, point);
}

/** A new link, in the place of the old one if there is one: a pin holds a link at every moment. */
function attachPoint({ kernel, folder, links, cgroup, transaction }: LinkTools, point: AttachPoint, program: Fd): void {
  const path = `${folder}/${pinNames.link(point)}`;
  const next = `${folder}/${pinNames.nextLink(point)}`;
  const old = links.get(point);
  const link = kernel.attach(program, cgroup!, point);
  transaction.onRollback(() => kernel.close(link));
  const put = (fd: Fd): void => {
    kernel.pin(fd, next);
    try {
      kernel.replacePin(next, path);
    } catch (error) {
      kernel.unpin(next);
      throw error;
    }
  };
  put(link);
  transaction.onRollback(() => (old === undefined ? kernel.unpin(path) : put(old)));
  transaction.onCommit(() => {
    links.set(point, link);
    if (old !== undefined) endLink(kernel, old);
  });
}

function dropLink({ kernel, folder, links, transaction }: LinkTools, point: string): void {
  transaction.onCommit(() => {
    const link = links.get(point)!;
    links.delete(point);
    try {
      kernel.unpin(`${folder}/${pinNames.link(point)}`);
    } finally {
      endLink(kernel, link);
    }
  });
}

function endLink(kernel: Kernel, link: Fd): void {
  try {
    kernel.detachLink(link);
  } finally {
    kernel.close(link);
  }
}

/** The old program is held until it is clear that it is not needed for taking the swap back. */
function swapProgram({ kernel, sets, transaction }: LinkTools, link: Fd, program: Fd): void {
  const old = openProgram(kernel, sets, kernel.linkInfo(link).programId);
  transaction.atEnd(() => kernel.close(old));
  kernel.updateLink(link, program);
  transaction.onRollback(() => kernel.updateLink(link, old));
}
