import type { SpillFile } from "./file.ts";

/** Bytes that are held for long and seldom read: in memory, or in a file. They never change, wherever they are. */
export class Body {
  /** Bytes. */
  readonly length: number;
  #place: Buffer | SpillFile;
  /** In the file. */
  #start = 0;

  /** @param bytes to be kept, and not to be written to */
  constructor(bytes: Buffer) {
    this.length = bytes.length;
    this.#place = bytes;
  }

  /** Not to be written to. Throws LostError. */
  bytes(): Buffer {
    return Buffer.isBuffer(this.#place) ? this.#place : this.#place.read(this.#start, this.length);
  }

  /** False where they are lost, too. */
  equals(bytes: Buffer): boolean {
    return bytes.length === this.length && this.standsIn(bytes, 0);
  }

  /** Whether `text` has these bytes from `at` on. False where they are lost, too. */
  standsIn(text: Buffer, at: number): boolean {
    if (at + this.length > text.length) return false;
    if (!Buffer.isBuffer(this.#place)) return this.#place.standsIn(this.#start, this.length, text, at);
    return text.compare(this.#place, 0, this.length, at, at + this.length) === 0;
  }

  /** Nobody can read them again. */
  isLost(): boolean {
    return !Buffer.isBuffer(this.#place) && this.#place.isLost();
  }

  /** Undefined: they are in memory. */
  file(): SpillFile | undefined {
    return Buffer.isBuffer(this.#place) ? undefined : this.#place;
  }

  /** Into memory again. Throws LostError. */
  takeBack(): void {
    this.#place = this.bytes();
  }

  /** They have been written there. */
  moveTo(file: SpillFile, start: number): void {
    this.#place = file;
    this.#start = start;
  }
}
