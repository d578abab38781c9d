import { type LogEntry, type LogLevel, logLevelOf, logWord, readLogEntry } from "../../compiler/bundle/format.ts";
import type { Fd, Kernel, Mapping, Ring } from "../kernel/index.ts";
import { controlAt, ROOT, ROOT_SIZE } from "./root.ts";

/** What the programs tell of connections. The level is kept in the kernel: it outlives the daemon and is that of every generation. */
export interface ProgramLog {
  level(): LogLevel;
  setLevel(level: LogLevel): void;
  /** Entries since the last call, oldest first, and how many were lost since because the ring was full. */
  read(): { readonly entries: readonly LogEntry[]; readonly dropped: number };
  close(): void;
}

interface Open {
  readonly ringFd: Fd;
  readonly root: Mapping;
  readonly ring: Ring;
  /** Control.logDropped that was told. */
  told: bigint;
}

/** @param maps what is pinned now; programs of an older version have no log, and until theirs are replaced a level waits here */
export function createProgramLog(kernel: Kernel, maps: () => ReadonlyMap<string, Fd> | undefined): ProgramLog {
  let open: Open | undefined;
  let waiting: LogLevel | undefined;

  const close = (): void => {
    open?.root.unmap();
    open?.ring.close();
    open = undefined;
  };
  const opened = (): Open | undefined => {
    const ringFd = maps()?.get("km_log");
    const rootFd = maps()?.get(ROOT);
    if (open && open.ringFd !== ringFd) close();
    if (open || ringFd === undefined || rootFd === undefined) return open;
    const root = kernel.map(rootFd, ROOT_SIZE);
    try {
      open = {
        ringFd,
        root,
        ring: kernel.openRing(ringFd, kernel.mapInfo(ringFd).maxEntries),
        told: root.load(controlAt.logDropped),
      };
    } catch (error) {
      root.unmap();
      throw error;
    }
    // Also without a change: reasons of this version that the one before did not know.
    root.store(controlAt.logWanted, logWord(waiting ?? logLevelOf(root.load(controlAt.logWanted))));
    waiting = undefined;
    return open;
  };
  return {
    level() {
      const at = opened();
      return at ? logLevelOf(at.root.load(controlAt.logWanted)) : (waiting ?? "error");
    },
    setLevel(level) {
      const at = opened();
      if (at) at.root.store(controlAt.logWanted, logWord(level));
      else waiting = level;
    },
    read() {
      const at = opened();
      if (!at) return { entries: [], dropped: 0 };
      const entries = at.ring.read().flatMap((bytes) => readLogEntry(bytes) ?? []);
      const all = at.root.load(controlAt.logDropped);
      const dropped = Number(all - at.told);
      at.told = all;
      return { entries, dropped };
    },
    close,
  };
}
