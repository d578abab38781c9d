import { assertNever } from "../../diag/index.ts";
import { wireText } from "../bytes.ts";
import type { Answer, Question } from "../decision.ts";
import { createHeaderMap, type HeaderMap } from "../interpret/header-map.ts";
import { type HttpRequest, pathOnly } from "../interpret/request.ts";
import { drawnRequestId, routerHeaders } from "../interpret/sanitize-headers.ts";
import { formatSocketAddress } from "../ip.ts";
import type { HirCluster, HirEndpointAddress, HirTreatment } from "../model.ts";
import { balanceOf } from "./balance-of.ts";
import type { Exchange } from "./exchange.ts";
import { type FormatFacts, formatValue } from "./format-value.ts";
import { replaceRegex, rewritePath } from "./rewrite-path.ts";

/**
 * What the upstream sees of a forwarded request, in Envoy's order: header mutations (weighted cluster, then route, virtual host, route
 * configuration, or those three reversed under most_specific_header_mutations_wins), host rewrite, path rewrite.
 *
 * Headers whose value only a running proxy knows are left out: a drawn x-request-id, timeouts, and values with operators that depend on
 * time, connection metadata or the chosen host. So is the authority of an auto_host_rewrite to one of several names.
 */
export function makeUpstream(exchange: Exchange, cluster: HirCluster): Answer["upstream"] {
  const { request, http, route, vhost, config, weighted } = exchange;
  if (!request) return undefined;
  const state: UpstreamState = { headers: createHeaderMap(request.headers), authority: request.authority, path: request.path };
  if (vhost?.attemptCount) state.headers.set("x-envoy-attempt-count", "1");
  if (weighted) {
    mutate(state, weighted.treatment, exchange, cluster);
    if (weighted.treatment.hostRewrite?.kind === "literal") state.authority = wireText(weighted.treatment.hostRewrite.value);
  }
  const levels = [route?.treatment, vhost?.treatment, config?.treatment];
  if (config?.mostSpecificHeaderMutationsWins) levels.reverse();
  for (const treatment of levels) if (treatment) mutate(state, treatment, exchange, cluster);
  if (route) {
    rewriteHost(state, exchange, route.treatment, cluster);
    const path = state.path === undefined ? undefined : rewritePath(state.path, route.treatment, route);
    if (path !== undefined && state.path !== undefined) {
      if (!http?.suppressEnvoyHeaders) state.headers.set("x-envoy-original-path", state.path);
      state.path = path;
    }
  }
  return {
    ...(state.path === undefined ? {} : { path: state.path }),
    ...(state.authority === undefined ? {} : { authority: state.authority }),
    method: request.method,
    headers: visibleHeaders(state.headers, exchange),
  };
}

interface UpstreamState {
  readonly headers: HeaderMap;
  authority: string | undefined;
  path: string | undefined;
}

/** Removals first; all values are worked out before any of them is set; overwriting ones go before added ones. */
function mutate(state: UpstreamState, treatment: HirTreatment, exchange: Exchange, cluster: HirCluster): void {
  const { headers } = state;
  for (const name of treatment.requestHeadersRemove ?? []) headers.remove(name.toLowerCase());
  if (!treatment.requestHeadersAdd) return;
  const facts = factsOf(state, exchange, exchange.request!, cluster);
  const overwrite: [string, string][] = [];
  const add: [string, string][] = [];
  for (const mutation of treatment.requestHeadersAdd) {
    const name = mutation.name.toLowerCase();
    const value = formatValue(mutation.value, facts);
    if (value === undefined || (value === "" && !mutation.keepEmpty)) continue;
    const exists = headers.get(name) !== undefined;
    switch (mutation.action) {
      case "append_or_add":
        add.push([name, value]);
        break;
      case "add_if_absent":
        if (!exists) add.push([name, value]);
        break;
      case "overwrite":
        if (exists) overwrite.push([name, value]);
        break;
      case "overwrite_or_add":
        overwrite.push([name, value]);
        break;
      default:
        assertNever(mutation.action);
    }
  }
  for (const [name, value] of overwrite) headers.set(name, value);
  for (const [name, value] of add) headers.add(name, value);
}

