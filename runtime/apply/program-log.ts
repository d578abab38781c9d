import { type LogEntry, type LogLevel, logLevelOf, logWord, readLogEntry, recordTypes } from "../../compiler/bundle/format.ts";
import type { Fd, Kernel, Mapping, Ring } from "../kernel/index.ts";

/** What the programs tell of connections. The level is kept in the kernel: it outlives the daemon and is that of every generation. */
export interface ProgramLog {
  level(): LogLevel;
  setLevel(level: LogLevel): void;
  /** Entries since the last call, oldest first, and how many were lost since because the ring was full. */
  read(): { readonly entries: readonly LogEntry[]; readonly dropped: number };
  close(): void;
}

/** Place of LogControl.dropped. */
const DROPPED = 8;

interface Open {
  readonly ringFd: Fd;
  readonly control: Mapping;
  readonly ring: Ring;
  /** LogControl.dropped that was told. */
  told: bigint;
}

/** @param maps what is pinned now; programs of an older version have no log, and until theirs are replaced a level waits here */
export function createProgramLog(kernel: Kernel, maps: () => ReadonlyMap<string, Fd> | undefined): ProgramLog {
  let open: Open | undefined;
  let waiting: LogLevel | undefined;

  const close = (): void => {
    open?.control.unmap();
    open?.ring.close();
    open = undefined;
  };
  const opened = (): Open | undefined => {
    const ringFd = maps()?.get("km_log");
    const controlFd = maps()?.get("km_log_control");
    if (open && open.ringFd !== ringFd) close();
    if (open || ringFd === undefined || controlFd === undefined) return open;
    const control = kernel.map(controlFd, recordTypes.LogControl.size);
    try {
      open = { ringFd, control, ring: kernel.openRing(ringFd, kernel.mapInfo(ringFd).maxEntries), told: control.load(DROPPED) };
    } catch (error) {
      control.unmap();
      throw error;
    }
    // Also without a change: reasons of this version that the one before did not know.
    control.store(0, logWord(waiting ?? logLevelOf(control.load(0))));
    waiting = undefined;
    return open;
  };
  return {
    level() {
      const at = opened();
      return at ? logLevelOf(at.control.load(0)) : (waiting ?? "error");
    },
    setLevel(level) {
      const at = opened();
      if (at) at.control.store(0, logWord(level));
      else waiting = level;
    },
    read() {
      const at = opened();
      if (!at) return { entries: [], dropped: 0 };
      const entries = at.ring.read().flatMap((bytes) => readLogEntry(bytes) ?? []);
      const all = at.control.load(DROPPED);
      const dropped = Number(all - at.told);
      at.told = all;
      return { entries, dropped };
    },
    close,
  };
}
