import { asciiLower, wireText } from "../bytes.ts";
import { parseIp, prefixKey } from "../ip.ts";
import type { HirHttp, HirPrefix } from "../model.ts";
import { forwardedClient, isBelieved } from "./forwarded-for.ts";
import type { HeaderMap } from "./header-map.ts";
import { isReferer } from "./referer.ts";
import { hasToken } from "./request.ts";
import { isLoopback } from "./source.ts";

/**
 * Stands for the request id that Envoy draws: a version 4 UUID, so that matchers on its form decide as they do for a drawn one.
 * No matcher on one value matches it, as none matches a drawn one.
 */
export const drawnRequestId = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d";

const hopByHop = new Set(["close", "http2-settings", "keep-alive", "upgrade"]);
const neverNominated = new Set(["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"]);

/**
 * Stands for the address of the machine that Envoy runs on, which it tells of clients on the loopback address: the one that it has where there
 * is no network. Nothing decides by it: a table that reads it is left to a proxy.
 */
const ownAddress = "127.0.0.1";

/** Removes what `connection` names. False: the request is refused (10 names or more, or one that may not be named). */
export function removeNominated(headers: HeaderMap): boolean {
  const names = (headers.get("connection") ?? "").split(",").filter((name) => name !== "");
  if (names.length >= 10) return false;
  for (const token of names) {
    const name = asciiLower(token.trim());
    if (hopByHop.has(name) || name === "connection") continue;
    if (neverNominated.has(name) || name.startsWith(":")) return false;
    const value = name === "te" ? headers.get("te") : undefined;
    if (value !== undefined && value.length >= 256) return false;
    if (value !== undefined && hasToken(value, "trailers")) headers.set("te", "trailers");
    else headers.remove(name);
  }
  return true;
}

/** `upgrade`, with `connection` saying so. */
export function isUpgrade(headers: HeaderMap): boolean {
  return headers.get("upgrade") !== undefined && hasToken(headers.get("connection") ?? "", "upgrade");
}

/** Only the one word that a proxy may pass on. */
function cleanTe(headers: HeaderMap): void {
  const te = headers.get("te");
  if (te === undefined || te === "") return;
  if (te.split(",").some((token) => token.trim() === "trailers")) headers.set("te", "trailers");
  else headers.remove("te");
}

/** Upgrades to h2c are never taken: the request goes on without those headers. */
export function dropH2cUpgrade(headers: HeaderMap): void {
  headers.remove("upgrade");
  headers.remove("http2-settings");
  const kept = (headers.get("connection") ?? "")
    .split(",")
    .filter((token) => token.trim() !== "" && !/^(?:upgrade|http2-settings)$/i.test(token.trim()));
  if (kept.length === 0) headers.remove("connection");
  else headers.set("connection", kept.join(","));
}

/** What the router is told by headers and takes out before it mutates headers: what mutations then add of the first two goes on. */
export const routerReads: readonly string[] =
  "x-envoy-upstream-alt-stat-name x-envoy-upstream-rq-timeout-ms x-envoy-upstream-rq-per-try-timeout-ms x-envoy-hedge-on-per-try-timeout".split(
    " ",
  );
/** What it takes out once headers are mutated, or sets to what only a running proxy knows. */
export const routerHeaders: readonly string[] = (
  "x-envoy-retriable-status-codes x-envoy-retriable-header-names x-envoy-retry-on x-envoy-retry-grpc-on x-envoy-max-retries " +
  "x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response x-envoy-upstream-stream-duration-ms " +
  "x-envoy-expected-rq-timeout-ms x-envoy-hedge-on-per-try-timeout"
).split(" ");
/** Only internal clients may set these. */
const internalHeaders: readonly string[] = [
  ...routerReads,
  ...routerHeaders,
  "x-envoy-force-trace",
  "x-envoy-ip-tags",
  "x-envoy-original-url",
];
const edgeHeaders =
  "x-envoy-decorator-operation x-envoy-downstream-service-cluster x-envoy-downstream-service-node x-envoy-original-path x-envoy-original-host".split(
    " ",
  );

