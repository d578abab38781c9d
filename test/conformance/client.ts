/**
 * One client connection: sends the probe behind a PROXY header and reads what comes back, byte by byte as a client would.
 */
import { connect, type Socket } from "node:net";
import { type Address, formatAddress, type Probe, proxyHeader } from "./question.ts";

/** What the client got for one sending of the probe. */
export type Seen =
  | { readonly kind: "http"; readonly status: number; readonly headers: readonly (readonly [string, string])[]; readonly body: string }
  | { readonly kind: "raw"; readonly text: string }
  /** Closed or reset without a byte. */
  | { readonly kind: "closed" }
  /** Still open, nothing came within the patience. */
  | { readonly kind: "silent" };

export interface Connection {
  /** The client's end, `ip:port`: names the connection in Envoy's access log. */
  readonly local: string;
  readonly seen: readonly Seen[];
}

/**
 * Connects to `entry` and sends the probe up to `times` times on this one connection, as long as HTTP answers leave it usable. A
 * silence of `patience` ms ends it.
 */
export async function converse(entry: Address, probe: Probe, times: number, patience: number): Promise<Connection> {
  const socket = await dial(entry, probe.from.ip);
  const local = formatAddress({ ip: socket.localAddress ?? "", port: socket.localPort ?? 0 });
  const reader = readFrom(socket);
  const method = /^\r?\n?([!-~]+)[ \t]/.exec(probe.bytes.toString("latin1"))?.[1] ?? "";
  const seen: Seen[] = [];
  socket.write(proxyHeader(probe));
  for (let i = 0; i < times; i++) {
    if (probe.bytes.length > 0) socket.write(probe.bytes);
    const one = await reader.next(probe.kind === "http" ? method : undefined, patience);
    seen.push(one);
    const reusable =
      one.kind === "http" &&
      one.status >= 200 &&
      method !== "CONNECT" &&
      // Envoy writes a body behind these too, which is none for HTTP.
      ((one.status !== 204 && one.status !== 304) || one.headers.every(([name, value]) => name !== "content-length" || value === "0")) &&
      !one.headers.some(([name, value]) => name === "connection" && value === "close");
    if (!reusable || reader.closed()) break;
  }
  await hangUp(socket);
  return { local, seen };
}

/** From the probe's own address too, for chains that look at the peer itself. */
async function dial(entry: Address, from: string): Promise<Socket> {
  // A link-local address is none without an interface.
  const own = /^fe[89ab]/i.test(from) ? {} : { localAddress: from };
  for (let attempt = 0; ; attempt++) {
    const socket = connect({ host: entry.ip, port: entry.port, ...own, noDelay: true });
    const failed = await new Promise<Error | undefined>((resolve) => {
      socket.once("connect", () => resolve(undefined));
      socket.once("error", resolve);
    });
    if (failed === undefined) return socket;
    // The listener's worker may be a moment behind the statistics.
    if (attempt >= 200) throw new Error(`the entry listener does not answer: ${failed.message}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function hangUp(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once("close", () => resolve());
    socket.destroy();
  });
}

function readFrom(socket: Socket) {
  let text = "";
  let over = false;
  let wake: () => void = () => {};
  socket.on("data", (data) => {
    text += data.toString("latin1");
    wake();
  });
  const end = () => {
    over = true;
    wake();
  };
  socket.on("end", end);
  socket.on("error", end);
  socket.on("close", end);
  const next = async (method: string | undefined, patience: number): Promise<Seen> => {
    const deadline = performance.now() + patience;
    for (;;) {
      const taken = takeAnswer(text, method, over);
      if (taken !== undefined) {
        text = text.slice(taken.length);
        return taken.seen;
      }
      if (over) return text === "" ? { kind: "closed" } : { kind: "raw", text };
      const left = deadline - performance.now();
      if (left <= 0) return text === "" ? { kind: "silent" } : { kind: "raw", text };
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  return { next, closed: () => over };
}

/** One whole answer at the start of `text`, or undefined if more must come. */
function takeAnswer(text: string, method: string | undefined, over: boolean): { readonly seen: Seen; readonly length: number } | undefined {
  if (!text.startsWith("HTTP/1.")) {
    const line = text.indexOf("\n");
    return line < 0 ? undefined : { seen: { kind: "raw", text }, length: text.length };
  }
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  if (/^HTTP\/1\.[01] 100 /.test(text)) {
    const rest = takeAnswer(text.slice(headEnd + 4), method, over);
    return rest && { seen: rest.seen, length: rest.length + headEnd + 4 };
  }
  const [line = "", ...lines] = text.slice(0, headEnd).split("\r\n");
  const status = Number(line.split(" ")[1]);
  const headers = lines.map((header): [string, string] => {
    const colon = header.indexOf(":");
    return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
  });
  const start = headEnd + 4;
  const header = (name: string) => headers.find(([key]) => key === name)?.[1];
  const done = (body: string, length: number) => ({ seen: { kind: "http", status, headers, body } as const, length });
  const bodiless = method === "HEAD" || status < 200 || status === 204 || status === 304 || (method === "CONNECT" && status < 300);
  if (bodiless) return done("", start);
  if (header("transfer-encoding") === "chunked") {
    const chunks = takeChunks(text, start);
    return chunks === undefined ? undefined : done(chunks.body, chunks.end);
  }
  const length = header("content-length");
  if (length === undefined) return over ? done(text.slice(start), text.length) : undefined;
  const end = start + Number(length);
  return text.length < end ? undefined : done(text.slice(start, end), end);
}

function takeChunks(text: string, start: number): { readonly body: string; readonly end: number } | undefined {
  let body = "";
  let at = start;
  for (;;) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = Number.parseInt(text.slice(at, line), 16);
    const end = line + 2 + size;
    if (text.length < end + 2) return undefined;
    if (size === 0) return { body, end: end + 2 };
    body += text.slice(line + 2, end);
    at = end + 2;
  }
}
