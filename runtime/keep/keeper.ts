/** Brings what a daemon must remember to disk when it changed: at once, and then once a second at most. */
export interface Keeper {
  changed(): void;
  /** What is not written yet is written. */
  flush(): void;
}

export interface KeeperOptions {
  /** May throw. */
  readonly write: () => void;
  /** Told what `write` threw; the next change is another try. */
  readonly onError: (error: unknown) => void;
  /** Calls `run` once after `ms`; the result cancels it. */
  readonly timer: (ms: number, run: () => void) => () => void;
}

const PAUSE_MS = 1000;

export function createKeeper({ write, onError, timer }: KeeperOptions): Keeper {
  /** Ends the pause after a write. */
  let cancel: (() => void) | undefined;
  let waiting = false;
  const keep = (): void => {
    waiting = false;
    cancel?.();
    cancel = timer(PAUSE_MS, () => {
      cancel = undefined;
      if (waiting) keep();
    });
    try {
      write();
    } catch (error) {
      onError(error);
    }
  };
  return {
    changed() {
      if (cancel) waiting = true;
      else keep();
    },
    flush() {
      if (waiting) keep();
      cancel?.();
    },
  };
}
