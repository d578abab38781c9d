import type {
  Cluster,
  ClusterLoadAssignment,
  Filter,
  FilterChain,
  HttpConnectionManager,
  HttpFilter,
  LbEndpoint,
  Listener,
  Route,
  RouteConfiguration,
  VirtualHost,
} from "../../decode/gen/types.ts";
import type { XdsAny, XdsKind, XdsMessage, XdsResource } from "../../decode/index.ts";
import { Collector, type Diagnostic } from "../../diag/index.ts";
import type { HirHttp, HirListener, HirModel, HirRoute, HirRouteConfig } from "../../hir/index.ts";
import { type ResolveOptions, resolveSnapshot } from "../index.ts";

/** Resources as decode gives them, by name. */
export interface Given {
  readonly listeners?: Readonly<Record<string, Listener>>;
  readonly routes?: Readonly<Record<string, RouteConfiguration>>;
  readonly clusters?: Readonly<Record<string, Cluster>>;
  readonly endpoints?: Readonly<Record<string, ClusterLoadAssignment>>;
}

export interface Resolved {
  readonly model: HirModel;
  readonly diagnostics: readonly Diagnostic[];
  /** Codes of errors, punts and notes. */
  readonly codes: (severity: Diagnostic["severity"]) => readonly string[];
}

export function resolve(given: Given, options?: ResolveOptions): Resolved {
  const sink = new Collector();
  const model = resolveSnapshot(
    {
      listeners: resources("listener", "listeners", given.listeners),
      routes: resources("route", "routes", given.routes),
      clusters: resources("cluster", "clusters", given.clusters),
      endpoints: resources("endpoint", "endpoints", given.endpoints),
    },
    sink,
    options,
  );
  const diagnostics = sink.list();
  return { model, diagnostics, codes: (severity) => diagnostics.filter((d) => d.severity === severity).map((d) => d.code) };
}

function resources(kind: XdsKind, root: string, named: Readonly<Record<string, object>> = {}): readonly XdsResource[] {
  return Object.entries(named).map(([name, message]) => ({
    kind,
    name,
    path: `${root}[${JSON.stringify(name)}]`,
    message: { name, ...message } as unknown as XdsMessage,
  }));
}

export function any(type: string, value: object = {}): XdsAny {
  return { any: type, value: value as XdsMessage };
}

/** An Any whose type is not read. */
export function opaque(type: string): XdsAny {
  return { any: type };
}

export const types = {
  hcm: "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
  tcp: "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
  router: "envoy.extensions.filters.http.router.v3.Router",
  fault: "envoy.extensions.filters.http.fault.v3.HTTPFault",
  filterConfig: "envoy.config.route.v3.FilterConfig",
  tlsInspector: "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
  httpInspector: "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector",
} as const;

export function tcpProxy(cluster = "c", more: object = {}): Filter {
  return { name: "tcp", typed_config: any(types.tcp, { stat_prefix: "tcp", cluster, ...more }) };
}

export const router: HttpFilter = { name: "router", typed_config: any(types.router) };

export function httpFilter(name: string, type: string, value?: object, more: object = {}): HttpFilter {
  return { name, typed_config: value ? any(type, value) : opaque(type), ...more };
}

export function hcm(config: Partial<HttpConnectionManager>): Filter {
  return { name: "hcm", typed_config: any(types.hcm, { stat_prefix: "http", http_filters: [router], ...config }) };
}

/** A listener on 10.0.0.1:80 with these chains (or filters of its one chain). */
export function listener(filters: readonly Filter[], more: Partial<Listener> = {}): Listener {
  return { address: address("10.0.0.1", 80), filter_chains: [{ filters }], ...more };
}

export function chains(...filterChains: readonly FilterChain[]): Listener {
  return { address: address("10.0.0.1", 80), filter_chains: filterChains };
}

export function address(ip: string, port: number) {
  return { socket_address: { address: ip, port_value: port } };
}

export const clusterC: Readonly<Record<string, Cluster>> = { c: {} };

export function endpoint(ip: string, port = 80, more: Partial<LbEndpoint> = {}): LbEndpoint {
  return { endpoint: { address: address(ip, port) }, ...more };
}

export function table(routes: readonly Route[], more: Partial<VirtualHost> = {}): RouteConfiguration {
  return { virtual_hosts: [{ name: "v", domains: ["*"], routes, ...more }] };
}

export const toC: Route = { match: { prefix: "/" }, route: { cluster: "c" } };

/** A table `r` that one listener uses by RDS; cluster c exists. */
export function withTable(config: RouteConfiguration, http: Partial<HttpConnectionManager> = {}): Given {
  return {
    listeners: { l: listener([hcm({ rds: { route_config_name: "r", config_source: { ads: {} } }, ...http })]) },
    routes: { r: config },
    clusters: clusterC,
  };
}

export function withRoutes(...routes: readonly Route[]): Given {
  return withTable(table(routes));
}

export function firstListener(resolved: Resolved): HirListener {
  return resolved.model.listeners[0]!;
}

export function firstTable(resolved: Resolved): HirRouteConfig {
  return resolved.model.routeConfigs[0]!;
}

export function firstRoute(resolved: Resolved): HirRoute {
  return firstTable(resolved).vhosts[0]!.routes[0]!;
}

export function firstHttp(resolved: Resolved): HirHttp {
  const network = firstListener(resolved).chains[0]!.network;
  if (network.kind !== "http") throw new Error(`not HTTP: ${network.kind}`);
  return network.http;
}
