/** How late the event loop is, seconds. */
export interface Lag {
  last(): number;
  /** Since the last call of it. */
  max(): number;
  stop(): void;
}

const EVERY_MS = 500;

export function watchLag(): Lag {
  let due = performance.now() + EVERY_MS;
  let last = 0;
  let max = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    last = Math.max(0, now - due) / 1000;
    max = Math.max(max, last);
    due = now + EVERY_MS;
  }, EVERY_MS);
  timer.unref();
  return {
    last: () => last,
    max() {
      const seen = max;
      max = 0;
      return seen;
    },
    stop: () => clearInterval(timer),
  };
}
