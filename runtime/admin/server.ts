import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isLevel, type Log, levels } from "../log/index.ts";
import type { AdminAddress } from "./address.ts";

/** What the server tells: each is asked when a request comes. A throw is answered with 500 and its message. */
export interface AdminSource {
  /** Whether what is in the kernel is a whole generation; otherwise why not. */
  ready(): true | string;
  version(): Readonly<Record<string, string>>;
  /** The bundle that was applied last, in words and bytes; undefined before the first. */
  configDump(): string | undefined;
  /** The same, read back from the kernel. */
  kernelDump(): string;
  /** Prometheus text. */
  metrics(): string;
  readonly log: Log;
}

export interface Admin {
  /** The port that it listens on; 0 for a Unix socket. */
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

/** By which names the server may be asked. */
type Asked = "local" | "anyone";

type Handler = (request: IncomingMessage, url: URL) => Answer | Promise<Answer>;

const JSON_TYPE = "application/json";
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
/** A level and a name fit; a stream that never ends does not. */
const MAX_BODY = 4096;
const TIMEOUT_MS = 20_000;

/** The admin server. Errors of listening (the address is in use) are thrown. */
export function serveAdmin(address: AdminAddress, source: AdminSource): Promise<Admin> {
  const { log } = source;
  return listen(
    address,
    "local",
    new Map<string, Handler>([
      ["/healthz", () => text(200, "OK\n")],
      ["/debug/ready", () => ready(source)],
      ["/version", () => json(200, source.version())],
      ["/debug/config_dump", () => dump(source.configDump())],
      ["/debug/config_dump/bpf", () => text(200, source.kernelDump())],
      ["/debug/loggers", (request, url) => loggers(log, request, url)],
      ["/metrics", () => ({ status: 200, text: source.metrics(), type: METRICS_TYPE })],
    ]),
  );
}

/** Only `/status/metric` (and `/metrics`), as Kmesh has it on port 15020. */
export function serveMetrics(address: AdminAddress, metrics: () => string): Promise<Admin> {
  const answer = (): Answer => ({ status: 200, text: metrics(), type: METRICS_TYPE });
  return listen(
    address,
    "anyone",
    new Map([
      ["/status/metric", answer],
      ["/metrics", answer],
    ]),
  );
}

function ready(source: AdminSource): Answer {
  const state = source.ready();
  return state === true ? text(200, "OK\n") : text(503, `not ready: ${state}\n`);
}

function dump(found: string | undefined): Answer {
  return found === undefined ? text(503, "no bundle was applied yet by this process\n") : text(200, found);
}

async function loggers(log: Log, request: IncomingMessage, url: URL): Promise<Answer> {
  if (request.method === "POST") {
    const body = await bodyOf(request);
    const { name, level } = body as { readonly name?: unknown; readonly level?: unknown };
    if (typeof name !== "string" || typeof level !== "string") return text(400, 'send {"name": ..., "level": ...}\n');
    if (!isLevel(level)) return text(400, `levels are ${levels.join(", ")}\n`);
    return log.setLevel(name, level) ? json(200, { name, level }) : unknownLogger(log);
  }
  const name = url.searchParams.get("name");
  if (name === null) return json(200, log.names());
  const level = log.level(name);
  return level === undefined ? unknownLogger(log) : json(200, { name, level });
}

function unknownLogger(log: Log): Answer {
  return text(404, `loggers are ${log.names().join(", ")}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return {};
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function listen(address: AdminAddress, asked: Asked, handlers: ReadonlyMap<string, Handler>): Promise<Admin> {
  const server = createServer({ requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS }, (request, response) => {
    void respond(asked, handlers, request, response);
  });
  server.maxConnections = 64;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const listening = (): void => {
      const { port } = address.kind === "tcp" ? (server.address() as AddressInfo) : { port: 0 };
      resolve({ port, close: () => close(server) });
    };
    if (address.kind === "tcp") server.listen({ port: address.port, ...(address.host !== "" && { host: address.host }) }, listening);
    else {
      // A daemon that was killed left it. One that lives has the lock of the pin folder, and this one would not have come so far.
      rmSync(address.path, { force: true });
      // Whoever may connect may see everything.
      const mask = process.umask(0o177);
      server.listen(address.path, listening);
      process.umask(mask);
    }
  });
}

async function respond(
  asked: Asked,
  handlers: ReadonlyMap<string, Handler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: Answer;
  try {
    answer = await answerTo(asked, handlers, request);
  } catch (error) {
    answer = text(500, `${error instanceof Error ? error.message : String(error)}\n`);
  }
  response.writeHead(answer.status, { "content-type": answer.type ?? "text/plain; charset=utf-8" });
  response.end(request.method === "HEAD" ? undefined : answer.text);
}

function answerTo(asked: Asked, handlers: ReadonlyMap<string, Handler>, request: IncomingMessage): Answer | Promise<Answer> {
  // A web page that a name leads here must not read or change anything.
  if (asked === "local" && request.headers.host !== undefined && !isLocalHost(request.headers.host))
    return text(403, "ask by a local address\n");
  const url = new URL(request.url ?? "/", "http://localhost");
  const handler = handlers.get(url.pathname);
  if (!handler) return text(404, `${[...handlers.keys()].join("\n")}\n`);
  return handler(request, url);
}

function isLocalHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(host);
}

function text(status: number, body: string): Answer {
  return { status, text: body };
}

function json(status: number, value: unknown): Answer {
  return { status, text: `${JSON.stringify(value, undefined, 2)}\n`, type: JSON_TYPE };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
