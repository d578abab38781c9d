import { type DiagnosticSink, InternalError } from "../diag/index.ts";
import { type Image, newImage, viewOf } from "./image.ts";
import type { RecordType } from "./record-io.ts";
import type { TableName } from "./tables.ts";

/**
 * Records that were laid out by themselves, as an object file is: numbers in them that stand for something in the whole (a record of a
 * table, a text, a header...) count from 0 within the piece, and `refs` says where they stand. Putting pieces together copies the records
 * and turns these numbers into those of the whole.
 */
export interface Records {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly refs: readonly Ref[];
}

/** What a number stands for: a record of a table, or a name of the piece. */
export type Space = TableName | "reason";

export interface Ref {
  readonly to: Space;
  /** Byte offsets of 32-bit numbers. */
  readonly at: Uint32Array;
}

/** The number in the whole of what has this number in the piece. */
export type Numbers = Readonly<Partial<Record<Space, (local: number) => number>>>;

/** Collects records of one table. Fields that are named in `to` are numbers of the piece (of a record in a record, its first one); ~0 stays. */
export function createRecords<T extends object>(type: RecordType<T>, count: number) {
  const bytes = new Uint8Array(type.size * count);
  const view = new DataView(bytes.buffer);
  const offsets = new Map(type.fields.map(({ name, offset }) => [name, offset]));
  const refs = new Map<Space, number[]>();
  let next = 0;
  return {
    put(record: T, to: Readonly<Partial<Record<keyof T & string, Space | undefined>>>): void {
      const at = next++ * type.size;
      type.write(view, at, record);
      for (const field in to) {
        const space = to[field as keyof T & string];
        if (space === undefined || (record[field as keyof T] as number) === NONE) continue;
        let list = refs.get(space);
        if (!list) {
          list = [];
          refs.set(space, list);
        }
        list.push(at + offsets.get(field)!);
      }
    },
    done(): Records {
      if (next !== count) throw new InternalError(`${next} records of ${type.name}, not ${count}`);
      return { bytes, count, refs: [...refs].map(([to, at]) => ({ to, at: Uint32Array.from(at) })) };
    },
  };
}

/** No record. */
export const NONE = 0xffffffff;

/** A table's image: the records of pieces, one behind the other. Undefined, with a diagnostic, when the table's limit is lower. */
export function placeAll(
  table: TableName,
  parts: readonly { readonly records: Records; readonly numbers: Numbers }[],
  sink: DiagnosticSink,
): Image | undefined {
  const count = parts.reduce((sum, { records }) => sum + records.count, 0);
  const image = newImage(table, count, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  let first = 0;
  for (const { records, numbers } of parts) {
    place(records, view, first, image.recordSize, numbers);
    first += records.count;
  }
  return image;
}

/** Copies a piece's records to record `first` of an image. */
function place(records: Records, view: DataView, first: number, recordSize: number, numbers: Numbers): void {
  const start = first * recordSize;
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(records.bytes, start);
  for (const { to, at } of records.refs) {
    const numberOf = numbers[to];
    if (!numberOf) throw new InternalError(`a piece refers to ${to}`);
    for (const offset of at) view.setUint32(start + offset, numberOf(view.getUint32(start + offset, true)), true);
  }
}
