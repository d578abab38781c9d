import { InternalError } from "../diag/index.ts";

/** How a record lies in memory. `read` and `write` are each other's inverse. */
export interface RecordType<T> {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly fields: readonly { readonly name: string; readonly offset: number; readonly size: number; readonly type: string }[];
  write(view: DataView, offset: number, value: T): void;
  read(view: DataView, offset: number): T;
}

/** Bytes from the start of a record to one of its fields. */
export function offsetOf<T>(record: RecordType<T>, field: keyof T & string): number {
  return record.fields.find(({ name }) => name === field)!.offset;
}

export function putIp(view: DataView, offset: number, value: Uint8Array): void {
  if (value.length !== 16) throw new InternalError(`an Ip is 16 bytes, not ${value.length}`);
  for (let i = 0; i < 16; i++) view.setUint8(offset + i, value[i]!);
}

export function getIp(view: DataView, offset: number): Uint8Array {
  return bytesAt(view, offset, 16);
}

export function putBytes(view: DataView, offset: number, length: number, value: Uint8Array, field: string): void {
  if (value.length !== length) throw new InternalError(`${field} is ${length} bytes, not ${value.length}`);
  new Uint8Array(view.buffer, view.byteOffset + offset, length).set(value);
}

/** A copy: images are shared with the kernel. */
export function bytesAt(view: DataView, offset: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + offset, length).slice();
}

export function lengthOf<T>(value: readonly T[], length: number, field: string): readonly T[] {
  if (value.length !== length) throw new InternalError(`${field} has ${length} items, not ${value.length}`);
  return value;
}
