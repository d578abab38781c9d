import { assertNever } from "../../diag/index.ts";
import { isDead } from "../balance.ts";
import { wireText } from "../bytes.ts";
import type { Answer, Question } from "../decision.ts";
import type { HeaderMap } from "../interpret/header-map.ts";
import { pathOnly } from "../interpret/request.ts";
import { routerHeaders } from "../interpret/sanitize-headers.ts";
import { formatSocketAddress } from "../ip.ts";
import type { HirCluster, HirEndpointAddress, HirTreatment } from "../model.ts";
import { balanceOf } from "./balance-of.ts";
import type { Exchange } from "./exchange.ts";
import { beginUpstream, forwardedClientOf, mutate, readHeader, type UpstreamState } from "./mutate.ts";
import { replaceRegex, rewritePath } from "./rewrite-path.ts";

/**
 * What the upstream sees of a forwarded request, in Envoy's order: header mutations (weighted cluster, then route, virtual host, route
 * configuration, or those three reversed under most_specific_header_mutations_wins), host rewrite, path rewrite.
 *
 * Headers whose value only a running proxy knows are left out: a drawn x-request-id, timeouts, and values with operators that depend on
 * time, connection metadata or the chosen host, or read such a header. So is the authority of an auto_host_rewrite to one of several names.
 */
export function makeUpstream(exchange: Exchange, cluster: HirCluster): Answer["upstream"] {
  const { request, http, route, vhost, config, weighted } = exchange;
  if (!request) return undefined;
  const state = beginUpstream(exchange, request);
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
    headers: visibleHeaders(state, exchange),
  };
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
      if (state.unknown.has(rewrite.header.toLowerCase())) {
        keepOriginalHost(state, exchange, treatment);
        state.authority = undefined;
        return;
      }
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
    ...new Set(
      balanceOf(cluster).shares.flatMap(({ endpoint }) =>
        isDead(endpoint) ? [] : [wireText(endpoint.hostname ?? (dns ? nameOf(endpoint.address) : ""))],
      ),
    ),
  ];
}

function nameOf(address: HirEndpointAddress): string {
  return address.kind === "ip" ? address.ip : address.kind === "host" ? address.host : "";
}

function visibleHeaders({ headers, unknown }: UpstreamState, exchange: Exchange): readonly (readonly [string, string])[] {
  const unknownSource = exchange.http?.useRemoteAddress && !exchange.question.from;
  const unknownClient = unknownSource && forwardedClientOf(exchange) === undefined;
  return headers.list().filter(([name]) => {
    if (unknown.has(name)) return false;
    if ((unknownSource && name === "x-forwarded-for") || (unknownClient && name === "x-envoy-external-address")) return false;
    return !routerHeaders.includes(name);
  });
}
