import { assertNever } from "../../diag/index.ts";
import { wireText } from "../bytes.ts";
import { createHeaderMap, type HeaderMap } from "../interpret/header-map.ts";
import type { HttpRequest } from "../interpret/request.ts";
import { drawnRequestId, routerReads } from "../interpret/sanitize-headers.ts";
import type { HirCluster, HirTreatment } from "../model.ts";
import type { Exchange } from "./exchange.ts";
import { type FormatFacts, formatValue } from "./format-value.ts";

/** What the upstream will see, while it is worked on. */
export interface UpstreamState {
  readonly headers: HeaderMap;
  /** Names of headers with a value that is not known here. */
  readonly unknown: Set<string>;
  authority: string | undefined;
  path: string | undefined;
}

/** The request as the router has it when it begins to change it. */
export function beginUpstream({ http }: Exchange, request: HttpRequest): UpstreamState {
  const headers = createHeaderMap(request.headers);
  for (const name of routerReads) headers.remove(name);
  const unknown = new Set<string>();
  if (headers.get("x-request-id") === drawnRequestId) unknown.add("x-request-id");
  if (!http?.suppressEnvoyHeaders) unknown.add("x-envoy-expected-rq-timeout-ms");
  return { headers, unknown, authority: request.authority, path: request.path };
}

/** Removals first; all values are worked out before any of them is set; overwriting ones go before added ones. */
export function mutate(state: UpstreamState, treatment: HirTreatment, exchange: Exchange, cluster: HirCluster): void {
  const { headers, unknown } = state;
  for (const name of treatment.requestHeadersRemove ?? []) {
    headers.remove(name.toLowerCase());
    unknown.delete(name.toLowerCase());
  }
  if (!treatment.requestHeadersAdd) return;
  const facts = factsOf(state, exchange, exchange.request!, cluster);
  const overwrite: [string, string | undefined][] = [];
  const add: [string, string | undefined][] = [];
  for (const mutation of treatment.requestHeadersAdd) {
    const name = mutation.name.toLowerCase();
    const value = formatValue(mutation.value, facts);
    if (value === "" && !mutation.keepEmpty) continue;
    const exists = headers.get(name) !== undefined || unknown.has(name);
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
  for (const [name, value] of overwrite) {
    unknown.delete(name);
    if (value === undefined) unknown.add(name);
    else headers.set(name, value);
  }
  for (const [name, value] of add) {
    if (value === undefined) unknown.add(name);
    else headers.add(name, value);
  }
}

function factsOf(state: UpstreamState, exchange: Exchange, request: HttpRequest, cluster: HirCluster): FormatFacts {
  const { question, chain, route } = exchange;
  const client = forwardedClientOf(exchange);
  const remote = client === undefined ? question.from : { ip: client, port: 0 };
  return {
    header: (name) => readHeader(state, request, name),
    isUnknown: (name) => state.unknown.has(name),
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
export function forwardedClientOf({ prepared }: Exchange): string | undefined {
  return prepared?.kind === "request" ? prepared.client : undefined;
}

/** First line of a header, pseudo headers too, as it stands by now. */
export function readHeader(state: UpstreamState, request: HttpRequest, name: string): string | undefined {
  if (name === ":authority" || name === "host") return state.authority;
  if (name === ":path") return state.path;
  return name.startsWith(":") ? request.values(name)[0] : state.headers.get(name);
}
