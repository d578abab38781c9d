import type { Kernel } from "../kernel/index.ts";
import { ApplyError } from "./error.ts";
import { pointOfLink, pointOfNextLink } from "./pin-names.ts";
import { listSets, pinsOfSet, withPin } from "./sets.ts";

export interface DetachReport {
  /** Pins that were removed, in order. */
  readonly removed: readonly string[];
}

/**
 * Detaches the programs and removes every pin, links first: connections that come meanwhile pass untouched. Connections that stand go on.
 * What fails keeps nothing of its kind from being removed; the first error is thrown at the end, and the same call can be made again. But where
 * a link can't be ended, maps and programs stay: what goes on steering must be found whole by whoever comes next.
 *
 * @throws ApplyError KM6204 when nothing is pinned there, KernelError
 */
export function detach(kernel: Kernel, folder: string): DetachReport {
  const names = kernel.listPins(folder);
  const points = names.flatMap((name) => pointOfLink(name) ?? []);
  const links = [...names.filter((name) => pointOfNextLink(name) !== undefined), ...byHook(points).map((point) => `link_${point}`)];
  const sets = listSets(kernel, folder);
  if (links.length === 0 && sets.length === 0)
    throw new ApplyError("KM6204", folder, "nothing is applied there", "give the folder of the apply with --pin");
  const lock = kernel.lock(folder);
  const removed: string[] = [];
  const errors: unknown[] = [];
  const attempt = (action: () => void, name?: string): void => {
    try {
      action();
      if (name !== undefined) removed.push(name);
    } catch (error) {
      errors.push(error);
    }
  };
  try {
    for (const name of links) attempt(() => endLink(kernel, `${folder}/${name}`), name);
    if (errors.length > 0) throw errors[0];
    for (const set of sets) {
      attempt(() => {
        for (const name of pinsOfSet(kernel, set))
          attempt(() => kernel.unpin(`${set.path}/${name}`), `${set.path}/${name}`.slice(folder.length + 1));
        kernel.removePinFolder(set.path);
      });
    }
    if (errors.length > 0) throw errors[0];
    kernel.removePinFolder(folder);
    return { removed };
  } finally {
    kernel.close(lock);
  }
}

/** The connect hooks first: nothing is rewritten any more when their companions go. */
function byHook(points: readonly string[]): readonly string[] {
  const isConnect = (point: string): boolean => point.startsWith("connect");
  return [...points.filter(isConnect), ...points.filter((point) => !isConnect(point))];
}

function endLink(kernel: Kernel, path: string): void {
  withPin(kernel, path, (fd) => {
    if (kernel.kindOf(fd) === "link") kernel.detachLink(fd);
  });
  kernel.unpin(path);
}