/** What is found out of a request beside its headers. */
export interface Sanitized {
  readonly scheme: string;
  /** As forwardedClient says. */
  readonly client: string | undefined;
}

/** What the connection manager removes from and adds to a plaintext request before it looks for a route. */
export function sanitizeHeaders(
  headers: HeaderMap,
  http: HirHttp,
  internalOnlyHeaders: readonly string[],
  from: { readonly absoluteScheme: string | undefined; readonly sourceIp: string; readonly localPort: number },
): Sanitized {
  if (!isUpgrade(headers)) {
    headers.remove("connection");
    headers.remove("upgrade");
    cleanTe(headers);
  }
  for (const name of ["x-envoy-internal", "keep-alive", "proxy-connection", "transfer-encoding"]) headers.remove(name);
  if (!http.forwardClientCert) headers.remove("x-forwarded-client-cert");
  const referer = headers.get("referer");
  if (referer !== undefined && !isReferer(referer)) headers.remove("referer");

  const forwardedFor = headers.get("x-forwarded-for");
  const client = forwardedClient(http, forwardedFor);
  if (http.useRemoteAddress && !http.skipXffAppend) headers.add("x-forwarded-for", isLoopback(from.sourceIp) ? ownAddress : from.sourceIp);
  if (!isBelieved(http) || headers.get("x-forwarded-proto") === undefined) headers.set("x-forwarded-proto", "http");
  if (http.appendForwardedPort && (!isBelieved(http) || headers.get("x-forwarded-port") === undefined))
    headers.set("x-forwarded-port", String(from.localPort));
  if (http.schemeOverwrite) headers.set("x-forwarded-proto", http.schemeOverwrite);
  const forwardedProto = headers.get("x-forwarded-proto")!;
  const scheme = http.schemeOverwrite ?? from.absoluteScheme ?? (/^https?$/i.test(forwardedProto) ? forwardedProto.toLowerCase() : "http");

  const isFirst = http.useRemoteAddress ? forwardedFor === undefined : http.trustedHops === 0 && !forwardedFor?.includes(",");
  const address = client ?? (http.useRemoteAddress ? from.sourceIp : undefined);
  const internal = isFirst && address !== undefined && http.internalCidrs.some((cidr) => contains(cidr, address));
  if (internal) headers.set("x-envoy-internal", "true");
  else for (const name of [...internalHeaders, ...internalOnlyHeaders]) headers.remove(name);
  const edge = !internal && http.useRemoteAddress;
  if (edge) {
    for (const name of edgeHeaders) headers.remove(name);
    headers.set("x-envoy-external-address", client ?? from.sourceIp);
  }
  if (http.generateRequestId) setRequestId(headers, http, edge);
  if (http.via !== "") headers.set("via", [headers.get("via"), wireText(http.via)].filter((text) => text).join(", "));
  return { scheme, client };
}

/** Where a UUID says why its request is traced: 4 that it is not. */
const traceByte = 14;

function setRequestId(headers: HeaderMap, http: HirHttp, edge: boolean): void {
  const id = headers.get("x-request-id");
  if (!id || (edge && !http.preserveExternalRequestId)) headers.set("x-request-id", drawnRequestId);
  else if (edge && http.packTraceReason && id.length === drawnRequestId.length)
    headers.set("x-request-id", `${id.slice(0, traceByte)}4${id.slice(traceByte + 1)}`);
}

function contains(cidr: HirPrefix, ip: string): boolean {
  const net = parseIp(cidr.ip);
  // Whatever its zone.
  const address = parseIp(ip.replace(/%.*/, ""));
  if (!net || !address || net.length !== address.length) return false;
  return prefixKey(net, cidr.length) === prefixKey(address, cidr.length);
}
