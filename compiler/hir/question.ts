import { assertNever } from "../diag/index.ts";
import { bytesOf } from "./bytes.ts";
import type { FirstBytes, Question, SocketAddress } from "./decision.ts";
import { formatIp, parseIp, parseSocketAddress } from "./ip.ts";

/** A question of `trace --batch`, or what is wrong with it: text that names the field. */
export type ParsedQuestion =
  | { readonly kind: "question"; readonly id?: unknown; readonly question: Question }
  | { readonly kind: "error"; readonly id?: unknown; readonly message: string };

/** What the client sends first: at most one of them. */
const firstFields = ["head", "request", "tls", "raw"] as const;
/** Thrown inside this file only. */
class Wrong extends Error {}

/**
 * Checks one JSON value: `{"id", "to": "10.0.0.1:80", "from": "ip:port" or "ip", and at most one of "head", "request", "tls", "raw"}`.
 * A field that is null is as good as absent. `snapshot` is the caller's, as are all other fields (an expected answer, a remark). Text that stands for bytes is latin-1; a request in words becomes an HTTP/1.1 head, Host first.
 */
export function parseQuestion(given: unknown): ParsedQuestion {
  if (!isRecord(given)) return { kind: "error", message: "a question is a JSON object" };
  const id = "id" in given ? { id: given["id"] } : {};
  const value = withoutNulls(given);
  try {
    const to = readDestination(value["to"]);
    const from = value["from"] === undefined ? {} : { from: readSource(value["from"]) };
    return { kind: "question", ...id, question: { to, ...from, first: readFirst(value) } };
  } catch (error) {
    if (error instanceof Wrong) return { kind: "error", ...id, message: error.message };
    throw error;
  }
}

function readDestination(value: unknown): SocketAddress {
  if (value === undefined) throw new Wrong("to: missing; where the client connects, as 10.0.0.1:80 or [::1]:80");
  const address = typeof value === "string" ? parseSocketAddress(value) : undefined;
  if (!address) throw new Wrong(`to: ${JSON.stringify(value)} is no ip:port; write 10.0.0.1:80 or [::1]:80`);
  return address;
}

/** A bare address has port 0, which no chain can list. */
function readSource(value: unknown): SocketAddress {
  const text = typeof value === "string" ? value : "";
  const bytes = parseIp(text);
  const address = bytes ? { ip: formatIp(bytes), port: 0 } : parseSocketAddress(text);
  if (!address) throw new Wrong(`from: ${JSON.stringify(value)} is no ip:port; write 10.0.0.2:1234, [::2]:1234 or a bare address`);
  return address;
}

function readFirst(value: Readonly<Record<string, unknown>>): FirstBytes {
  const given = firstFields.filter((field) => value[field] !== undefined);
  if (given.length > 1) throw new Wrong(`${given[1]}: a question has one of ${firstFields.join(", ")}, and ${given[0]} is given too`);
  const field = given[0];
  if (field === undefined) return { kind: "nothing" };
  switch (field) {
    case "head":
    case "raw":
      return { kind: "bytes", bytes: readBytes(value[field], field) };
    case "request":
      return { kind: "bytes", bytes: readRequest(value["request"]) };
    case "tls":
      return readTls(value["tls"]);
    default:
      return assertNever(field);
  }
}

function readBytes(value: unknown, field: string): Uint8Array {
  return bytesOf(readLatin1(value, field));
}

function readLatin1(value: unknown, field: string): string {
  if (typeof value !== "string") throw new Wrong(`${field}: not a string`);
  const at = [...value].findIndex((char) => char > "\xff");
  if (at >= 0)
    throw new Wrong(`${field}: character ${at} is no byte; text that stands for bytes is latin-1 (UTF-8 as one character a byte)`);
  return value;
}

function readRequest(value: unknown): Uint8Array {
  const request = readFields(value, "request", ["method", "path", "authority", "headers"]);
  const text = (field: string, rest: string) => (request[field] === undefined ? rest : readLatin1(request[field], `request.${field}`));
  const lines = [`${text("method", "GET")} ${text("path", "/")} HTTP/1.1`];
  if (request["authority"] !== undefined) lines.push(`Host: ${text("authority", "")}`);
  const headers = request["headers"] ?? [];
  if (!Array.isArray(headers)) throw new Wrong("request.headers: not a list of [name, value]");
  headers.forEach((header: unknown, i) => {
    const field = `request.headers[${i}]`;
    if (!Array.isArray(header) || header.length !== 2) throw new Wrong(`${field}: not [name, value]`);
    lines.push(`${readLatin1(header[0], field)}: ${readLatin1(header[1], field)}`);
  });
  return bytesOf(`${lines.join("\r\n")}\r\n\r\n`);
}

function readTls(value: unknown): FirstBytes {
  const tls = readFields(value, "tls", ["sni", "alpn"]);
  const alpn = tls["alpn"] ?? [];
  if (!Array.isArray(alpn)) throw new Wrong("tls.alpn: not a list of strings");
  const protocols = alpn.map((protocol: unknown, i) => readLatin1(protocol, `tls.alpn[${i}]`));
  return { kind: "tls", ...(tls["sni"] === undefined ? {} : { sni: readLatin1(tls["sni"], "tls.sni") }), alpn: protocols };
}

function readFields(value: unknown, field: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new Wrong(`${field}: not an object`);
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) throw new Wrong(`${field}.${name}: no such field; ${field} has ${known.join(", ")}`);
  }
  return withoutNulls(value);
}

function withoutNulls(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
