import type { FilterChain, Listener, ListenerFilter, ListenerFilterChainMatchPredicate } from "../decode/gen/types.ts";
import { messageIn, type XdsResource } from "../decode/index.ts";
import type { HirChain, HirChainMatch, HirListenAddress, HirListener } from "../hir/index.ts";
import { addressKind } from "./address.ts";
import { checkChainTree } from "./chain-tree.ts";
import type { ResolveContext } from "./context.ts";
import { checkChains, matchAll, type NamedMatch, resolveChainMatch } from "./filter-chain.ts";
import { checkDiscovery } from "./filter-discovery.ts";
import { checkAddresses, resolveAddresses } from "./listen-address.ts";
import { resolveNetwork } from "./network.ts";
import { isForeignTo } from "./network-filters.ts";
import { elementPath, firstPunt, note, punt, puntedField, refuse, type Scope } from "./scope.ts";

/** A listener whose connections we decide; absent when Envoy would refuse it, or when it is not ours (inbound, UDP, internal). */
export function resolveListener(context: ResolveContext, scope: Scope, resource: XdsResource): HirListener | undefined {
  const listener = resource.message as Listener;
  const { path } = resource;
  if (!isOurs(scope, listener, path)) return undefined;
  const useOriginalDst = listener.use_original_dst ?? false;
  const addresses = resolveAddresses(scope, listener, path);
  if (addresses.length === 0 && !useOriginalDst) return undefined;
  if (listener.fcds_config && !listener.filter_chain_matcher) {
    refuse(scope, "KM2129", `${path}.fcds_config`, "only filter_chain_matcher finds chains from a discovery service", "add a matcher");
  }
  if (!listener.filter_chains?.length && !listener.default_filter_chain) {
    refuse(scope, "KM2106", path, "this listener has no filter chain", "add filter_chains or default_filter_chain");
  }
  const chains = resolveChains(context, scope, listener, path);
  // A generic matcher names the chains itself; then equal matches are legal.
  const ambiguous = listener.filter_chain_matcher ? undefined : checkChains(scope, chains, path);
  const fallback = listener.default_filter_chain;
  const inspectors = resolveListenerFilters(scope, listener, addresses, chains, path);
  const punted = firstPunt(puntedField(scope, "envoy.config.listener.v3.Listener", listener), inspectors.punt, ambiguous);
  // Nothing is asked of the chain that remains, whatever its match says.
  const defaultChain = fallback && resolveChain(context, scope, fallback, `${path}.default_filter_chain`, matchAll);
  if (scope.rejected) return undefined;
  return {
    name: resource.name,
    path,
    addresses,
    useOriginalDst,
    inspectors: { tls: inspectors.tls, http: inspectors.http, ...(inspectors.shortHttp ? { shortHttp: true } : {}) },
    listenerFiltersTimeout: listener.listener_filters_timeout ?? 15_000,
    continueOnListenerFiltersTimeout: listener.continue_on_listener_filters_timeout ?? false,
    chains: chains.map((c) => c.chain),
    ...(defaultChain ? { defaultChain } : {}),
    ...(punted === undefined ? {} : { punt: punted }),
  };
}

/** Connections that a client on this machine makes over TCP. */
function isOurs(scope: Scope, listener: Listener, path: string): boolean {
  if (listener.api_listener) {
    if (listener.internal_listener) refuse(scope, "KM2101", path, "this listener is an internal one and an API listener", "make two of it");
    return false;
  }
  checkAddresses(scope, listener, path);
  if (listener.traffic_direction === "INBOUND") {
    note(scope, "KM2103", "inbound listener", () => path, "inbound connections are not steered: this listener is not compiled");
    return false;
  }
  const kind = addressKind(listener.address);
  const what = listener.internal_listener ? "an internal listener" : kind.kind === "pipe" ? "a Unix socket" : undefined;
  const udp = kind.kind === "socket" && kind.socket.protocol === "UDP" ? "a UDP listener" : what;
  if (udp === undefined) return true;
  note(scope, "KM2104", udp, () => path, `${udp} takes no TCP connection: it is not compiled`);
  return false;
}

