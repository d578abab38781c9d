import type { Logger } from "../log/index.ts";
import { every } from "./every.ts";

/** Milliseconds between looks. */
const PERIOD = 2000;

export interface PinWatch {
  /** The folder of --pin. */
  readonly folder: string;
  /** What is attached is not pinned any more. */
  readonly isGone: () => boolean;
  readonly log: Logger;
  readonly timer: (ms: number, run: () => void) => () => void;
}

/**
 * Without pins what is attached lives by this process alone, and no change may come that would fail for it: so it is told. Gives what ends
 * the watch.
 */
export function watchPins({ folder, isGone, log, timer }: PinWatch): () => void {
  let told = false;
  return every(PERIOD, timer, () => {
    const gone = isGone();
    if (gone && !told)
      log.error("pins were removed: what is applied goes on for as long as this daemon runs, and changes may fail", {
        path: folder,
        hint: "start the daemon again, which attaches the programs anew (connections pass untouched in between)",
      });
    told = gone;
  });
}
