/** Small models in words, for the tests of the back end. */
import type {
  HirChain,
  HirChainMatch,
  HirCluster,
  HirEndpoint,
  HirHttp,
  HirListener,
  HirModel,
  HirNetwork,
  HirPrefix,
  HirRoute,
  HirRouteConfig,
  HirTarget,
} from "../../hir/index.ts";
import { http as defaultHttp } from "../../hir/test/build.ts";

export function prefix(text: string): HirPrefix {
  const [ip, length] = text.split("/");
  return { ip: ip!, length: Number(length) };
}

export function endpoint(ip: string, port = 8080, more: Partial<HirEndpoint> = {}): HirEndpoint {
  return { address: { kind: "ip", ip, port }, weight: 1, health: "healthy", ...more };
}

export function cluster(name: string, endpoints: readonly HirEndpoint[], more: Partial<HirCluster> = {}): HirCluster {
  return {
    name,
    path: `clusters[${JSON.stringify(name)}]`,
    discovery: "static",
    lb: "round_robin",
    priorities: [[{ name: "", endpoints }]],
    overprovisioning: 140,
    panicThreshold: 50,
    failTrafficOnPanic: false,
    weightedPriorityHealth: false,
    localityWeighted: false,
    ...more,
  };
}

export const to = (name: string): HirTarget => ({ kind: "cluster", cluster: name });

export function weighted(...entries: readonly (readonly [cluster: string, weight: number])[]): HirTarget {
  return {
    kind: "weighted",
    entries: entries.map(([name, weight], i) => ({
      path: `entries[${i}]`,
      weight,
      target: { kind: "cluster", cluster: name },
      treatment: {},
    })),
  };
}

export const tcp = (target: HirTarget | string): HirNetwork => ({
  kind: "tcp",
  target: typeof target === "string" ? to(target) : target,
  statPrefix: "t",
});

export function chain(name: string, network: HirNetwork, match: Partial<HirChainMatch> = {}): HirChain {
  return {
    name,
    path: `chains[${name}]`,
    match: {
      prefixRanges: [],
      serverNames: [],
      applicationProtocols: [],
      directSourcePrefixRanges: [],
      sourceType: "any",
      sourcePrefixRanges: [],
      sourcePorts: [],
      ...match,
    },
    network,
  };
}

export function listener(
  name: string,
  addresses: readonly string[],
  chains: readonly HirChain[],
  more: Partial<HirListener> = {},
): HirListener {
  return {
    name,
    path: `listeners[${name}]`,
    addresses: addresses.map((text) => {
      const at = text.lastIndexOf(":");
      return { ip: text.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(text.slice(at + 1)), ipv4Compat: false };
    }),
    useOriginalDst: false,
    inspectors: { tls: false, http: false },
    listenerFiltersTimeout: 0,
    continueOnListenerFiltersTimeout: false,
    chains: chains.map((c) => ({ ...c, path: `listeners[${name}].${c.path}` })),
    ...more,
  };
}

export function http(routeConfig: string, more: Partial<HirHttp> = {}): HirNetwork {
  return { kind: "http", http: defaultHttp({ routeConfig, routeConfigName: routeConfig, ...more }) };
}

export function route(target: HirTarget, more: Partial<HirRoute> = {}): HirRoute {
  return {
    name: "",
    path: "route",
    match: { path: { kind: "prefix", value: "/" }, caseSensitive: true, headers: [], query: [], cookies: [], grpc: false },
    action: { kind: "forward", target, notFoundStatus: 503 },
    treatment: {},
    ...more,
  };
}

export function routeConfig(path: string, routes: readonly HirRoute[], more: Partial<HirRouteConfig> = {}): HirRouteConfig {
  return {
    name: path,
    path,
    ignorePortInHost: false,
    ignorePathParameters: false,
    internalOnlyHeaders: [],
    mostSpecificHeaderMutationsWins: false,
    treatment: {},
    vhosts: [{ name: "v", path: `${path}.v`, domains: ["*"], requireTls: "none", routes, treatment: {} }],
    ...more,
  };
}

export function model(
  listeners: readonly HirListener[],
  clusters: readonly HirCluster[],
  routeConfigs: readonly HirRouteConfig[] = [],
): HirModel {
  const by = <T>(list: readonly T[], key: (item: T) => string) => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { listeners: by(listeners, (l) => l.name), routeConfigs: by(routeConfigs, (r) => r.path), clusters: by(clusters, (c) => c.name) };
}
