import type { XdsClock } from "./clock.ts";
import type { XdsTimes } from "./limits.ts";

/** Exponential back-off with jitter: a thousand daemons must not come back to a restarted control plane at once. */
export interface Backoff {
  /** Failures since the last reset. */
  attempts(): number;
  /** Counts a failure; how long to wait after it, in whole milliseconds: between half of `backoffMs * 2^n` and all of it. */
  next(): number;
  reset(): void;
}

export function createBackoff(times: XdsTimes, clock: XdsClock): Backoff {
  let attempts = 0;
  return {
    attempts: () => attempts,
    next() {
      const ceiling = Math.min(times.backoffMaxMs, times.backoffMs * 2 ** Math.min(attempts, 30));
      attempts += 1;
      return Math.round((ceiling / 2) * (1 + clock.random()));
    },
    reset() {
      attempts = 0;
    },
  };
}
