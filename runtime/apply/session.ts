import type { Bundle } from "../../compiler/bundle/format.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Kernel } from "../kernel/index.ts";
import type { RunChange } from "../plan/index.ts";
import { applyBundle } from "./apply-bundle.ts";
import { applyRun } from "./apply-run.ts";
import type { Context } from "./context.ts";
import { type DaemonConnections, setDaemonConnectionsIn } from "./control.ts";
import { clearShapes, removeOldTexts, trimPools } from "./generation.ts";
import { createGrace, type Grace } from "./grace.ts";
import { closeLinks, isCgroupGone, isUnpinned } from "./links.ts";
import { closeLive, type Live } from "./live.ts";
import { FORMAT_DIGITS } from "./pin-names.ts";
import { createProgramLog, type ProgramLog } from "./program-log.ts";
import { removeUnused } from "./remove-unused.ts";
import type { ApplyReport } from "./report.ts";
import { setFormat } from "./set-format.ts";
import { listSets, removeSets } from "./sets.ts";
import { takeOver } from "./take-over.ts";

/** The one owner of a pin folder. Applies run one after the other. */
export interface Session {
  /** What of the folder's state can't be gone on with: it serves until the next generation is built beside it. */
  readonly problems: readonly Diagnostic[];
  /**
   * Makes the kernel do what the bundle says, or throws KernelError or ApplyError and leaves what runs as it was.
   *
   * @param proof what is written is published when it resolves; what it rejects with is thrown. Default: it has been proven.
   */
  apply(bundle: Bundle, cgroup?: string, proof?: Promise<unknown>): Promise<ApplyReport>;
  /** New endpoints for one cluster of what runs: work in the size of the change. */
  applyRun(change: RunChange): Promise<ApplyReport>;
  /** 0: nothing is published that this session can go on with. */
  generation(): number;
  /** The cgroup that the programs are attached to was removed, so that nobody is steered; the next `apply` attaches them again. */
  cgroupGone(): boolean;
  /** Pins were removed from the folder: what is attached ends with this process. */
  unpinned(): boolean;
  /** What the programs tell of connections, and how much. */
  readonly programLog: Omit<ProgramLog, "close">;
  /** Resolves when nothing waits for a grace period, and spare memory has been given back. */
  settle(): Promise<void>;
  /** Ends the session; what is published goes on. Settle first, or places that wait stay filled until the next session. */
  close(): void;
}

export interface SessionOptions {
  /** Mounts a BPF file system at the folder when there is none. */
  readonly mount?: boolean;
  /** Whose connections are not steered, from now on; undefined: as the last owner said. */
  readonly daemon?: DaemonConnections;
  /** Format of the sets that are made; this version's own unless a test plays another one. */
  readonly format?: string;
}

/**
 * Takes over what a folder holds, finished and verified.
 *
 * @throws KernelError; what runs goes on
 */
export function openSession(kernel: Kernel, folder: string, options: SessionOptions = {}): Session {
  const { mount = false, format = setFormat(), daemon } = options;
  kernel.makePinFolder(folder, mount);
  const lock = kernel.lock(folder);
  const ownFormat = format.slice(0, FORMAT_DIGITS);
  let found: ReturnType<typeof takeOver>;
  try {
    if (daemon) for (const set of listSets(kernel, folder)) setDaemonConnectionsIn(kernel, set, daemon);
    found = takeOver(kernel, folder, ownFormat);
  } catch (error) {
    kernel.close(lock);
    throw error;
  }
  const { links, live, others, problems, lastGeneration } = found;
  const grace = createGrace(kernel);
  const context: Context = {
    kernel,
    folder,
    format: ownFormat,
    grace,
    links,
    live,
    others: live ? [] : others,
    daemon,
    lastGeneration,
  };
  if (live) {
    freeAfterGrace(kernel, live, grace);
    if (others.length > 0) grace.retire(() => removeSets(kernel, others));
  }
  const programLog = createProgramLog(kernel, () => context.live?.maps);
  let last: Promise<unknown> = Promise.resolve();
  let unfinished = 0;
  const serially = <T>(work: () => Promise<T>): Promise<T> => {
    const begin = (): Promise<T> =>
      work().finally(() => {
        unfinished--;
      });
    // What waits for nobody begins at once: a cell is stored when this returns.
    const result = unfinished++ === 0 ? begin() : last.then(begin);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    problems,
    apply(bundle, cgroup, proof) {
      // It may reject long before it is asked.
      proof?.catch(() => {});
      return serially(() => applyBundle(context, bundle, cgroup, proof));
    },
    applyRun: (change) => serially(() => applyRun(context, change)),
    generation: () => context.live?.generation ?? 0,
    cgroupGone: () => isCgroupGone(kernel, links),
    unpinned: () => isUnpinned(kernel, folder, links),
    programLog,
    settle: () => serially(() => settle(context)),
    close() {
      programLog.close();
      if (context.live) closeLive(kernel, context.live);
      closeLinks(kernel, links);
      if (kernel.listPins(folder).length === 0) kernel.removePinFolder(folder);
      kernel.close(lock);
    },
  };
}

async function settle({ kernel, grace, live, links }: Context): Promise<void> {
  await grace.settle();
  if (!live) return;
  removeOldTexts(kernel, live);
  clearShapes(kernel, live);
  removeUnused(kernel, live, links);
  await trimPools(kernel, live);
}

/** What an earlier owner retired is not known; one grace period from now it is free, whatever it was. */
function freeAfterGrace(kernel: Kernel, live: Live, grace: Grace): void {
  const { roomEpoch, rooms } = live;
  live.rooms = { cell: [], endpoint: [] };
  live.waitingRuns++;
  grace.retire(() => {
    for (const { slots } of live.pools.values()) for (const slot of slots) if (slot.use === "waiting") slot.use = "free";
    for (const uses of [live.headerUse, live.shapeUse])
      for (const [slot, use] of uses.entries()) if (use === "waiting") uses[slot] = "free";
    live.waitingRuns--;
    if (live.roomEpoch === roomEpoch) live.rooms = rooms;
    clearShapes(kernel, live);
  });
}
