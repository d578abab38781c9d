import { asciiLower, latin1 } from "../bytes.ts";
import type { FirstBytes } from "../decision.ts";
import type { HirListener } from "../model.ts";
import { areProtocols, isServerName, mostTlsBytes, readClientHello } from "./client-hello.ts";
import { readRequestLine } from "./request-line.ts";

/** What listener filters learnt. */
export interface Inspected {
  readonly kind: "inspected";
  /** Lower case, "" for none. */
  readonly serverName: string;
  readonly transportProtocol: "tls" | "raw_buffer";
  readonly applicationProtocols: readonly string[];
}

export type Inspection =
  | Inspected
  /** The timeout passes and the listener does not go on without an answer, or a filter closes the connection. */
  | { readonly kind: "closed" }
  /** No timeout: the filter waits for bytes that do not come. */
  | { readonly kind: "waiting" };

const plain: Inspected = { kind: "inspected", serverName: "", transportProtocol: "raw_buffer", applicationProtocols: [] };

/** Runs the listener filters of each listener in turn (the redirecting one first). */
export function inspect(first: FirstBytes, listeners: readonly HirListener[]): Inspection {
  let known = plain;
  for (const listener of listeners) {
    const outcome = runFilters(first, listener, known);
    if (outcome === "closes") return { kind: "closed" };
    if (outcome !== "waits") {
      known = outcome;
      continue;
    }
    if (listener.listenerFiltersTimeout === 0) return { kind: "waiting" };
    if (!listener.continueOnListenerFiltersTimeout) return { kind: "closed" };
  }
  return known;
}

function runFilters(first: FirstBytes, listener: HirListener, known: Inspected): Inspected | "waits" | "closes" {
  let result = known;
  if (listener.inspectors.tls) {
    const tls = inspectTls(first);
    if (tls === "waits" || tls === "closes") return tls;
    if (tls) result = tls;
  }
  if (listener.inspectors.http && result.transportProtocol === "raw_buffer") {
    const protocol = inspectHttp(first, listener.inspectors.shortHttp ?? false);
    if (protocol === "waits" || protocol === "closes") return protocol;
    if (protocol) result = { ...result, applicationProtocols: [protocol] };
  }
  return result;
}

/** Absent: no TLS. */
function inspectTls(first: FirstBytes): Inspected | "waits" | "closes" | undefined {
  switch (first.kind) {
    case "nothing":
      return "waits";
    case "tls":
      // TLS has no form for an empty name: it is none.
      return !first.sni || isServerName(first.sni) ? tlsFacts(first.sni, first.alpn) : undefined;
    case "bytes": {
      const hello = readClientHello(first.bytes);
      if (hello.kind === "incomplete") return "waits";
      if (hello.kind === "closed") return "closes";
      return hello.kind === "hello" ? tlsFacts(hello.sni, hello.alpn) : undefined;
    }
  }
}

function tlsFacts(sni: string | undefined, alpn: readonly string[]): Inspected {
  return {
    kind: "inspected",
    serverName: asciiLower(sni ?? ""),
    transportProtocol: "tls",
    applicationProtocols: areProtocols(alpn) ? alpn : [],
  };
}

/** The HTTP/2 preface as http_inspector wants it; the connection manager looks at its first 12 bytes only. */
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** Whether the bytes start an HTTP/2 connection, as the connection manager's `auto` codec decides. */
export function isHttp2Preface(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(0, 12)) === "PRI * HTTP/2";
}

/** A method, or what may become one: a token (RFC 9110 5.6.2), ended by white space once it ends. Looked at before the line is whole. */
const methodPattern = /^[!#$%&'*+\-.0-9A-Z^_`a-z|~]+(?:[\t-\r ]|$)/;

/** A request line that has not ended within so many bytes is not waited for. */
const mostHttpBytes = 65536;

/** Sizes of the buffer before that. Envoy makes a full one larger, looks for bytes behind those it knows, and takes none for no HTTP. */
const bufferSizes: ReadonlySet<number> = new Set([8192, 16384, 32768]);

/** Any token counts as a method, any 1.x but 1.1 as 1.0. Absent: not HTTP. */
function inspectHttp(first: FirstBytes, short: boolean): string | "waits" | "closes" | undefined {
  if (first.kind === "nothing") return "waits";
  if (first.kind === "tls") return undefined;
  const start = latin1(first.bytes.subarray(0, preface.length));
  if (start.length < preface.length && preface.startsWith(start)) return "waits";
  if (start === preface) return "h2c";
  // What a tls_inspector before it reads is all that there is: it waits for more in vain.
  const bytes = first.bytes.subarray(0, short ? mostTlsBytes : mostHttpBytes);
  const end = bytes.indexOf(0x0a);
  const text = latin1(end < 0 ? bytes : bytes.subarray(0, end));
  if (!methodPattern.test(text)) return undefined;
  if (end < 0 && !short && bufferSizes.has(bytes.length)) return undefined;
  if (end < 0) return short || bytes.length < mostHttpBytes ? "waits" : "closes";
  const line = readRequestLine(text, true);
  return line && (line.http11 ? "http/1.1" : "http/1.0");
}
