import { assertNever } from "../../diag/index.ts";
import { isDead } from "../balance.ts";
import { wireText } from "../bytes.ts";
import type { Answer } from "../decision.ts";
import { endpointText } from "../endpoint-text.ts";
import { clusterOfHeader } from "../interpret/choose-cluster.ts";
import { formatSocketAddress, mappedIpv4, parseSocketAddress, splitZone } from "../ip.ts";
import type { HirCluster, HirTarget } from "../model.ts";
import { balanceOf } from "./balance-of.ts";
import type { Exchange } from "./exchange.ts";
import { abortOf } from "./fault.ts";
import { locate, locateTls } from "./locate.ts";
import type { ModelIndex } from "./names.ts";
import { whyUnsendable } from "./unsendable.ts";
import { makeUpstream } from "./upstream.ts";

/** One way that a question ends, with its probability. Several make an Answer. */
export interface End {
  readonly probability: number;
  readonly verdict: Answer["verdict"];
  readonly why?: string;
  readonly status?: number;
  readonly location?: string;
  readonly body?: string;
  /** The cluster chosen on the way, also one that does not exist. */
  readonly cluster?: string;
  readonly endpoints: readonly { readonly address: string; readonly probability: number }[];
  readonly upstream?: Answer["upstream"];
  readonly exchange: Exchange;
}

type Bare = Omit<End, "exchange" | "endpoints"> & { readonly endpoints?: End["endpoints"] };

/** All ways that a share of a decision ends: fault aborts, drop_overloads and the cluster's balance split it further. */
export function endsOf(exchange: Exchange, index: ModelIndex): readonly End[] {
  const { share } = exchange;
  const abort = abortOf(exchange);
  const cluster = clusterName(exchange);
  const named = cluster === undefined ? {} : { cluster };
  const ends: Bare[] = [];
  if (abort) {
    ends.push({
      ...replyWith(exchange, abort.status, "fault filter abort"),
      verdict: "respond",
      why: "dropped",
      probability: share.probability * abort.probability,
      ...named,
    });
  }
  const rest = share.probability * (1 - (abort?.probability ?? 0));
  if (rest > 0) for (const end of outcomeEnds(exchange, index)) ends.push({ ...named, ...scaled(end, rest) });
  return ends.map((end) => ({ endpoints: [], ...end, exchange }));
}

function scaled(end: Bare, factor: number): Bare {
  if (factor === 1) return end;
  const endpoints = end.endpoints?.map(({ address, probability }) => ({ address, probability: factor * probability }));
  return { ...end, probability: factor * end.probability, ...(endpoints && { endpoints }) };
}

/** Probabilities are parts of the share. */
function outcomeEnds(exchange: Exchange, index: ModelIndex): readonly Bare[] {
  const { outcome } = exchange.share;
  switch (outcome.kind) {
    case "cluster": {
      const cluster = index.clusters.get(outcome.cluster);
      return cluster ? clusterEnds(exchange, cluster) : [{ probability: 1, verdict: "error", why: "no_cluster" }];
    }
    case "redirect":
      return [{ probability: 1, verdict: "redirect", ...redirectReply(exchange, outcome.by) }];
    case "respond": {
      const reply = { probability: 1, verdict: "respond", why: outcome.why, ...localReply(exchange, outcome.status) } as const;
      if (outcome.why === "direct_response") return [{ ...reply, ...directResponse(exchange, outcome.status) }];
      return [exchange.prepared?.kind === "reply" ? { ...reply, body: exchange.prepared.body } : reply];
    }
    case "close":
      return [{ probability: 1, verdict: "close", why: outcome.why === "no_filters" ? "no_filter_chain" : outcome.why }];
    case "pass":
    case "punt":
    case "error":
      return [{ probability: 1, verdict: outcome.kind, why: outcome.why }];
    default:
      return assertNever(outcome);
  }
}

function clusterEnds(exchange: Exchange, cluster: HirCluster): readonly Bare[] {
  if (cluster.punt !== undefined) return [{ probability: 1, verdict: "punt", why: cluster.punt }];
  const picks = balanceOf(cluster);
  // tcp_proxy does not look at drop_overloads.
  const drop = exchange.http ? picks.drop : 0;
  const ends: Bare[] = [];
  if (drop > 0) {
    const body = picks.drop === 1 ? "unconditional drop overload" : "drop overload";
    ends.push({ probability: drop, verdict: "respond", why: "dropped", ...replyWith(exchange, 503, body) });
  }
  const kept = 1 - drop;
  if (kept === 0) return ends.map((end) => noAnswer(end, exchange));
  const upstream = makeUpstream(exchange, cluster);
  const unfit = whyUnsendable(exchange, upstream);
  const unsendable =
    unfit === undefined ? undefined : ({ verdict: "respond", why: "bad_request", ...replyWith(exchange, 503, unfit) } as const);
  if (cluster.discovery === "original_dst" && unsendable) return [...ends, { probability: kept, ...unsendable }];
  if (cluster.discovery === "original_dst") return [...ends, originalDestination(exchange, cluster, kept, upstream)];

  const lost = picks.outcome === "no_endpoint" ? 1 : picks.noEndpointWeight / picks.totalWeight;
  const alive = picks.shares.filter(({ endpoint }) => !isDead(endpoint));
  const dead = picks.shares.reduce((sum, { endpoint, probability }) => (isDead(endpoint) ? sum + probability : sum), 0);
  if (dead > 0) ends.push({ probability: kept * dead, ...connectFailure(exchange) });
  if (alive.length > 0 && unsendable) ends.push({ probability: kept * (1 - lost - dead), ...unsendable });
  else if (alive.length > 0) {
    const endpoints = alive.map(({ endpoint, probability }) => ({
      address: endpointText(endpoint.address),
      probability: kept * probability,
    }));
    ends.push({ probability: kept * (1 - lost - dead), verdict: "forward", endpoints, ...(upstream && { upstream }) });
  }
  if (lost > 0)
    ends.push({ probability: kept * lost, verdict: "respond", why: "no_endpoint", ...replyWith(exchange, 503, "no healthy upstream") });
  return ends.map((end) => noAnswer(end, exchange));
}

