import { asciiLower, latin1 } from "../bytes.ts";
import type { HirHttp } from "../model.ts";
import { createHeaderMap, type HeaderMap } from "./header-map.ts";
import { type RequestLine, readRequestLine } from "./request-line.ts";

/** What the HTTP/1 codec makes of the first bytes, before any rule of the connection manager. */
export type Head =
  | { readonly kind: "head"; readonly line: RequestLine; readonly headers: HeaderMap }
  /** Refused by the codec: never turned into a gRPC reply. */
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "incomplete" };

/** The parts of the connection manager that the codec obeys. */
export type HeadLimits = Pick<HirHttp, "maxRequestHeadersKb" | "maxHeadersCount" | "underscores">;

const refused = (status: number): Head => ({ kind: "refused", status });

// Controls that the framer refuses anywhere in a head; tab, CR and LF are left to the line rules.
const invalidByte = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** A name that the framer takes; bytes above 0x7f are found later. */
const framedName = /^[!#$%&'*+\-.0-9A-Z^_`a-z|~\x80-\xff]+$/;
const aboveAscii = /[\x80-\xff]/;

const threeParts = /^[^\0-\x20]+[\0-\x20]+[^\0-\x20]+[\0-\x20]+[^\0-\x20]/;
const endOfHead = /\n\r?\n/;

/**
 * Lines end at LF, with or without CR; the head ends at an empty line. A line that starts with a blank continues the one before. The
 * request line is judged as soon as it is there, so a head may be refused before it is complete.
 */
export function parseHead(bytes: Uint8Array, limits: HeadLimits): Head {
  let start = 0;
  while (start < bytes.length && (bytes[start] === 0x0d || bytes[start] === 0x0a)) start++;
  if (start === bytes.length) return { kind: "incomplete" };
  if (bytes[start]! <= 0x20) return refused(400);

  const limit = limits.maxRequestHeadersKb * 1024;
  const text = latin1(bytes.subarray(start, start + limit));
  const tooLong = bytes.length - start >= limit;
  const lineEnd = text.indexOf("\n");
  if (lineEnd < 0) return tooLong ? refused(431) : { kind: "incomplete" };
  const line = readRequestLine(text.slice(0, lineEnd), false);
  // The parser reads on behind a request line of three parts that Envoy refuses, and may find too many bytes there: those of the first
  // read, that is, and more than 16 KiB are seldom one.
  if (!line)
    return refused(
      tooLong && limit <= 16_384 && threeParts.test(text.slice(0, lineEnd)) && !endOfHead.test(text.slice(lineEnd)) ? 431 : 400,
    );
  if (line.versionless) {
    return invalidByte.test(text.slice(0, lineEnd)) ? refused(400) : { kind: "head", line, headers: createHeaderMap() };
  }

  const lines: string[] = [];
  let at = lineEnd + 1;
  for (;;) {
    const end = text.indexOf("\n", at);
    if (end < 0) return tooLong ? refused(431) : { kind: "incomplete" };
    const content = text.slice(at, end);
    at = end + 1;
    if (content === "" || content === "\r") break;
    lines.push(content);
  }
  if (invalidByte.test(text.slice(0, at))) return refused(400);
  return readHeaders(line, lines, limits);
}

function readHeaders(line: RequestLine, lines: readonly string[], limits: HeadLimits): Head {
  const fields: string[] = [];
  for (const text of lines) {
    const first = text.charCodeAt(0);
    if (first > 0x20 || fields.length === 0) fields.push(text);
    else if (first === 0x20 || first === 0x09) fields[fields.length - 1] += text;
    else return refused(400);
  }
  const pairs: [string, string][] = [];
  for (const field of fields) {
    const colon = field.indexOf(":");
    const name = field.slice(0, colon);
    if (colon < 1 || !framedName.test(name)) return refused(400);
    // Folded lines keep their blanks and lose the line end.
    const value = field
      .slice(colon + 1)
      .replace(/[\r\n]/g, "")
      .replace(/^[ \t]+|[ \t]+$/g, "");
    pairs.push([asciiLower(name), value]);
  }
  const lengths = pairs.filter(([name]) => name === "content-length");
  if (lengths.length > 1 || (lengths.length === 1 && !isContentLength(lengths[0]![1]))) return refused(400);

  // A header is counted once the name of the next one is known to be good.
  const headers = createHeaderMap();
  for (const [i, [name]] of pairs.entries()) {
    if (aboveAscii.test(name)) return refused(400);
    const status = i === 0 ? undefined : keepHeader(headers, pairs[i - 1]!, limits);
    if (status !== undefined) return refused(status);
  }
  const last = pairs.at(-1);
  const status = last && keepHeader(headers, last, limits);
  return status === undefined ? { kind: "head", line, headers } : refused(status);
}

/** Returns the status that refuses the request. */
function keepHeader(headers: HeaderMap, [name, value]: readonly [string, string], limits: HeadLimits): number | undefined {
  if (name.includes("_") && limits.underscores !== "allow") return limits.underscores === "reject" ? 400 : undefined;
  headers.add(name, value);
  return headers.size() > limits.maxHeadersCount ? 431 : undefined;
}

function isContentLength(text: string): boolean {
  return /^[0-9]+$/.test(text) && BigInt(text) < 1n << 64n;
}
