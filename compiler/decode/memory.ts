import { type ByteSource, byteSource } from "./texts.ts";

/** Bytes, and a view of them that looks at four at once, wherever they stand. */
export interface Memory {
  readonly bytes: ByteSource;
  readonly view: DataView;
}

export function memoryOf(bytes: Uint8Array): Memory {
  return { bytes: byteSource(bytes), view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Of more bytes the engine's own comparison is quicker, which takes as long for one as for some hundred. */
const few = 256;

/** Whether the `length` bytes from `at` on are those of `other` from `pos` on. They end within both. */
export function areSame(one: Memory, at: number, other: Memory, pos: number, length: number): boolean {
  if (length > few) return one.bytes.compare(other.bytes, pos, pos + length, at, at + length) === 0;
  const { view, bytes } = one;
  const { view: otherView, bytes: otherBytes } = other;
  let i = 0;
  for (; i <= length - 4; i += 4) if (view.getInt32(at + i, true) !== otherView.getInt32(pos + i, true)) return false;
  for (; i < length; i++) if (bytes[at + i] !== otherBytes[pos + i]) return false;
  return true;
}