/** A TCP connection gets no reply: it is closed. */
function noAnswer(end: Bare, exchange: Exchange): Bare {
  if (end.verdict !== "respond" || exchange.http) return end;
  return { probability: end.probability, verdict: "close", ...(end.why !== undefined && { why: end.why }) };
}

/** There is an endpoint, and no connection gets to it. */
function connectFailure(exchange: Exchange) {
  const body = "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure";
  return { verdict: "respond", why: "no_endpoint", ...replyWith(exchange, 503, body) } as const;
}

/** Where the client went, unless the cluster takes the address from a header. */
function originalDestination(exchange: Exchange, cluster: HirCluster, probability: number, upstream: Answer["upstream"]): Bare {
  const line = cluster.originalDstHeader === undefined ? undefined : exchange.request?.values(cluster.originalDstHeader)[0];
  const address = line === undefined ? undefined : parseSocketAddress(withoutZone(line));
  if (!address) return { probability, verdict: "pass", why: "passthrough", ...(upstream && { upstream }) };
  if (address.port === 0) return { probability, ...connectFailure(exchange) };
  // Written by a client, an IPv4-mapped address is where it leads.
  const endpoints = [{ address: formatSocketAddress(mappedIpv4(address.ip) ?? address.ip, address.port), probability }];
  return { probability, verdict: "forward", endpoints, ...(upstream && { upstream }) };
}

/** `[ip%zone]:port` without the zone, which decides nothing but the link. */
function withoutZone(line: string): string {
  const inner = /^\[([^\]]*%[^\]]*)\](.*)$/.exec(line);
  const zoned = inner ? splitZone(inner[1]!) : undefined;
  return zoned ? `[${zoned.ip}]${inner![2]}` : line;
}

/** A reply of the proxy itself: gRPC clients get status 200 and the reason in trailers. */
function localReply(exchange: Exchange, status: number): { readonly status: number } {
  return { status: exchange.grpc ? 200 : status };
}

function replyWith(exchange: Exchange, status: number, body: string): Pick<End, "status" | "body"> {
  return { ...localReply(exchange, status), body: withoutBody(exchange, status) ? "" : body };
}

/** As a client reads it (RFC 9112 6.3): what Envoy writes behind such a head is no body. */
function withoutBody(exchange: Exchange, status: number): boolean {
  const method = exchange.request?.method;
  if (exchange.grpc || status < 200 || status === 204 || status === 304) return true;
  return method === "HEAD" || (method === "CONNECT" && status < 300);
}

/** 201 and 3xx get a location: the request's own URL. */
function directResponse(exchange: Exchange, status: number): Pick<End, "body" | "location"> {
  const { request, route } = exchange;
  const body = route?.action.kind === "respond" && !withoutBody(exchange, status) ? route.action.body : "";
  const located = status === 201 || (status >= 300 && status < 400);
  const location = located && request && route ? locate(request, route) : undefined;
  return { body, ...(location !== undefined && { location }) };
}

function redirectReply(exchange: Exchange, by: "route" | "require_tls" | "escaped_slashes"): Pick<End, "status" | "location"> {
  const { request, route, prepared } = exchange;
  switch (by) {
    case "route": {
      const redirect = route?.action.kind === "redirect" ? route.action.redirect : undefined;
      if (!request || !route || !redirect) return {};
      const location = locate(request, route, redirect);
      return { ...localReply(exchange, redirect.status), ...(location !== undefined && { location }) };
    }
    case "require_tls": {
      const location = request && locateTls(request);
      return { ...localReply(exchange, 301), ...(location !== undefined && { location }) };
    }
    case "escaped_slashes":
      if (prepared?.kind !== "redirect") return {};
      return exchange.grpc ? { status: 200 } : { status: 307, location: prepared.location };
    default:
      return assertNever(by);
  }
}

/** The cluster that a share is for, known or not. */
function clusterName({ share, chain, route, weighted, request }: Exchange): string | undefined {
  if (share.outcome.kind === "cluster") return share.outcome.cluster;
  const unknown = (share.outcome.kind === "respond" || share.outcome.kind === "close") && share.outcome.why === "no_cluster";
  if (!unknown) return undefined;
  const network = chain?.network;
  const target: HirTarget | undefined =
    weighted?.target ?? (route?.action.kind === "forward" ? route.action.target : network?.kind === "tcp" ? network.target : undefined);
  if (target?.kind === "cluster") return target.cluster;
  return target?.kind === "cluster_header" ? clusterOfHeader(wireText(target.header), request) || undefined : undefined;
}
