/**
 * A row's question: where a client connects and which bytes it sends first.
 */
import { clientHello } from "./client-hello.ts";

/** The question part of a traffic.json row: `trace --batch` of the command line takes the same. */
export interface RowQuestion {
  readonly to: string;
  readonly from?: string;
  /** Exact bytes of an HTTP/1 head, latin-1. */
  readonly head?: string;
  readonly request?: {
    readonly method?: string;
    readonly path?: string;
    readonly authority?: string;
    readonly headers?: readonly (readonly [string, string])[];
  };
  readonly tls?: { readonly sni?: string; readonly alpn?: readonly string[] };
  /** Other first bytes, latin-1. */
  readonly raw?: string;
}

export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** A question in bytes. */
export interface Probe {
  readonly to: Address;
  readonly from: Address;
  readonly kind: "http" | "raw" | "nothing";
  readonly bytes: Buffer;
}

/** Neither loopback nor the destination nor in a prefix that fixtures use. */
const anySource = { v4: { ip: "198.51.100.77", port: 47_111 }, v6: { ip: "2001:db8:ffff::77", port: 47_111 } };

/** `10.0.0.1:80` or `[::1]:80`. */
function parseAddress(text: string): Address {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  const ip = found?.[1] ?? found?.[2];
  if (ip === undefined) throw new Error(`not an ip:port: ${text}`);
  return { ip, port: Number(found?.[3]) };
}

/** The reverse of parseAddress. */
export function formatAddress(address: Address): string {
  return address.ip.includes(":") ? `[${address.ip}]:${address.port}` : `${address.ip}:${address.port}`;
}

/** What to send, and between which addresses. */
export function makeProbe(question: RowQuestion): Probe {
  const to = parseAddress(question.to);
  const from = question.from === undefined ? (to.ip.includes(":") ? anySource.v6 : anySource.v4) : parseAddress(question.from);
  if (question.head !== undefined) return { to, from, kind: "http", bytes: Buffer.from(question.head, "latin1") };
  if (question.request !== undefined) return { to, from, kind: "http", bytes: Buffer.from(requestHead(question.request), "latin1") };
  if (question.tls !== undefined) return { to, from, kind: "raw", bytes: clientHello(question.tls.sni, question.tls.alpn ?? []) };
  if (question.raw !== undefined) return { to, from, kind: "raw", bytes: Buffer.from(question.raw, "latin1") };
  return { to, from, kind: "nothing", bytes: Buffer.alloc(0) };
}

/** The HTTP/1.1 head of a request in words: GET, `/`, and the Host line first. */
function requestHead(request: NonNullable<RowQuestion["request"]>): string {
  const lines = [`${request.method ?? "GET"} ${request.path ?? "/"} HTTP/1.1`];
  if (request.authority !== undefined) lines.push(`Host: ${request.authority}`);
  for (const [name, value] of request.headers ?? []) lines.push(`${name}: ${value}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** PROXY protocol version 1 (haproxy.org/download/1.8/doc/proxy-protocol.txt). */
export function proxyHeader(probe: Probe): string {
  const family = probe.to.ip.includes(":") ? "TCP6" : "TCP4";
  return `PROXY ${family} ${probe.from.ip} ${probe.to.ip} ${probe.from.port} ${probe.to.port}\r\n`;
}
