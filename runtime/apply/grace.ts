import type { Kernel } from "../kernel/index.ts";

/** Gives places back after a grace period: one period serves all that was retired before it began, and runs beside the caller. */
export interface Grace {
  /** `give` is called when no program run that began before now is left. */
  retire(give: () => void): void;
  /** Nothing waits. */
  readonly idle: boolean;
  /** Resolves when everything retired so far has been given back. Throws what the kernel threw. */
  settle(): Promise<void>;
}

export function createGrace(kernel: Kernel): Grace {
  let waiting: (() => void)[] = [];
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    try {
      await kernel.gracePeriod();
    } catch (error) {
      waiting = [...batch, ...waiting];
      throw error;
    }
    const errors: unknown[] = [];
    for (const give of batch) {
      try {
        give();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  };
  const start = (): Promise<void> => {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    retire(give) {
      waiting.push(give);
      // A failure is told to whoever waits for the places, in settle.
      if (!running) start().catch(() => undefined);
    },
    get idle() {
      return waiting.length === 0 && running === undefined;
    },
    async settle() {
      while (waiting.length > 0 || running) await start();
    },
  };
}
