import type { IncomingMessage } from "node:http";
import { type Asked, Refusal } from "./answer.ts";
import { absentRoutes, type Method, type RouteSpec } from "./routes.ts";

/** By which names the server may be asked. */
export type Audience = "local" | "anyone";

/** A level and a name fit; a stream that never ends does not. */
const MAX_BODY = 4096;

/** Refuses what a web page could make a browser ask: by a name that leads here (DNS rebinding), or across origins. */
export function checkAudience(audience: Audience, request: IncomingMessage): void {
  if (audience === "anyone") return;
  const { host, origin, "sec-fetch-site": site } = request.headers;
  const bySocket = request.socket.remoteAddress === undefined;
  if (!bySocket && host !== undefined && !isLocalHost(host)) throw new Refusal(403, "ask by a local address", "http://127.0.0.1:PORT");
  if (origin !== undefined || (site !== undefined && site !== "none"))
    throw new Refusal(403, "web pages may not ask", "use kmeshctl or curl");
}

function isLocalHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/.test(host);
}

/** The route that a request is for, by name. */
export function routeOf<T extends string>(request: IncomingMessage, routes: Readonly<Record<T, RouteSpec>>): T {
  const { path } = targetOf(request);
  const name = (Object.keys(routes) as T[]).find((each) => routes[each].path === path);
  if (name === undefined) {
    const absent = Object.hasOwn(absentRoutes, path) ? absentRoutes[path] : undefined;
    if (absent !== undefined) throw new Refusal(501, absent);
    throw new Refusal(404, "no such path", "GET /help lists them");
  }
  return name;
}

/** Method, query and body, as the route has declared them. */
export async function askedOf(request: IncomingMessage, route: RouteSpec): Promise<Asked> {
  const method = methodOf(request, route);
  const query = queryOf(targetOf(request).query, route);
  if (method === "GET") return { method, query, body: undefined };
  if (query.size > 0) throw new Refusal(400, "a POST takes no query", route.body);
  return { method, query, body: await bodyOf(request, route) };
}

function targetOf({ url = "/" }: IncomingMessage): { readonly path: string; readonly query: string } {
  const end = url.indexOf("?");
  return end < 0 ? { path: url, query: "" } : { path: url.slice(0, end), query: url.slice(end + 1) };
}

function methodOf(request: IncomingMessage, { methods }: RouteSpec): Method {
  const method = request.method === "HEAD" ? "GET" : request.method;
  const found = methods.find((each) => each === method);
  if (!found) {
    const refusal = new Refusal(405, `${request.method} is not a method of this path`, `use ${methods.join(" or ")}`);
    const allow = methods.flatMap((each) => (each === "GET" ? ["GET", "HEAD"] : [each])).join(", ");
    throw Object.assign(refusal, { answer: { ...refusal.answer, headers: { allow } } });
  }
  return found;
}

function queryOf(text: string, { query: known = {} }: RouteSpec): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (!Object.hasOwn(known, name)) {
      const names = Object.keys(known).join(", ");
      throw new Refusal(
        400,
        `unknown query name ${JSON.stringify(name.slice(0, 64))}`,
        names === "" ? "it takes none" : `it takes ${names}`,
      );
    }
    if (query.has(name)) throw new Refusal(400, `${name} is given twice`);
    query.set(name, value);
  }
  return query;
}

/** curl -d says that it sends a form. */
const jsonTypes = ["application/json", "application/x-www-form-urlencoded"];

async function bodyOf(request: IncomingMessage, { body }: RouteSpec): Promise<unknown> {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== undefined && !jsonTypes.includes(type)) throw new Refusal(415, "send JSON", body);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Refusal(413, `a body has at most ${MAX_BODY} bytes`, body);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    throw new Refusal(400, "the body is no JSON", body);
  }
}
