import { latin1 } from "../bytes.ts";
import type { Question, SocketAddress } from "../decision.ts";
import type { HirHttp, HirRouteConfig } from "../model.ts";
import { readsForwardedFor } from "../reads-forwarded-for.ts";
import { isBelieved } from "./forwarded-for.ts";
import type { HeaderMap } from "./header-map.ts";
import { normalizePath } from "./normalize-path.ts";
import { parseHead } from "./parse-head.ts";
import { type HttpRequest, hasGrpcContentType, makeRequest } from "./request.ts";
import { type RequestLine, readAbsoluteTarget, readConnectTarget } from "./request-line.ts";
import { dropH2cUpgrade, isUpgrade, removeNominated, sanitizeHeaders } from "./sanitize-headers.ts";
import { isLoopback, sourceOf } from "./source.ts";
import { stripHost } from "./strip-host.ts";

/** What a connection manager has once it may look for a route, or the reply that it gives before that. */
export type Prepared =
  /** `client`: as forwardedClient says. */
  | { readonly kind: "request"; readonly request: HttpRequest; readonly upgrade?: string; readonly client: string | undefined }
  | { readonly kind: "reply"; readonly status: number; readonly body: string; readonly grpc: boolean }
  | { readonly kind: "redirect"; readonly location: string; readonly grpc: boolean }
  /** Left to a proxy: a diagnostic code. */
  | { readonly kind: "punt"; readonly why: string }
  | { readonly kind: "incomplete" };

/** The code of the punt for requests of a tunnel for datagrams. */
export const connectUdpPunt = "KM2901";

/** The code of the punt where a header would tell the proxy's own address. */
export const ownAddressPunt = "KM2902";

/** The connection that a head came on. */
export interface Arrival {
  readonly to: SocketAddress;
  readonly source: SocketAddress;
  /** The connection manager's. */
  readonly config: HirRouteConfig | undefined;
}

/** The connection manager's own reply. */
const reply = (status: number, headers?: HeaderMap): Prepared => ({
  kind: "reply",
  status,
  body: "",
  grpc: headers !== undefined && isGrpc(headers),
});

/** The codec's reply: never gRPC, and it says why. */
const codecReply = (status: number, bytes: Uint8Array): Prepared => ({
  kind: "reply",
  status,
  body: isHeadMethod(bytes) ? "" : (reasons[status] ?? ""),
  grpc: false,
});

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  426: "Upgrade Required",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
};

/** A reply to HEAD has no body, also where the rest of the head is wrong. */
function isHeadMethod(bytes: Uint8Array): boolean {
  let start = 0;
  while (bytes[start] === 0x0d || bytes[start] === 0x0a) start++;
  return /^HEAD[ \t]$/.test(latin1(bytes.subarray(start, start + 5)));
}

const lastPrepared = new WeakMap<Question, { readonly http: HirHttp; readonly prepared: Prepared }>();

/** prepareRequest for a question; the interpreter and treat ask for the same one in turn. */
export function prepareQuestion(question: Question, bytes: Uint8Array, http: HirHttp, config: HirRouteConfig | undefined): Prepared {
  const last = lastPrepared.get(question);
  if (last?.http === http) return last.prepared;
  const prepared = prepareRequest(bytes, http, { to: question.to, source: sourceOf(question), config });
  lastPrepared.set(question, { http, prepared });
  return prepared;
}

