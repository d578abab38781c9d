import type { AttachPoint, Fd, Kernel } from "../kernel/index.ts";
import { ApplyError } from "./error.ts";
import { attachOrder, pinNames } from "./pin-names.ts";
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
        if (old !== undefined) kernel.close(old);
        links.set(point, link);
      });
    } else if (work.keep.includes(point) && swap) {
      swapProgram(kernel, old!, programs.get(point)!, transaction);
    } else if (work.drop.includes(point)) {
      removePin(kernel, old!, path, transaction);
      transaction.onCommit(() => {
        kernel.close(old!);
        links.delete(point);
      });
    }
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
