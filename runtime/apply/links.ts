import type { AttachPoint, Fd, Kernel } from "../kernel/index.ts";
import { ApplyError } from "./error.ts";
import type { Live } from "./live.ts";
import { attachOrder, pinNames } from "./pin-names.ts";
import { programArrays } from "./programs.ts";
import type { Transaction } from "./transaction.ts";

export interface LinkWork {
  /** Points that get a new link. */
  readonly attach: readonly AttachPoint[];
  /** Points whose link stays and whose program changes, if programs are loaded. */
  readonly keep: readonly AttachPoint[];
  /** Points whose link goes. */
  readonly drop: readonly AttachPoint[];
}

/** Which links are missing, and which lead to another cgroup than the wanted one (or to one that is gone). */
export function linkWork(
  kernel: Kernel,
  links: ReadonlyMap<AttachPoint, Fd>,
  points: ReadonlySet<AttachPoint>,
  cgroup: Fd | undefined,
): LinkWork {
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
  return {
    attach,
    keep: inOrder.filter((point) => !attach.includes(point)),
    drop: [...links.keys()].filter((point) => !points.has(point)),
  };
}

export interface LinkTools {
  readonly kernel: Kernel;
  readonly folder: string;
  readonly links: Map<AttachPoint, Fd>;
  readonly cgroup: Fd | undefined;
  readonly transaction: Transaction;
}

/**
 * The entry programs of the running shape, where the program arrays hold them. A link that leads to another one was left by a daemon that
 * died between publishing a shape and swapping links; it works (by a tail call), but its own shape slot must not be used again.
 */
export function finishSwap(kernel: Kernel, live: Pick<Live, "maps" | "links" | "header">): void {
  for (const [point, id] of entryPrograms(kernel, live.maps, live.header!.shapeSlot)) {
    const link = live.links.get(point);
    if (link === undefined || kernel.linkInfo(link).programId === id) continue;
    const program = kernel.openProgram(id);
    try {
      kernel.updateLink(link, program);
    } finally {
      kernel.close(program);
    }
  }
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
  const { kernel, folder, links, cgroup, transaction } = tools;
  for (const point of attachOrder) {
    const path = `${folder}/${pinNames.link(point)}`;
    const old = links.get(point);
    if (work.attach.includes(point)) {
      const link = kernel.attach(programs.get(point)!, cgroup!, point);
      transaction.onRollback(() => kernel.close(link));
      if (old !== undefined) removePin(kernel, old, path, transaction);
      kernel.pin(link, path);
      transaction.onRollback(() => kernel.unpin(path));
      transaction.onCommit(() => {
        links.set(point, link);
        if (old !== undefined) endLink(kernel, old);
      });
    } else if (work.keep.includes(point) && swap) {
      swapProgram(kernel, old!, programs.get(point)!, transaction);
    } else if (work.drop.includes(point)) {
      removePin(kernel, old!, path, transaction);
      transaction.onCommit(() => {
        links.delete(point);
        endLink(kernel, old!);
      });
    }
  }
}

function endLink(kernel: Kernel, link: Fd): void {
  try {
    kernel.detachLink(link);
  } finally {
    kernel.close(link);
  }
}

function removePin(kernel: Kernel, link: Fd, path: string, transaction: Transaction): void {
  kernel.unpin(path);
  transaction.onRollback(() => kernel.pin(link, path));
}

/** The old program is held until it is clear that it is not needed for taking the swap back. */
function swapProgram(kernel: Kernel, link: Fd, program: Fd, transaction: Transaction): void {
  const old = kernel.openProgram(kernel.linkInfo(link).programId);
  transaction.atEnd(() => kernel.close(old));
  kernel.updateLink(link, program);
  transaction.onRollback(() => kernel.updateLink(link, old));
}
