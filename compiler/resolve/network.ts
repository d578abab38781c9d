import type { Filter, FilterChain, TcpProxy } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import type { HirNetwork, HirTarget } from "../hir/index.ts";
import { type ResolveContext, useCluster } from "./context.ts";
import { checkDiscovery } from "./filter-discovery.ts";
import { resolveHttp } from "./hcm.ts";
import { refusesNobody } from "./idle-filters.ts";
import { checkLogOptions } from "./log-options.ts";
import { noteMetadataMatch } from "./metadata-match.ts";
import { type FilterClass, networkFilterClass } from "./network-filters.ts";
import { firstPunt, note, punt, puntedField, refuse, type Scope } from "./scope.ts";
import { resolveDownstreamTransport } from "./transport.ts";

const tcpProxy = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
const httpConnectionManager = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

/** What a chain does with a connection: its terminal filter, unless one before it is only honoured by a proxy. */
export function resolveNetwork(context: ResolveContext, scope: Scope, chain: FilterChain, path: string): HirNetwork {
  const transport = firstPunt(
    resolveDownstreamTransport(scope, chain, path),
    puntedField(scope, "envoy.config.listener.v3.FilterChain", chain),
  );
  const filters = chain.filters ?? [];
  if (filters.length === 0) return transport === undefined ? { kind: "close" } : { kind: "punt", why: transport };
  const tablesBefore = context.inlineTables.length;
  let punted = transport;
  for (const [i, filter] of filters.entries()) {
    const at = `${path}.filters[${i}]`;
    const last = i === filters.length - 1;
    const type = filter.typed_config?.any;
    if (type === tcpProxy || type === httpConnectionManager) {
      if (!last) refuse(scope, "KM2122", at, `${nameOf(filter)} ends a chain; nothing may follow it`, "remove the filters behind it");
      const network =
        type === tcpProxy
          ? resolveTcp(context, scope, filter, `${at}.typed_config`)
          : resolveHcm(context, scope, filter, `${at}.typed_config`);
      if (punted === undefined) return network;
      context.inlineTables.length = tablesBefore;
      return { kind: "punt", why: punted };
    }
    const code = resolveFilter(scope, filter, at, last);
    punted ??= code;
  }
  return { kind: "punt", why: punted ?? "KM2123" };
}

function resolveHcm(context: ResolveContext, scope: Scope, filter: Filter, path: string): HirNetwork {
  return { kind: "http", http: resolveHttp(context, scope, messageIn(filter.typed_config, httpConnectionManager) ?? {}, path) };
}

/** A filter other than the two that are compiled. */
function resolveFilter(scope: Scope, filter: Filter, path: string, last: boolean): string | undefined {
  const discovered = puntedField(scope, "envoy.config.listener.v3.Filter", filter);
  const { config_discovery: discovery } = filter;
  if (discovery) {
    checkDiscovery(scope, "network", discovery, path);
    const type = discovery.default_config?.any;
    const ends = type === tcpProxy || type === httpConnectionManager;
    if (type !== undefined) checkPlace(scope, filter, ends ? "terminal" : networkFilterClass(type), last, path);
    return discovered;
  }
  const type = filter.typed_config?.any;
  if (type === undefined) {
    refuse(scope, "KM2117", path, `${nameOf(filter)} has no typed_config, and Envoy finds no filter by name`, "add typed_config");
    return undefined;
  }
  const found = classOf(filter, type);
  if (!checkPlace(scope, filter, found, last, path)) return undefined;
  switch (found) {
    case "telemetry":
      note(scope, "KM2124", type, () => path, `the filter ${type} only observes, and is not run`);
      return undefined;
    case "sniffer":
      note(scope, "KM2125", type, () => path, `the filter ${type} reads the protocol for statistics, and is not run`);
      return undefined;
    case "decides":
    case "terminal":
      return punt(
        scope,
        "KM2121",
        path,
        `the filter ${nameOf(filter)} (${type}) may refuse or redirect connections`,
        "this chain is left to a proxy",
      );
    case "foreign":
      refuse(scope, "KM2127", path, `Envoy has no network filter of the type ${type}`, "name a filter of Envoy's, or leave it out");
      return undefined;
    case "unknown":
      return punt(scope, "KM2123", path, `the filter ${nameOf(filter)} (${type}) is not known`, "this chain is left to a proxy");
  }
}

/** Terminal filters end a chain, and nothing else does. False: it is refused. */
function checkPlace(scope: Scope, filter: Filter, found: FilterClass, last: boolean, path: string): boolean {
  if (!last && found === "terminal") {
    refuse(scope, "KM2122", path, `${nameOf(filter)} ends a chain; nothing may follow it`, "remove the filters behind it");
    return false;
  }
  if (last && (found === "telemetry" || found === "sniffer" || found === "decides")) {
    const hint = "end the chain with tcp_proxy or the HTTP connection manager";
    refuse(scope, "KM2122", path, `${nameOf(filter)} can't be the last filter of a chain`, hint);
    return false;
  }
  return true;
}

/** RBAC whose rules refuse nothing only counts and logs, as shadow rules do. */
function classOf(filter: Filter, type: string): FilterClass {
  const rbac = messageIn(filter.typed_config, "envoy.extensions.filters.network.rbac.v3.RBAC");
  return rbac && refusesNobody(rbac) ? "telemetry" : networkFilterClass(type);
}

function nameOf(filter: Filter): string {
  return JSON.stringify(filter.name ?? "");
}

function resolveTcp(context: ResolveContext, scope: Scope, filter: Filter, path: string): HirNetwork {
  const tcp = messageIn(filter.typed_config, tcpProxy) ?? {};
  const punted = puntedField(scope, tcpProxy, tcp);
  checkLogOptions(scope, tcp, ["access_log_flush_interval", "flush_access_log_on_connected"], path);
  if (tcp.upstream_connect_mode !== undefined && tcp.max_early_data_bytes === undefined) {
    refuse(scope, "KM2128", path, `upstream_connect_mode ${tcp.upstream_connect_mode} needs max_early_data_bytes`, "set it, 0 for none");
  }
  if (punted !== undefined) return { kind: "punt", why: punted };
  if (tcp.metadata_match) noteMetadataMatch(scope, `${path}.metadata_match`);
  return { kind: "tcp", target: tcpTarget(context, scope, tcp, path), statPrefix: tcp.stat_prefix ?? "" };
}

function tcpTarget(context: ResolveContext, scope: Scope, tcp: TcpProxy, path: string): HirTarget {
  if (!tcp.weighted_clusters) {
    const cluster = tcp.cluster ?? "";
    useCluster(context.facts, scope, cluster, () => `${path}.cluster`);
    return { kind: "cluster", cluster };
  }
  const list = tcp.weighted_clusters.clusters ?? [];
  const entries = list.map(({ name = "", weight = 0, metadata_match: metadata }, i) => {
    const at = `${path}.weighted_clusters.clusters[${i}]`;
    if (metadata) noteMetadataMatch(scope, `${at}.metadata_match`);
    useCluster(context.facts, scope, name, () => `${at}.name`);
    return { path: at, weight, target: { kind: "cluster" as const, cluster: name }, treatment: {} };
  });
  return { kind: "weighted", entries };
}
