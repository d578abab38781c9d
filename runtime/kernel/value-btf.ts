import { check } from "./error.ts";
import { library } from "./library.ts";
import type { Fd } from "./types.ts";

/** Type ids in the BTF of `loadValueBtf`. */
export const valueBtf = { key: 1, value: 4 } as const;

/** Kinds, as they stand in btf_type.info (linux/btf.h). */
const KIND = { int: 1 << 24, array: 3 << 24, struct: 4 << 24 } as const;

/** Text with the names below, each ended by a NUL; a name is its offset. */
const names = "\0u32\0u8\0record\0bytes\0";
const nameOf = (name: string): number => names.indexOf(`\0${name}\0`) + 1;

/**
 * BTF that says of an array: its key is a number, its value a struct. Linux 5.15 to 6.1 put no array into a slot of an array of maps that is
 * without BTF where the slot's template has some (EINVAL); what the struct holds they do not compare.
 *
 * @param size bytes of a value
 */
export function loadValueBtf(size: number): Fd {
  const types = Buffer.from(
    Uint32Array.of(
      ...[nameOf("u32"), KIND.int, 4, 32],
      ...[nameOf("u8"), KIND.int, 1, 8],
      // Type of the items and of the index, and how many.
      ...[0, KIND.array, 0, 2, 1, size],
      // One member: name, type, offset.
      ...[nameOf("record"), KIND.struct | 1, size, nameOf("bytes"), 3, 0],
    ).buffer,
  );
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  header.writeUInt32LE(header.length, 4);
  header.writeUInt32LE(types.length, 12);
  header.writeUInt32LE(types.length, 16);
  header.writeUInt32LE(names.length, 20);
  const bytes = Buffer.concat([header, types, Buffer.from(names, "latin1")]);
  return check("bpf_btf_load", "the values of an array", library().btfLoad(bytes, bytes.length, null));
}
