/** Time and chance, so that tests decide both. */
export interface XdsClock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls `run` once after `ms`; the result cancels it. */
  timer(ms: number, run: () => void): () => void;
  /** In [0, 1). */
  random(): number;
}

/** The machine's. A timer keeps the process alive: a client that waits for its next attempt is at work until it is closed. */
export const systemClock: XdsClock = {
  now: () => performance.now(),
  timer(ms, run) {
    const handle = setTimeout(run, ms);
    return () => clearTimeout(handle);
  },
  random: Math.random,
};

/** Timers by name, so that each can be set anew and all can be cancelled. */
export interface Timers {
  /** Replaces the timer of this name. */
  set(name: string, ms: number, run: () => void): void;
  has(name: string): boolean;
  cancel(name: string): void;
  cancelAll(): void;
}

export function createTimers(clock: XdsClock): Timers {
  const running = new Map<string, () => void>();
  const cancel = (name: string): void => {
    running.get(name)?.();
    running.delete(name);
  };
  return {
    set(name, ms, run) {
      cancel(name);
      const stop = clock.timer(ms, () => {
        running.delete(name);
        run();
      });
      running.set(name, stop);
    },
    has: (name) => running.has(name),
    cancel,
    cancelAll() {
      for (const name of [...running.keys()]) cancel(name);
    },
  };
}
