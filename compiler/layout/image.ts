import { type DiagnosticSink, InternalError } from "../diag/index.ts";
import { perObject } from "../memo/index.ts";
import { recordTypes } from "./gen/records.ts";
import { type Limit, type LimitName, limits } from "./limits.ts";
import type { RecordType } from "./record-io.ts";
import { type TableName, tables } from "./tables.ts";

/** A table, as the kernel will hold it. */
export interface Image {
  readonly table: TableName;
  /** Bytes. */
  readonly recordSize: number;
  readonly count: number;
  /** The bytes, one part after the other. A part that stays in the next image is the same object. */
  readonly parts: Parts;
}

/** Bytes in parts, each in a buffer of its own (sharedBytes). None of them changes once its image is there: another thread may read it. */
export type Parts = readonly Uint8Array[];

/** Zeroed bytes that go to another thread as they are: of megabytes of tables and names both would hold a copy. */
export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** The same bytes, in such memory. */
export function sharedCopy(bytes: Uint8Array): Uint8Array {
  const copy = sharedBytes(bytes.length);
  copy.set(bytes);
  return copy;
}

/** The bytes in one piece: put together when they are asked for. */
export const inOnePiece = perObject((parts: Parts): Uint8Array => (parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts))));

export type Images = ReadonlyMap<TableName, Image>;

/** The parts of what is in one piece: none where it is empty. */
export function inParts(bytes: Uint8Array): Parts {
  return bytes.length > 0 ? [bytes] : [];
}

/** A zeroed image in one part, to be written; undefined, with a diagnostic, when the table's limit is lower. */
export function newImage(table: TableName, count: number, sink: DiagnosticSink): Image | undefined {
  const fits = fitting(table, count, sink);
  return fits && { ...fits, parts: inParts(sharedBytes(fits.recordSize * count)) };
}

/** An image of parts that are there; undefined, with a diagnostic, when the table's limit is lower. */
export function imageOf(table: TableName, parts: Parts, sink: DiagnosticSink): Image | undefined {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const fits = fitting(table, size / recordOf(table).size, sink);
  return fits && { ...fits, parts: parts.filter(({ length }) => length > 0) };
}

function fitting(table: TableName, count: number, sink: DiagnosticSink): Omit<Image, "parts"> | undefined {
  const spec = tables.find((t) => t.name === table);
  if (!spec) throw new InternalError(`no table ${table}`);
  if (!withinLimit(spec.limit, count, `table ${table}`, sink)) return undefined;
  return { table, recordSize: recordTypes[spec.record].size, count };
}

/** Undefined unless all of them are there. */
export function complete(images: readonly (Image | undefined)[]): readonly Image[] | undefined {
  const found = images.filter((image) => image !== undefined);
  return found.length === images.length ? found : undefined;
}

export function viewOf(image: Image): DataView {
  const { buffer, byteOffset, byteLength } = inOnePiece(image.parts);
  return new DataView(buffer, byteOffset, byteLength);
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
