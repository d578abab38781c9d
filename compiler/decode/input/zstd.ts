import { createRequire } from "node:module";
import type * as Fzstd from "fzstd";

/** What a compressed file holds, or why it can't be told. */
export type Inflated =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "problem"; readonly code: "KM1003" | "KM1004"; readonly message: string };

/** The most that one file may hold, as of a file that is not compressed: 1 GiB. */
export const maxInflatedBytes = 2 ** 30;

/** What the zstd tool itself decompresses without being asked for more: 128 MiB. */
const maxWindowBytes = 2 ** 27;

/** The most that one block gives. */
const maxBlockBytes = 2 ** 17;

export function isZstd(bytes: Uint8Array): boolean {
  return word(bytes, 0) === frameMagic;
}

/**
 * Decompresses all frames. Their frame is checked first, so that what is broken is refused before memory is taken, and output is bounded
 * whatever the frames say of themselves.
 * https://www.rfc-editor.org/rfc/rfc8878#section-3
 */
export function inflateZstd(bytes: Uint8Array): Inflated {
  const problem = (message: string): Inflated => ({ kind: "problem", code: "KM1004", message: `zstd: ${message}` });
  let total = 0;
  for (let at = 0; at < bytes.length; ) {
    const frame = readFrame(bytes, at);
    if (typeof frame === "string") return problem(frame);
    total += frame.size;
    at = frame.end;
  }
  if (total > maxInflatedBytes) {
    return { kind: "problem", code: "KM1003", message: `up to ${total} bytes when decompressed, at most ${maxInflatedBytes} are read` };
  }
  try {
    return { kind: "bytes", bytes: library().decompress(bytes) };
  } catch (error) {
    return problem((error as Error).message);
  }
}

const frameMagic = 0xfd2fb528;

/** `size`: bytes of content, or the most it can be where the frame does not tell. */
interface Frame {
  readonly end: number;
  readonly size: number;
}

/** The frame that begins at `start`, or what is wrong with it. */
function readFrame(bytes: Uint8Array, start: number): Frame | string {
  const magic = word(bytes, start);
  const isSkippable = magic >>> 4 === 0x184d2a5;
  if (isSkippable) return within(bytes, { end: start + 8 + word(bytes, start + 4), size: 0 });
  if (magic !== frameMagic) return `no frame at byte ${start}`;
  const descriptor = bytes[start + 4] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  if ((descriptor & 3) !== 0) return "it needs a dictionary";
  const sizeLength = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const sizeAt = start + (isSingle ? 5 : 6);
  const declared = sizeLength === 0 ? undefined : littleEndian(bytes, sizeAt, sizeLength) + (sizeLength === 2 ? 256 : 0);
  const blocks = readBlocks(bytes, sizeAt + sizeLength);
  if (typeof blocks === "string") return blocks;
  const window = isSingle ? 0 : windowSize(bytes[start + 5] ?? 0);
  if (window > maxWindowBytes) return `a window of ${window} bytes, at most ${maxWindowBytes}`;
  if (declared !== undefined && declared > blocks.size) return `it says ${declared} bytes, and its blocks give at most ${blocks.size}`;
  const hasChecksum = (descriptor & 4) !== 0;
  return within(bytes, { end: blocks.end + (hasChecksum ? 4 : 0), size: declared ?? blocks.size });
}

function readBlocks(bytes: Uint8Array, start: number): Frame | string {
  let at = start;
  let size = 0;
  for (let isLast = false; !isLast; ) {
    const header = littleEndian(bytes, at, 3);
    isLast = (header & 1) !== 0;
    const kind = (header >> 1) & 3;
    const length = header >> 3;
    if (at + 3 > bytes.length) return truncated;
    if (kind === reserved || length > maxBlockBytes) return `no block at byte ${at}`;
    at += 3 + (kind === repeated ? 1 : length);
    size += kind === compressed ? maxBlockBytes : length;
  }
  return within(bytes, { end: at, size });
}

/** Block types; the fourth, 0, is raw. */
const repeated = 1;
const compressed = 2;
const reserved = 3;

const truncated = "it ends inside a frame";

function within(bytes: Uint8Array, frame: Frame): Frame | string {
  return frame.end > bytes.length ? truncated : frame;
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function word(bytes: Uint8Array, at: number): number {
  return littleEndian(bytes, at, 4);
}

/** Past the end it reads zeros. Exact to 2^53. */
function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** Loaded by the first compressed file: `--help` and plain snapshots do without. */
function library(): typeof Fzstd {
  return createRequire(import.meta.url)("fzstd") as typeof Fzstd;
}
