import { constants, fstatSync, openSync, write, writeSync } from "node:fs";

/** Where lines go; writing never waits for the reader. */
export interface LogOutput {
  write(line: string): void;
  /** Writes what is left, waiting for the reader as long as it reads: before the process ends. */
  flush(): void;
  /** Lines that were thrown away because the reader did not keep up. */
  dropped(): number;
}

/** Characters that wait for a reader; past it, new lines are dropped. */
const MAX_WAITING = 4 * 2 ** 20;
/** Characters that are written at once, some more where a line is longer. */
const MAX_WRITE = 16 * 2 ** 10;
/** How long a reader that is too slow is waited for; milliseconds. */
const PAUSE_MS = 100;
/** How long a reader that takes nothing is waited for at the end; milliseconds. */
const PATIENCE_MS = 2000;

/** Lines to a file descriptor; default stderr. What can't be written (EPIPE, a full disk) waits for the next line: there is nobody to tell. */
export function openLogOutput(fd = 2): LogOutput {
  const waiting: string[] = [];
  let size = 0;
  /** What is under way, or could not be written. */
  let rest: Uint8Array = new Uint8Array();
  let isWriting = false;
  let pause: NodeJS.Timeout | undefined;
  let dropped = 0;
  const pipe = openWithoutBlocking(fd);

  const takeLines = (): Uint8Array => {
    let count = 0;
    for (let length = 0; count < waiting.length && length < MAX_WRITE; count++) length += waiting[count]!.length;
    const text = waiting.splice(0, count).join("");
    size -= text.length;
    return Buffer.from(text);
  };
  const send = (): void => {
    if (isWriting || pause) return;
    if (rest.length === 0) rest = takeLines();
    if (rest.length === 0) return;
    isWriting = true;
    if (pipe !== undefined) writeNow(pipe, rest, wrote);
    else write(fd, rest, wrote);
  };
  const wrote = (error: NodeJS.ErrnoException | null, written: number): void => {
    isWriting = false;
    if (error?.code === "EAGAIN") {
      pause = setTimeout(() => {
        pause = undefined;
        send();
      }, PAUSE_MS).unref();
    }
    if (error) return;
    rest = rest.subarray(written);
    send();
  };

  return {
    write(line) {
      if (size + rest.length + line.length > MAX_WAITING) dropped++;
      else {
        waiting.push(line);
        size += line.length;
      }
      send();
    },
    flush() {
      try {
        // What is under way is written by another thread, which is waited for when the process ends.
        if (!isWriting) rest = writeWhole(pipe ?? fd, rest);
        while (waiting.length > 0) writeWhole(pipe ?? fd, takeLines());
      } catch {
        // Nobody reads: nothing can be told.
      }
    },
    dropped: () => dropped,
  };
}

/**
 * A pipe's own description, which does not block: who writes to a full one could not be ended, in whichever thread. Undefined where it is no
 * pipe, or another user's.
 */
function openWithoutBlocking(fd: number): number | undefined {
  try {
    return fstatSync(fd).isFIFO() ? openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK) : undefined;
  } catch {
    return undefined;
  }
}

function writeNow(fd: number, bytes: Uint8Array, wrote: (error: NodeJS.ErrnoException | null, written: number) => void): void {
  let written = 0;
  try {
    written = writeSync(fd, bytes);
  } catch (error) {
    wrote(error as NodeJS.ErrnoException, 0);
    return;
  }
  wrote(null, written);
}

/** Waits for the reader, and throws where it takes nothing for too long. Gives what is left of it: nothing. */
function writeWhole(fd: number, bytes: Uint8Array): Uint8Array {
  let rest = bytes;
  let last = performance.now();
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
      last = performance.now();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || performance.now() - last > PATIENCE_MS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
  return rest;
}