interface BuiltChain extends NamedMatch {
  readonly chain: HirChain;
}

function resolveChains(context: ResolveContext, scope: Scope, listener: Listener, path: string): readonly BuiltChain[] {
  const chains = listener.filter_chains ?? [];
  const isNamed = listener.filter_chain_matcher !== undefined;
  if (isNamed) checkNames(scope, chains, path);
  if (isNamed) checkChainTree(scope, listener.filter_chain_matcher, `${path}.filter_chain_matcher`);
  const seen = new Set<string>();
  return chains.map((raw, i): BuiltChain => {
    const at = elementPath(`${path}.filter_chains`, raw.name, i, seen);
    const match = isNamed ? matchAll : resolveChainMatch(scope, raw.filter_chain_match, `${at}.filter_chain_match`);
    return { chain: resolveChain(context, scope, raw, at, match), raw, match, path: at };
  });
}

/** A matcher finds chains by name, and does not look at their matches. */
function checkNames(scope: Scope, chains: readonly FilterChain[], path: string): void {
  const names = new Set<string>();
  for (const [i, { name = "" }] of chains.entries()) {
    const at = `${path}.filter_chains[${i}].name`;
    if (name === "") refuse(scope, "KM2129", at, "filter_chain_matcher finds chains by name, and this one has none", "give it a name");
    else if (names.has(name)) {
      refuse(scope, "KM2129", at, `two chains are named ${JSON.stringify(name)}`, "give each chain a name of its own");
    }
    names.add(name);
  }
}

function resolveChain(context: ResolveContext, scope: Scope, chain: FilterChain, path: string, match: HirChainMatch): HirChain {
  return { name: chain.name ?? "", path, match, network: resolveNetwork(context, scope, chain, path) };
}

const inspectorTypes = {
  "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector": "tls",
  "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector": "http",
} as const;

/** Listener filters that change nothing where the original destination is what the client connects to. */
const harmless: ReadonlySet<string> = new Set([
  "envoy.extensions.filters.listener.original_dst.v3.OriginalDst",
  "envoy.extensions.filters.listener.original_src.v3.OriginalSrc",
]);

interface Inspectors {
  tls: boolean;
  http: boolean;
  shortHttp: boolean;
  /** The tls_inspector reads all that it ever does at once. */
  tlsReadsAll: boolean;
  punt: string | undefined;
}

/** Bytes that a tls_inspector reads at most, and at first unless told otherwise. */
const mostTlsBytes = 16_384;

/** An http_inspector behind one that begins with less gets more bytes when it asks for them. */
function readsAll({ typed_config: config }: ListenerFilter): boolean {
  const inspector = messageIn(config, "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector");
  return (inspector?.initial_read_buffer_size ?? mostTlsBytes) >= mostTlsBytes;
}

function resolveListenerFilters(
  scope: Scope,
  listener: Listener,
  addresses: readonly HirListenAddress[],
  chains: readonly BuiltChain[],
  path: string,
): Inspectors {
  const result: Inspectors = { tls: false, http: false, shortHttp: false, tlsReadsAll: false, punt: undefined };
  for (const [i, filter] of (listener.listener_filters ?? []).entries()) {
    const at = `${path}.listener_filters[${i}]`;
    const discovered = puntedField(scope, "envoy.config.listener.v3.ListenerFilter", filter);
    const type = filter.typed_config?.any;
    if (filter.config_discovery) checkDiscovery(scope, "listener", filter.config_discovery, at);
    if (discovered !== undefined) result.punt ??= discovered;
    else if (type === undefined) {
      refuse(
        scope,
        "KM2117",
        at,
        `${JSON.stringify(filter.name ?? "")} has no typed_config, and Envoy finds no filter by name`,
        "add typed_config",
      );
    } else if (type in inspectorTypes) {
      const inspector = inspectorTypes[type as keyof typeof inspectorTypes];
      result.punt ??= puntedField(scope, type, filter.typed_config?.value);
      const on = isEnabled(scope, filter, listener, addresses, chains, at);
      if (typeof on === "string") result.punt ??= on;
      else {
        if (on && inspector === "tls" && !result.tls) result.tlsReadsAll = readsAll(filter);
        if (on && inspector === "http" && !result.http) result.shortHttp = result.tls && result.tlsReadsAll;
        result[inspector] ||= on;
      }
    } else if (isForeignTo("listener", type)) {
      refuse(scope, "KM2127", at, `Envoy has no listener filter of the type ${type}`, "name a filter of Envoy's, or leave it out");
    } else if (!harmless.has(type)) {
      checkVersions(scope, filter, at);
      const message = `the listener filter ${JSON.stringify(filter.name ?? "")} (${type}) may refuse connections or change their addresses`;
      result.punt ??= punt(scope, "KM2105", at, message, "this listener is left to a proxy");
    }
  }
  return result;
}

