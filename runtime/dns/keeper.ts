import type { Logger } from "../log/index.ts";
import type { AnswersFile } from "./answers-file.ts";
import type { ResolverClock } from "./clock.ts";
import type { Answers } from "./types.ts";

/** Puts answers on disk when they changed: at once, and then once a second at most. */
export interface Keeper {
  changed(): void;
  /** What is not written yet is written. */
  flush(): void;
}

export interface KeeperOptions {
  readonly file: AnswersFile | undefined;
  readonly answers: () => Answers;
  readonly clock: Pick<ResolverClock, "timer">;
  readonly log: Logger;
}

const PAUSE_MS = 1000;

export function createKeeper({ file, answers, clock, log }: KeeperOptions): Keeper {
  /** Ends the pause after a write. */
  let cancel: (() => void) | undefined;
  let waiting = false;
  const write = (): void => {
    waiting = false;
    cancel?.();
    cancel = clock.timer(PAUSE_MS, () => {
      cancel = undefined;
      if (waiting) write();
    });
    try {
      file?.write(answers());
    } catch (error) {
      // A restart would have to look the names up before it knows them; the next change is tried again.
      log.error("the answers for host names could not be kept", { code: "KM6304", error });
    }
  };
  return {
    changed() {
      if (!file) return;
      if (cancel) waiting = true;
      else write();
    },
    flush() {
      if (waiting) write();
      cancel?.();
    },
  };
}
