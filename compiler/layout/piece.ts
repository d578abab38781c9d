import { InternalError } from "../diag/index.ts";
import { createSlot, sameNumbers } from "../memo/index.ts";
import { sharedBytes, sharedCopy } from "./image.ts";
import type { RecordType } from "./record-io.ts";
import type { TableName } from "./tables.ts";

/**
 * Records that were laid out by themselves, as an object file is: numbers in them that stand for something in the whole (a record of a
 * table, a text, a header...) count from 0 within the piece, and `refs` says where they stand. Putting pieces together copies the records
 * and turns these numbers into those of the whole.
 */
export interface Records {
  /** Of a piece that was placed: with numbers of the whole. */
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly refs: readonly Ref[];
}

/** What a number stands for: a record of a table (of `bytes`: a byte), or a name of the piece. */
export type Space = TableName | "reason";

export interface Ref {
  readonly to: Space;
  /** Byte offsets of 32-bit numbers. */
  readonly at: Uint32Array;
}

/** The numbers in the whole of what has numbers in the piece: what is added to them, or each. */
export type WholeNumber = number | Int32Array;

export type Numbers = Readonly<Partial<Record<Space, WholeNumber>>>;

/**
 * Collects records of one table. Fields that are named in `to` are numbers of the piece (of a record in a record, its first one); ~0 stays.
 * @param room records that they take, zeroed behind `count` of them
 */
export function createRecords<T extends object>(type: RecordType<T>, count: number, room = count) {
  const bytes = sharedBytes(type.size * room);
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
      return { bytes, count: room, refs: [...refs].map(([to, at]) => ({ to, at: Uint32Array.from(at) })) };
    },
  };
}

/** No record. */
export const NONE = 0xffffffff;

/** Where the numbers of a piece are those of the whole now. */
interface Placed {
  readonly numbers: readonly WholeNumber[];
  readonly bytes: Uint8Array;
  /** By ref: its numbers in the piece, where those of the whole do not tell them. */
  readonly local: readonly (Uint32Array | undefined)[];
}

const held = createSlot<Records, Placed>();

/**
 * The records with the numbers of the whole. Where these are as when they were placed before, the very same bytes. The first time the piece's
 * own, as nobody else reads them: beside those that are placed they would be held for nothing.
 */
export function place(records: Records, numbers: Numbers): Uint8Array {
  const { refs } = records;
  if (refs.length === 0) return records.bytes;
  const own = refs.map(({ to }) => {
    const found = numbers[to];
    if (found === undefined) throw new InternalError(`a piece refers to ${to}`);
    return found;
  });
  const before = held.get(records);
  if (before?.numbers.every((one, at) => isSame(one, own[at]!))) return before.bytes;
  const bytes = before ? sharedCopy(before.bytes) : records.bytes;
  const view = new DataView(bytes.buffer);
  const local =
    before?.local ?? refs.map(({ at }, ref) => (typeof own[ref] === "number" ? undefined : at.map((i) => view.getUint32(i, true))));
  for (const [ref, { at }] of refs.entries()) {
    const all = own[ref]!;
    const first = before?.numbers[ref] ?? 0;
    for (let i = 0; i < at.length; i++) {
      const whole = typeof all === "number" ? view.getUint32(at[i]!, true) - (first as number) + all : all[local[ref]![i]!]!;
      view.setUint32(at[i]!, whole, true);
    }
  }
  held.set(records, { numbers: own, bytes, local });
  return bytes;
}

function isSame(a: WholeNumber, b: WholeNumber): boolean {
  return a === b || (typeof a !== "number" && typeof b !== "number" && sameNumbers(a, b));
}

/** Records that a piece takes of a table with room: one that grows by a few moves none of those behind it. */
export function withRoom(count: number): number {
  const step = Math.max(8, 2 ** (Math.floor(Math.log2(count)) - 3));
  return Math.ceil(count / step) * step;
}
