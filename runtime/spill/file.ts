import { createHash } from "node:crypto";
import { closeSync, openSync, rmSync, write } from "node:fs";
import { promisify } from "node:util";
import { Reader } from "./window.ts";

/** What was written can't be read back. */
export class LostError extends Error {
  override readonly name = "LostError";
}

/** What `read` gives, or something else where what it reads is lost: that has been told. */
export function orWhereLost<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof LostError) return otherwise;
    throw error;
  }
}

/** Of the checksum behind each record's bytes. */
const SUM = 4;

/** What so many bytes take in a file. */
export function recordSize(length: number): number {
  return length + SUM;
}

/** What happens to a file; it must not be held on to by these. */
export interface FileEvents {
  onLost(error: LostError): void;
  onClosed(): void;
}

const unreachable = new FinalizationRegistry<{ readonly fd: number; readonly onClosed: () => void }>(({ fd, onClosed }) => {
  closeSync(fd);
  onClosed();
});

/**
 * A file without a name that records are appended to: bytes and a checksum. It is closed when no body lies in it any more that anybody has:
 * whoever holds one can read it, whether or not it still counts. A file that failed to give something back once is not believed again.
 */
export class SpillFile {
  /** Bytes of records that nobody needs. */
  dead = 0;
  readonly #fd: number;
  readonly #reader: Reader;
  readonly #events: FileEvents;
  #size = 0;
  #lost: LostError | undefined;

  /** Throws errors of the file system. @param path an own name, which it has for a moment */
  constructor(path: string, events: FileEvents) {
    // Of one who ended in this moment.
    rmSync(path, { force: true });
    this.#fd = openSync(path, "wx+", 0o600);
    this.#reader = new Reader(this.#fd);
    this.#events = events;
    unreachable.register(this, { fd: this.#fd, onClosed: events.onClosed });
    rmSync(path);
  }

  size(): number {
    return this.#size;
  }

  isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Writes records, as `putRecord` makes them; where they begin. Rejects with errors of the file system: nothing is there then. */
  async append(records: Buffer): Promise<number> {
    const start = this.#size;
    for (let done = 0; done < records.length; ) {
      const { bytesWritten } = await writeAt(this.#fd, records, done, records.length - done, start + done);
      if (bytesWritten === 0) throw new Error("nothing more could be written");
      done += bytesWritten;
    }
    this.#size += records.length;
    return start;
  }

  /** A copy of a record's bytes. Throws LostError. */
  read(start: number, length: number): Buffer {
    const at = this.#find(start, recordSize(length));
    if (at === undefined) throw this.#lost!;
    const bytes = Buffer.allocUnsafeSlow(length);
    this.#reader.buffer.copy(bytes, 0, at, at + length);
    if (sumOf(bytes) === this.#reader.buffer.readUInt32LE(at + length)) return bytes;
    throw this.#lose(`${length} bytes at ${start} are others than were written`);
  }

  /** Whether `text` has a record's bytes from `at` on; false where they can't be read. Without the checksum: who compares does not use them. */
  standsIn(start: number, length: number, text: Buffer, at: number): boolean {
    const found = this.#find(start, length);
    return found !== undefined && text.compare(this.#reader.buffer, found, found + length, at, at + length) === 0;
  }

  /** It is not read for a while. */
  rest(): void {
    this.#reader.rest();
  }

  /** Where in the reader's buffer it is; undefined: lost. */
  #find(start: number, length: number): number | undefined {
    if (this.#lost) return undefined;
    try {
      return this.#reader.at(start, length, this.#size);
    } catch (error) {
      this.#lose((error as Error).message);
      return undefined;
    }
  }

  #lose(why: string): LostError {
    this.#lost = new LostError(why);
    this.#events.onLost(this.#lost);
    return this.#lost;
  }
}

const writeAt = promisify(write);

/** @param to has room for `recordSize` from `at` on */
export function putRecord(bytes: Buffer, to: Buffer, at: number): void {
  bytes.copy(to, at);
  to.writeUInt32LE(sumOf(bytes), at + bytes.length);
}

/** Not the CRC-32 of node:zlib, which Node.js has from 20.15 on. */
function sumOf(bytes: Buffer): number {
  return createHash("sha256").update(bytes).digest().readUInt32LE();
}