function factsOf(state: UpstreamState, exchange: Exchange, request: HttpRequest, cluster: HirCluster): FormatFacts {
  const { question, chain, route } = exchange;
  const client = forwardedClientOf(exchange);
  const remote = client === undefined ? question.from : { ip: client, port: 0 };
  return {
    header: (name) => readHeader(state, request, name),
    protocol: request.protocol,
    routeName: wireText(route?.name ?? ""),
    chainName: wireText(chain?.name ?? ""),
    cluster: wireText(cluster.name),
    local: question.to,
    ...(question.from && { direct: question.from }),
    ...(remote && { remote }),
  };
}

/** As it was when the request came: headers may be gone. */
function forwardedClientOf({ prepared }: Exchange): string | undefined {
  return prepared?.kind === "request" ? prepared.client : undefined;
}

/** First line of a header, pseudo headers too, as it stands by now. */
function readHeader(state: UpstreamState, request: HttpRequest, name: string): string | undefined {
  if (name === ":authority" || name === "host") return state.authority;
  if (name === ":path") return state.path;
  return name.startsWith(":") ? request.values(name)[0] : state.headers.get(name);
}

/** An empty result leaves Host as it is. */
function rewriteHost(state: UpstreamState, exchange: Exchange, treatment: HirTreatment, cluster: HirCluster): void {
  const rewrite = treatment.hostRewrite;
  if (!rewrite) return;
  let host: string | undefined;
  switch (rewrite.kind) {
    case "literal":
      host = wireText(rewrite.value);
      break;
    case "header":
      host = readHeader(state, exchange.request!, rewrite.header.toLowerCase());
      break;
    case "path_regex":
      host = replaceRegex(pathOnly(state.path), rewrite.rewrite);
      break;
    case "auto": {
      const names = hostNames(cluster, exchange.question);
      if (names.length > 1) {
        if (!names.includes("")) keepOriginalHost(state, exchange, treatment);
        // Which one, the endpoint that is drawn tells.
        state.authority = undefined;
        return;
      }
      host = names[0];
      break;
    }
    default:
      assertNever(rewrite);
  }
  if (host === undefined || host === "" || state.authority === undefined) return;
  keepOriginalHost(state, exchange, treatment);
  state.authority = host;
}

function keepOriginalHost({ headers, authority }: UpstreamState, { http }: Exchange, treatment: HirTreatment): void {
  if (authority === undefined || authority === "") return;
  if (!http?.suppressEnvoyHeaders) headers.set("x-envoy-original-host", authority);
  if (treatment.appendForwardedHost) appendForwardedHost(headers, authority);
}

/** Unless it is the last one there; blanks count. */
function appendForwardedHost(headers: HeaderMap, host: string): void {
  const hosts = headers.get("x-forwarded-host")?.split(",") ?? [];
  if (hosts.findLast((text) => text !== "") !== host) headers.add("x-forwarded-host", host);
}

/** Of the endpoints that are picked; "" where one has none. */
function hostNames(cluster: HirCluster, { to }: Question): readonly string[] {
  // Envoy makes such an endpoint up, name and all.
  if (cluster.discovery === "original_dst") return [wireText(cluster.name) + formatSocketAddress(to.ip, to.port)];
  const dns = cluster.discovery === "strict_dns" || cluster.discovery === "logical_dns";
  return [
    ...new Set(balanceOf(cluster).shares.map(({ endpoint }) => wireText(endpoint.hostname ?? (dns ? nameOf(endpoint.address) : "")))),
  ];
}

function nameOf(address: HirEndpointAddress): string {
  return address.kind === "ip" ? address.ip : address.kind === "host" ? address.host : "";
}

function visibleHeaders(headers: HeaderMap, exchange: Exchange): readonly (readonly [string, string])[] {
  const unknownSource = exchange.http?.useRemoteAddress && !exchange.question.from;
  const unknownClient = unknownSource && forwardedClientOf(exchange) === undefined;
  return headers.list().filter(([name, value]) => {
    if (name === "x-request-id" && value === drawnRequestId) return false;
    if ((unknownSource && name === "x-forwarded-for") || (unknownClient && name === "x-envoy-external-address")) return false;
    return !routerHeaders.includes(name);
  });
}
