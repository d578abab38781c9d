import type { XdsClock } from "../clock.ts";

/** Time that stands until it is told to go on. */
export interface FakeClock extends XdsClock {
  /** Runs every timer that is due on the way, in order; then what it started. */
  advance(ms: number): Promise<void>;
  /** What `random` gives next, in order; 0 after them. */
  readonly chances: number[];
  /** Timers that are set. */
  pending(): number;
}

export function createFakeClock(): FakeClock {
  let now = 0;
  let order = 0;
  const timers = new Set<{ readonly at: number; readonly order: number; readonly run: () => void }>();
  const chances: number[] = [];
  return {
    now: () => now,
    random: () => chances.shift() ?? 0,
    chances,
    pending: () => timers.size,
    timer(ms, run) {
      const timer = { at: now + ms, order: order++, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await settleMicrotasks();
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
        if (!due) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.run();
        await settleMicrotasks();
      }
      now = until;
    },
  };
}

/** Lets promises that are resolved have their say. */
export async function settleMicrotasks(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
