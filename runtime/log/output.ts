import { write, writeSync } from "node:fs";

/** Where lines go; writing never waits for the reader. */
export interface LogOutput {
  write(line: string): void;
  /** Writes what is left, waiting for the reader, if there is one: before the process ends. */
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

/** Lines to a file descriptor; default stderr. What can't be written (EPIPE, a full disk) waits for the next line: there is nobody to tell. */
export function openLogOutput(fd = 2): LogOutput {
  const waiting: string[] = [];
  let size = 0;
  /** What is under way, or could not be written. */
  let rest: Uint8Array = new Uint8Array();
  let isWriting = false;
  let dropped = 0;

  const takeLines = (): Uint8Array => {
    let count = 0;
    for (let length = 0; count < waiting.length && length < MAX_WRITE; count++) length += waiting[count]!.length;
    const text = waiting.splice(0, count).join("");
    size -= text.length;
    return Buffer.from(text);
  };
  const send = (): void => {
    if (isWriting) return;
    if (rest.length === 0) rest = takeLines();
    if (rest.length === 0) return;
    isWriting = true;
    write(fd, rest, (error, written) => {
      isWriting = false;
      if (error?.code === "EAGAIN") setTimeout(send, PAUSE_MS);
      if (error) return;
      rest = rest.subarray(written);
      send();
    });
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
        if (!isWriting) rest = writeWhole(fd, rest);
        while (waiting.length > 0) writeWhole(fd, takeLines());
      } catch {
        // Nobody reads: nothing can be told.
      }
    },
    dropped: () => dropped,
  };
}

/** Waits for the reader. Gives what is left of it: nothing. */
function writeWhole(fd: number, bytes: Uint8Array): Uint8Array {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
  return rest;
}
