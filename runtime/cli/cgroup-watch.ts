import { statSync } from "node:fs";
import type { Logger } from "../log/index.ts";
import { every } from "./every.ts";

/** Milliseconds between looks. */
const PERIOD = 2000;

export interface CgroupWatch {
  /** The folder of --cgroup. */
  readonly cgroup: string;
  /** What is attached leads to a cgroup that was removed. */
  readonly isGone: () => boolean;
  /** Applies once more, which attaches the programs again. */
  readonly retry: () => void;
  readonly log: Logger;
  readonly timer: (ms: number, run: () => void) => () => void;
}

/**
 * A cgroup that is removed and made anew under the same name, as systemd does with a slice whose units were stopped, is another one: nobody in
 * it is steered, and no change may come for hours. So it is told, and what runs is applied once more for each new folder. Gives what ends it.
 */
export function watchCgroup({ cgroup, isGone, retry, log, timer }: CgroupWatch): () => void {
  let told = false;
  let tried: bigint | undefined;
  return every(PERIOD, timer, () => {
    if (!isGone()) {
      told = false;
      tried = undefined;
      return;
    }
    if (!told) log.warn("the cgroup was removed: nobody is steered until it is there again", { cgroup });
    told = true;
    const now = inodeOf(cgroup);
    if (now === undefined || now === tried) return;
    tried = now;
    log.info("the cgroup is there again: building and applying once more", { cgroup });
    retry();
  });
}

function inodeOf(folder: string): bigint | undefined {
  try {
    return statSync(folder, { bigint: true }).ino;
  } catch {
    return undefined;
  }
}
