/** A spill in a folder that is gone already, with a file that can be damaged. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSpill, type Spill } from "../../spill/index.ts";

export interface Disk extends Spill {
  /** Nothing that was written can be read from now on. */
  cut(): Promise<void>;
}

/** It writes when it is told to settle, and not by itself. */
export function openDisk(onLost: () => void): Disk {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-spill-"));
  const spill = createSpill({
    path: join(folder, "bytes"),
    timer(ms, run) {
      if (ms === 0) queueMicrotask(run);
      return () => {};
    },
    onUnwritten(error) {
      throw error;
    },
    onLost,
  });
  return {
    ...spill,
    async cut() {
      for (const fd of readdirSync("/proc/self/fd")) if (linkOf(fd).startsWith(`${folder}/`)) truncateSync(`/proc/self/fd/${fd}`);
      // What was read a moment ago is let go of.
      await spill.settle();
    },
    close() {
      spill.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // The one that reads the folder.
    return "";
  }
}
