import type { DiagnosticSink } from "../../diag/index.ts";
import { noTypeMessage, typeNameOf } from "../any-type.ts";
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
  const reader = newReader(bytes);
  const anys: ByteReader[] = [];
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
  for (const [index, any] of anys.entries()) {
    const frame = readFrame(any);
    if (any.broken !== undefined) return { kind: "broken", why: `resources[${index}]: ${any.broken}` };
    if (frame.isDelta) return { kind: "delta" };
    const raw = rawResource(frame, within, index, sink);
    if (raw) resources.push(raw);
  }
  return { kind: "update", update: updateOf(resources, kindOfType(typeNameOf(typeUrl))) };
}

/** The highest field number of today's API is 7; a newer one may add some. */
const lastField = 15;

interface Frame {
  readonly url: string;
  readonly value: ByteReader;
  /** A Resource of an incremental response stands where an Any is expected. */
  readonly isDelta: boolean;
}

/** An Any; whatever is wrong breaks `reader`. */
function readFrame(reader: ByteReader): Frame {
  let url = "";
  let value = newReader(reader.bytes, reader.end, reader.end);
  let isDelta = false;
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

/** The length-delimited value that starts here, which is skipped. */
function rangeOf(reader: ByteReader): ByteReader {
  const end = readLength(reader);
  const range = newReader(reader.bytes, reader.pos, end);
  reader.pos = end;
  return range;
}

function rawResource(frame: Frame, within: string, index: number, sink: DiagnosticSink): RawResource | undefined {
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
  if (type === resourceWrapper) return rawResource(unwrap(frame.value), within, index, sink);
  const kind = kindOfType(type);
  if (kind === undefined) {
    reportType(sink, type, whereOf({ within, index }));
    return undefined;
  }
  const { bytes, pos, end } = frame.value;
  return {
    kind,
    name: nameOf(frame.value),
    within,
    index,
    unknownField: "note",
    content: { form: "wire", bytes: bytes.subarray(pos, end) },
  };
}

/** The Any in field 2 of a Resource. */
function unwrap(reader: ByteReader): Frame {
  let any = newReader(reader.bytes, reader.end, reader.end);
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (tag === 18) any = rangeOf(reader);
    else skipValue(reader, tag & 7);
  }
  return readFrame(any);
}

/** Field 1 of all four kinds. What is wrong with the bytes is reported when they are decoded. */
function nameOf(reader: ByteReader): string {
  const scan = newReader(reader.bytes, reader.pos, reader.end);
  let name = "";
  while (scan.pos < scan.end && scan.broken === undefined) {
    const tag = readVarint32(scan);
    if (tag !== 10) {
      skipValue(scan, tag & 7);
      continue;
    }
    // In practice it comes first, and the rest need not be scanned.
    name = readText(scan);
    break;
  }
  return name;
}
