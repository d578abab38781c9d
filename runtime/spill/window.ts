import { readSync } from "node:fs";

/** As much is read at a time, at most, where one reads on; bytes. */
const MOST = 128 * 2 ** 10;
/** The least that is read: what is beside it is in the same page. */
const LEAST = 4 * 2 ** 10;
/** Who skips no more than this reads on: what lies between is of no use any more. */
const SKIPPED = 64 * 2 ** 10;

/** A stretch of the file in memory. */
interface Window {
  buffer: Buffer;
  /** In the file. */
  start: number;
  /** Of what was read. */
  end: number;
  /** As much is read next; it doubles while one reads on. */
  ahead: number;
  used: number;
}

/**
 * Reads a file that only grows, with few calls where it is read in its order. There are two windows: who goes through the file and looks
 * somewhere else at times finds the first one where it was.
 */
export class Reader {
  /** What `at` found is here, until it is called again. */
  buffer: Buffer = Buffer.alloc(0);
  readonly #fd: number;
  #windows: readonly Window[] = [];
  #calls = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Where in `buffer` these bytes of the file are. Throws what reading throws, and where the file ends before. @param size of the file */
  at(start: number, length: number, size: number): number {
    const end = start + length;
    this.#calls += 1;
    if (this.#windows.length === 0) this.#windows = [newWindow(), newWindow()];
    const [one, other] = this.#windows as readonly [Window, Window];
    const found = covers(one, start, end) ? one : covers(other, start, end) ? other : undefined;
    const window = found ?? (isBehind(one, start) ? one : isBehind(other, start) ? other : one.used < other.used ? one : other);
    if (!found) this.#fill(window, start, length, size);
    window.used = this.#calls;
    this.buffer = window.buffer;
    return start - window.start;
  }

  /** Gives back what it takes. */
  rest(): void {
    this.#windows = [];
    this.buffer = Buffer.alloc(0);
  }

  #fill(window: Window, start: number, length: number, size: number): void {
    window.ahead = isBehind(window, start) ? Math.min(2 * window.ahead, MOST) : LEAST;
    const wanted = Math.min(Math.max(length, window.ahead), size - start);
    if (wanted > window.buffer.length) window.buffer = Buffer.allocUnsafeSlow(wanted);
    window.start = start;
    window.end = start;
    while (window.end < start + wanted) {
      const count = readSync(this.#fd, window.buffer, window.end - start, start + wanted - window.end, window.end);
      if (count === 0) break;
      window.end += count;
    }
    if (window.end < start + length) throw new Error(`the file ends at byte ${window.end}, within what was written to it`);
  }
}

function newWindow(): Window {
  return { buffer: Buffer.alloc(0), start: 0, end: 0, ahead: LEAST, used: 0 };
}

function covers(window: Window, start: number, end: number): boolean {
  return start >= window.start && end <= window.end;
}

/** Whether one who read this window reads on there. */
function isBehind({ start, end }: Window, next: number): boolean {
  return end > start && next >= start && next <= end + SKIPPED;
}