/** PROXY protocol has two versions, and one must be left. */
function checkVersions(scope: Scope, filter: ListenerFilter, path: string): void {
  const versions = messageIn(filter.typed_config, "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol")?.disallowed_versions;
  if (!versions?.includes("V1") || !versions.includes("V2")) return;
  refuse(scope, "KM2132", `${path}.typed_config.disallowed_versions`, "no version of PROXY protocol is left", "allow V1 or V2");
}

/**
 * filter_disabled switches an inspector off for some destination ports. The ports of a listener's own addresses are known; a listener that
 * takes every port is left to a proxy where the answer differs and may be met: a chain asks for what the inspector finds, or a connection that
 * waits for the inspector is not taken on after a while.
 */
function isEnabled(
  scope: Scope,
  filter: ListenerFilter,
  listener: Listener,
  addresses: readonly HirListenAddress[],
  chains: readonly BuiltChain[],
  path: string,
): boolean | string {
  const predicate = filter.filter_disabled;
  if (!predicate) return true;
  const ports = listener.use_original_dst ? boundaryPorts(predicate) : addresses.map((a) => a.port);
  const disabled = new Set(ports.map((port) => holds(predicate, port)));
  if (disabled.size === 1) return !disabled.has(true);
  const asked = chains.some(
    ({ match: m }) => m.serverNames.length + m.applicationProtocols.length > 0 || m.transportProtocol !== undefined,
  );
  const goesOn = listener.continue_on_listener_filters_timeout && listener.listener_filters_timeout !== 0;
  if (!asked && goesOn) return true;
  return punt(
    scope,
    "KM2108",
    `${path}.filter_disabled`,
    "this inspector is on for some ports of the listener and off for others",
    "the listener is left to a proxy",
  );
}

/** One port of each stretch of ports that a predicate treats alike. */
function boundaryPorts(predicate: ListenerFilterChainMatchPredicate): readonly number[] {
  const ports = new Set([1]);
  const visit = (p: ListenerFilterChainMatchPredicate): void => {
    for (const edge of [p.destination_port_range?.start, p.destination_port_range?.end]) {
      if (edge !== undefined && edge > 0 && edge <= 65535) ports.add(edge);
    }
    for (const rule of [...(p.or_match?.rules ?? []), ...(p.and_match?.rules ?? []), ...(p.not_match ? [p.not_match] : [])]) visit(rule);
  };
  visit(predicate);
  return [...ports];
}

function holds(predicate: ListenerFilterChainMatchPredicate, port: number): boolean {
  if (predicate.or_match) return (predicate.or_match.rules ?? []).some((rule) => holds(rule, port));
  if (predicate.and_match) return (predicate.and_match.rules ?? []).every((rule) => holds(rule, port));
  if (predicate.not_match) return !holds(predicate.not_match, port);
  const range = predicate.destination_port_range;
  return range ? port >= (range.start ?? 0) && port < (range.end ?? 0) : predicate.any_match === true;
}
