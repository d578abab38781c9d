import { type DiagnosticSink, InternalError } from "../diag/index.ts";
import { recordTypes } from "./gen/records.ts";
import { type Limit, type LimitName, limits } from "./limits.ts";
import type { RecordType } from "./record-io.ts";
import { type TableName, tables } from "./tables.ts";

/** The bytes of a table, as the kernel will hold them. */
export interface Image {
  readonly table: TableName;
  /** Bytes. */
  readonly recordSize: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

export type Images = ReadonlyMap<TableName, Image>;

/** A zeroed image; undefined, with a diagnostic, when the table's limit is lower. */
export function newImage(table: TableName, count: number, sink: DiagnosticSink): Image | undefined {
  const spec = tables.find((t) => t.name === table);
  if (!spec) throw new InternalError(`no table ${table}`);
  if (!withinLimit(spec.limit, count, `table ${table}`, sink)) return undefined;
  const { size } = recordTypes[spec.record];
  return { table, recordSize: size, count, bytes: new Uint8Array(size * count) };
}

/** Undefined unless all of them are there. */
export function complete(images: readonly (Image | undefined)[]): readonly Image[] | undefined {
  const found = images.filter((image) => image !== undefined);
  return found.length === images.length ? found : undefined;
}

export function viewOf(image: Image): DataView {
  return new DataView(image.bytes.buffer, image.bytes.byteOffset, image.bytes.byteLength);
}

/** How a table's records are read. */
export function recordOf(table: TableName): RecordType<unknown> {
  return recordTypes[tables.find((t) => t.name === table)!.record] as RecordType<unknown>;
}

/** A limit is never a truncation: beyond it there is no table, and the diagnostic says the number and the remedy. */
export function withinLimit(name: LimitName, wanted: number, path: string | (() => string), sink: DiagnosticSink): boolean {
  const limit: Limit = limits[name];
  if (wanted <= limit.max) return true;
  sink.add({
    code: "KM4001",
    severity: "error",
    path: typeof path === "string" ? path : path(),
    message: `${wanted} ${limit.unit}, at most ${limit.max}: ${limit.consequence}`,
    hint: limit.remedy,
  });
  return false;
}