/** Reads one request head and does to it what Envoy does before routing: sections 6 and 9 of the observed semantics. */
function prepareRequest(bytes: Uint8Array, http: HirHttp, arrival: Arrival): Prepared {
  const head = parseHead(bytes, http);
  if (head.kind === "incomplete") return head;
  if (head.kind === "refused") return codecReply(head.status, bytes);
  const { line, headers } = head;

  const framing = checkFraming(line, headers);
  if (framing !== undefined) return codecReply(framing, bytes);
  const target = readTarget(line, http);
  if (!target) return codecReply(400, bytes);
  // An edge takes no https URL over plaintext.
  if (target.scheme === "https" && !isBelieved(http)) return codecReply(403, bytes);
  if (target.authority !== undefined) headers.set("host", target.authority);
  if (!line.http11) {
    if (!http.acceptHttp10) return codecReply(426, bytes);
    if (headers.get("host") === undefined && http.defaultHostForHttp10 !== "") headers.set("host", http.defaultHostForHttp10);
  }
  const host = headers.get("host");
  if (host !== undefined && !authority.test(host)) return codecReply(400, bytes);

  // From here on the connection manager answers, and a gRPC request gets a gRPC reply.
  const grpc = target.path === undefined ? undefined : headers;
  if (!http.proxy100Continue && headers.get("expect")?.toLowerCase() === "100-continue") headers.remove("expect");
  if (host === undefined) return reply(400, grpc);
  if (headers.get("upgrade")?.toLowerCase() === "connect-udp") return { kind: "punt", why: connectUdpPunt };
  let path = target.path;
  if (path !== undefined) {
    if (!path.startsWith("/")) return reply(404, headers);
    // What a QUERY asks (draft-ietf-httpbis-safe-method-w-body) stands in its body, whose type must be told.
    if (line.method === "QUERY" && !headers.get("content-type")) return reply(400);
    const normalized = normalizePath(path, http);
    if (normalized.kind === "refused") return reply(400, headers);
    if (normalized.kind === "redirect") return { kind: "redirect", location: normalized.path, grpc: isGrpc(headers) };
    path = normalized.path;
  }
  headers.remove("host");
  const { config, source } = arrival;
  const tellsOwnAddress = http.useRemoteAddress && !http.skipXffAppend && isLoopback(source.ip);
  if (tellsOwnAddress && config && readsForwardedFor(config)) return { kind: "punt", why: ownAddressPunt };
  const { scheme, client } = sanitizeHeaders(headers, http, config?.internalOnlyHeaders ?? [], {
    absoluteScheme: target.scheme,
    sourceIp: source.ip,
    localPort: arrival.to.port,
  });
  const upgrade = headers.get("upgrade") ?? (line.method === "CONNECT" ? "connect" : undefined);
  const request = makeRequest({
    protocol: line.http11 ? "HTTP/1.1" : "HTTP/1.0",
    method: line.method,
    authority: stripHost(host, http, arrival.to.port),
    ...(path === undefined ? {} : { path }),
    scheme,
    headers: headers.list(),
  });
  return { kind: "request", request, client, ...(upgrade === undefined ? {} : { upgrade: upgrade.toLowerCase() }) };
}

/** The characters of nghttp2's authority check; anything else in Host answers 400. */
const authority = /^[!$%&'()*+,\-.0-9:;=@A-Z[\]_a-z~]*$/;

function isGrpc(headers: HeaderMap): boolean {
  const type = headers.get("content-type");
  return type !== undefined && hasGrpcContentType([type]);
}

/** Body framing, upgrades and `connection`. Returns the status that refuses the request. */
function checkFraming(line: RequestLine, headers: HeaderMap): number | undefined {
  let upgrading = line.method === "CONNECT";
  if (isUpgrade(headers)) {
    if (headers.get("upgrade")!.toLowerCase() === "h2c") dropH2cUpgrade(headers);
    else upgrading = true;
  }
  if (line.method === "CONNECT" && headers.get("content-length") !== undefined) {
    if (headers.get("content-length") !== "0") return 400;
    headers.remove("content-length");
  }
  const encoding = headers.get("transfer-encoding");
  if (encoding !== undefined) {
    if (headers.get("content-length") !== undefined) return 400;
    if (encoding.toLowerCase() !== "chunked" || line.method === "CONNECT") return 501;
  }
  if (!upgrading && headers.get("connection") !== undefined && !removeNominated(headers)) return 400;
  return undefined;
}

interface Target {
  readonly path?: string;
  readonly authority?: string;
  readonly scheme?: string;
}

function readTarget(line: RequestLine, http: HirHttp): Target | undefined {
  const { method, target } = line;
  if (method === "CONNECT") {
    const authority = readConnectTarget(target);
    return authority === undefined ? undefined : { authority };
  }
  if (target.startsWith("/") || (method === "OPTIONS" && target.startsWith("*")) || !http.allowAbsoluteUrl) return { path: target };
  return readAbsoluteTarget(target);
}
