import { recordTypes } from "./gen/records.ts";
import type { RecordType } from "./record-io.ts";
import { type TableName, tables } from "./tables.ts";

type RecordName<N extends TableName> = Extract<(typeof tables)[number], { readonly name: N }>["record"];
export type RecordOf<N extends TableName> = ReturnType<(typeof recordTypes)[RecordName<N>]["read"]>;

/** Records by table and id, from bytes that need not be sound: what is not there is undefined. */
export interface TableReader {
  readonly count: (table: TableName) => number;
  readonly at: <N extends TableName>(table: N, id: number) => RecordOf<N> | undefined;
  readonly all: <N extends TableName>(table: N) => readonly RecordOf<N>[];
  readonly bytes: (table: TableName) => Uint8Array;
}

export function readTables(images: ReadonlyMap<string, Uint8Array>): TableReader {
  const parts = new Map(
    tables.map(({ name, record }) => {
      const bytes = images.get(name) ?? new Uint8Array(0);
      const type = recordTypes[record] as RecordType<unknown>;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return [name as TableName, { bytes, type, view, count: Math.floor(bytes.length / type.size) }] as const;
    }),
  );
  const read = (table: TableName, id: number): unknown => {
    const { type, view, count } = parts.get(table)!;
    return id < count ? type.read(view, id * type.size) : undefined;
  };
  return {
    count: (table) => parts.get(table)!.count,
    at: <N extends TableName>(table: N, id: number) => read(table, id) as RecordOf<N> | undefined,
    all: <N extends TableName>(table: N) => Array.from({ length: parts.get(table)!.count }, (_, id) => read(table, id) as RecordOf<N>),
    bytes: (table) => parts.get(table)!.bytes,
  };
}

/** Runs of records, one after the other in a table: the run that a record is in. */
export function runIndex<T>(
  runs: readonly { readonly first: number; readonly count: number; readonly of: T }[],
): (id: number) => T | undefined {
  const sorted = runs.filter(({ count }) => count > 0).sort((a, b) => a.first - b.first);
  return (id) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]!.first <= id) low = middle + 1;
      else high = middle;
    }
    const run = sorted[low - 1];
    return run && id < run.first + run.count ? run.of : undefined;
  };
}
