import type { DiagnosticSink } from "../../diag/index.ts";
import { noTypeMessage, typeNameOf } from "../any-type.ts";
import { memoryOf } from "../memory.ts";
import { type ByteReader, newReader, readLength, readText, readVarint32, skipValue } from "../wire/bytes.ts";
import { kindOfType, type RawResource, reportType, resourceWrapper, type Update, updateOf, whereOf } from "./raw.ts";

/** A DiscoveryResponse as protobuf, or why the bytes are none. */
export type Response =
  | { readonly kind: "update"; readonly update: Update }
  | { readonly kind: "delta" }
  | { readonly kind: "broken"; readonly why: string };

/**
 * Takes a response apart without decoding its resources.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/discovery/v3/discovery.proto
 */
export function readResponse(bytes: Uint8Array, source: string, sink: DiagnosticSink): Response {
  const reader = newReader(memoryOf(bytes));
  const anys: Range[] = [];
  let typeUrl = "";
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    const id = tag >>> 3;
    if (id === 0 || id > lastField) return { kind: "broken", why: `a response has no field ${id}` };
    if (tag === 18) anys.push(rangeOf(reader));
    else if (tag === 34) typeUrl = readText(reader);
    else skipValue(reader, tag & 7);
  }
  if (reader.broken !== undefined) return { kind: "broken", why: reader.broken };
  const resources: RawResource[] = [];
  const within = `${source} resources`;
  for (let index = 0; index < anys.length; index++) {
    const frame = readFrame(reader, anys[index]!);
    if (frame.isDelta) return { kind: "delta" };
    const raw = rawResource(reader, frame, within, index, sink);
    if (reader.broken !== undefined) return { kind: "broken", why: `resources[${index}]: ${reader.broken}` };
    if (raw) resources.push(raw);
  }
  return { kind: "update", update: updateOf(resources, kindOfType(typeNameOf(typeUrl))) };
}

/** The highest field number of today's API is 7; a newer one may add some. */
const lastField = 15;

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Frame {
  readonly url: string;
  readonly value: Range;
  /** A Resource of an incremental response stands where an Any is expected. */
  readonly isDelta: boolean;
}

/** The Any in `range`. */
function readFrame(reader: ByteReader, range: Range): Frame {
  let url = "";
  let value: Range = { start: range.end, end: range.end };
  let isDelta = false;
  seek(reader, range);
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (tag === 10) url = readText(reader);
    else if (tag === 18) value = rangeOf(reader);
    else {
      isDelta = true;
      skipValue(reader, tag & 7);
    }
  }
  return { url, value, isDelta };
}

function seek(reader: ByteReader, range: Range): void {
  reader.pos = range.start;
  reader.end = range.end;
}

/** The length-delimited value that starts here, which is skipped. */
function rangeOf(reader: ByteReader): Range {
  const end = readLength(reader);
  const start = reader.pos;
  reader.pos = end;
  return { start, end };
}

/** Undefined when it is none of the four kinds; that has been reported. */
function rawResource(reader: ByteReader, frame: Frame, within: string, index: number, sink: DiagnosticSink): RawResource | undefined {
  const type = typeNameOf(frame.url);
  if (type === "") {
    sink.add({
      code: "KM1015",
      severity: "error",
      path: whereOf({ within, index }),
      message: `${noTypeMessage}, not ${JSON.stringify(frame.url)}`,
    });
    return undefined;
  }
  if (type === resourceWrapper) return rawResource(reader, readFrame(reader, wrapped(reader, frame.value)), within, index, sink);
  const kind = kindOfType(type);
  if (kind === undefined) {
    reportType(sink, type, whereOf({ within, index }));
    return undefined;
  }
  const { start, end } = frame.value;
  const name = nameIn(reader, frame.value);
  return { kind, name, within, index, unknownField: "note", content: { form: "wire", bytes: reader.bytes, view: reader.view, start, end } };
}

/** The Any in field 2 of a Resource. */
function wrapped(reader: ByteReader, resource: Range): Range {
  let any: Range = { start: resource.end, end: resource.end };
  seek(reader, resource);
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (tag === 18) any = rangeOf(reader);
    else skipValue(reader, tag & 7);
  }
  return any;
}

/** Field 1 of all four kinds. A resource that breaks on the way to it has no name; decoding tells why. */
function nameIn(reader: ByteReader, resource: Range): string {
  seek(reader, resource);
  let name = "";
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (tag === 10) {
      // In practice it comes first, and the rest need not be scanned.
      name = readText(reader);
      break;
    }
    skipValue(reader, tag & 7);
  }
  if (reader.broken === undefined) return name;
  reader.broken = undefined;
  return "";
}
