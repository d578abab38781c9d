/** Time and chance, so that tests decide both. */
export interface XdsClock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls `run` once after `ms`; the result cancels it. */
  timer(ms: number, run: () => void): () => void;
  /** In [0, 1). */
  random(): number;
}

/** The machine's. Timers do not keep the process alive: the stream, or the consumer, does. */
export const systemClock: XdsClock = {
  now: () => performance.now(),
  timer(ms, run) {
    const handle = setTimeout(run, ms);
    handle.unref();
    return () => clearTimeout(handle);
  },
  random: Math.random,
};
