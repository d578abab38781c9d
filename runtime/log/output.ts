import pino from "pino";

/** Where lines go; writing never waits for the reader. */
export interface LogOutput {
  write(line: string): void;
  /** Writes what is left, waiting for the reader: before the process ends. */
  flush(): void;
  /** Lines that were thrown away because the reader did not keep up. */
  dropped(): number;
}

/** Bytes that wait for a reader; past it, new lines are dropped. */
const MAX_WAITING = 4 * 2 ** 20;

/** Lines to a file descriptor; default stderr. */
export function openLogOutput(fd = 2): LogOutput {
  const destination = pino.destination({ dest: fd, sync: false, maxLength: MAX_WAITING, retryEAGAIN: () => true });
  let dropped = 0;
  destination.on("drop", () => {
    dropped++;
  });
  // A reader that went away (EPIPE): there is nobody to tell.
  destination.on("error", () => undefined);
  return {
    write: (line) => void destination.write(line),
    flush() {
      try {
        destination.flushSync();
      } catch {
        // Not open any more, or nobody reads: nothing can be told.
      }
    },
    dropped: () => dropped,
  };
}
