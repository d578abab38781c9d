import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { AdminAddress } from "./address.ts";
import { type Answer, type Handler, problem, Refusal } from "./answer.ts";
import { type Audience, askedOf, checkAudience, routeOf } from "./request.ts";
import type { RouteSpec } from "./routes.ts";
import { clearSocketPath } from "./socket-path.ts";

export interface Admin {
  /** The port that it listens on; 0 for a Unix socket. */
  readonly port: number;
  close(): Promise<void>;
}

/** Milliseconds for the head and body of a request, and without a byte moving while it is answered. */
const TIMEOUT_MS = 20_000;
/** Of a CPU profile nothing moves for its 30 seconds. */
const SILENCE_MS = 40_000;
const MAX_CONNECTIONS = 64;

/** Serves routes at an address. Errors of listening (the address is in use) reject. */
export async function serveRoutes<T extends string>(
  address: AdminAddress,
  audience: Audience,
  routes: Readonly<Record<T, RouteSpec>>,
  handlers: Readonly<Record<T, Handler>>,
): Promise<Admin> {
  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    checkAudience(audience, request);
    const name = routeOf(request, routes);
    return handlers[name](await askedOf(request, routes[name]));
  };
  const server = createServer(
    { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS, connectionsCheckingInterval: 5000, maxHeaderSize: 8192 },
    (request, response) => void respond(answerTo, request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = SILENCE_MS;
  if (address.kind === "unix") await clearSocketPath(address.path);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const listening = (): void => {
      const { port } = address.kind === "tcp" ? (server.address() as AddressInfo) : { port: 0 };
      resolve({ port, close: () => close(server) });
    };
    if (address.kind === "tcp") server.listen({ port: address.port, ...(address.host !== "" && { host: address.host }) }, listening);
    else {
      // Whoever may connect may see everything.
      const mask = process.umask(0o177);
      server.listen(address.path, listening);
      process.umask(mask);
    }
  });
}

async function respond(
  answerTo: (request: IncomingMessage) => Promise<Answer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await answerTo(request).catch(failed);
  const { status, body, type, headers } = answer;
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
    ...(typeof body === "string" && { "content-length": Buffer.byteLength(body) }),
    // What was not read of the request is not read as the next one.
    ...(!request.complete && { connection: "close" }),
  });
  if (body instanceof Readable && request.method !== "HEAD") {
    // A reader that goes away ends it; there is nobody to tell.
    await pipeline(body, response).catch(() => undefined);
    return;
  }
  if (body instanceof Readable) body.destroy();
  response.end(request.method === "HEAD" ? undefined : body);
}

function failed(error: unknown): Answer {
  if (error instanceof Refusal) return error.answer;
  return problem(500, error instanceof Error ? error.message : String(error));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
