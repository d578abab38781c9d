/** HIR models in few words, for tests: what is not said has Envoy's default. */
import type { Answer, Question } from "../decision.ts";
import { createInterpreter, type Interpreter, parseQuestion, treat } from "../index.ts";
import type {
  HirAction,
  HirChain,
  HirChainMatch,
  HirCluster,
  HirFraction,
  HirHeaderMatch,
  HirHttp,
  HirListener,
  HirModel,
  HirNetwork,
  HirPathMatch,
  HirRoute,
  HirRouteConfig,
  HirRouteMatch,
  HirStringMatch,
  HirTarget,
  HirVirtualHost,
  HirWeighted,
} from "../model.ts";

export const address = "10.0.0.1:80";

export function cluster(name: string, overrides: Partial<HirCluster> = {}): HirCluster {
  const endpoint = { address: { kind: "ip", ip: "10.9.0.1", port: 80 }, weight: 1, health: "healthy" } as const;
  return {
    name,
    path: `clusters[${name}]`,
    discovery: "static",
    lb: "round_robin",
    priorities: [[{ name: "", endpoints: [endpoint] }]],
    overprovisioning: 140,
    panicThreshold: 50,
    failTrafficOnPanic: false,
    weightedPriorityHealth: false,
    localityWeighted: false,
    ...overrides,
  };
}

export const toCluster = (name: string): HirTarget => ({ kind: "cluster", cluster: name });

/** `weighted({ a: 1, b: 2 })`. */
export function weighted(weights: Readonly<Record<string, number>>, headerName?: string): HirTarget {
  const entries = Object.entries(weights).map(
    ([name, weight]): HirWeighted => ({ path: `weighted[${name}]`, weight, target: { kind: "cluster", cluster: name }, treatment: {} }),
  );
  return headerName === undefined ? { kind: "weighted", entries } : { kind: "weighted", entries, headerName };
}

export function forward(target: HirTarget | string, overrides: Partial<Extract<HirAction, { kind: "forward" }>> = {}): HirAction {
  return { kind: "forward", target: typeof target === "string" ? toCluster(target) : target, notFoundStatus: 503, ...overrides };
}

export const prefix = (value: string): HirPathMatch => ({ kind: "prefix", value });
export const fraction = (numerator: number, denominator = 100): HirFraction => ({ numerator, denominator });
export const text = (kind: "exact" | "prefix" | "suffix" | "contains", value: string, ignoreCase = false): HirStringMatch => ({
  kind,
  value,
  ignoreCase,
});
export const regex = (expression: string): HirStringMatch => ({ kind: "regex", regex: expression });

export function header(name: string, value: HirHeaderMatch["value"], overrides: Partial<HirHeaderMatch> = {}): HirHeaderMatch {
  return { name, invert: false, missingAsEmpty: false, value, ...overrides };
}

export interface RouteWords {
  readonly path?: HirPathMatch;
  readonly match?: Partial<HirRouteMatch>;
  /** A cluster's name, or any action. */
  readonly to: string | HirAction;
}

/** The route's name is that of its cluster. */
export function route({ path = prefix("/"), match = {}, to }: RouteWords, overrides: Partial<HirRoute> = {}): HirRoute {
  return {
    name: typeof to === "string" ? to : "",
    path: "",
    match: { path, caseSensitive: true, headers: [], query: [], cookies: [], grpc: false, ...match },
    action: typeof to === "string" ? forward(to) : to,
    treatment: {},
    ...overrides,
  };
}

export function vhost(domains: readonly string[], routes: readonly HirRoute[], overrides: Partial<HirVirtualHost> = {}): HirVirtualHost {
  return { name: domains[0] ?? "", path: "", domains, requireTls: "none", routes, treatment: {}, ...overrides };
}

export function routeConfig(vhosts: readonly HirVirtualHost[], overrides: Partial<HirRouteConfig> = {}): HirRouteConfig {
  return {
    name: "rc",
    path: "rc",
    ignorePortInHost: false,
    ignorePathParameters: false,
    internalOnlyHeaders: [],
    mostSpecificHeaderMutationsWins: false,
    treatment: {},
    ...overrides,
    vhosts: vhosts.map((host, h) => ({
      ...host,
      path: `rc.vhosts[${h}]`,
      routes: host.routes.map((one, r) => ({ ...one, path: `rc.vhosts[${h}].routes[${r}]` })),
    })),
  };
}

export function http(overrides: Partial<HirHttp> = {}): HirHttp {
  return {
    path: "hcm",
    routeConfig: "rc",
    routeConfigName: "rc",
    codec: "auto",
    normalizePath: false,
    mergeSlashes: false,
    escapedSlashes: "keep",
    stripHostPort: "none",
    stripTrailingHostDot: false,
    useRemoteAddress: false,
    skipXffAppend: false,
    trustedHops: 0,
    appendForwardedPort: false,
    via: "",
    generateRequestId: true,
    preserveExternalRequestId: false,
    packTraceReason: true,
    forwardClientCert: false,
    internalCidrs: [],
    underscores: "allow",
    acceptHttp10: false,
    defaultHostForHttp10: "",
    allowAbsoluteUrl: true,
    proxy100Continue: false,
    upgrades: [],
    maxRequestHeadersKb: 60,
    maxHeadersCount: 100,
    suppressEnvoyHeaders: false,
    ...overrides,
  };
}

export const anyMatch: HirChainMatch = {
  prefixRanges: [],
  serverNames: [],
  applicationProtocols: [],
  directSourcePrefixRanges: [],
  sourceType: "any",
  sourcePrefixRanges: [],
  sourcePorts: [],
};

export const tcp = (target: HirTarget | string): HirNetwork => ({
  kind: "tcp",
  target: typeof target === "string" ? toCluster(target) : target,
  statPrefix: "",
});

/** A chain that goes to the cluster of its own name. */
export function chain(name: string, match: Partial<HirChainMatch> = {}, network: HirNetwork = tcp(name)): HirChain {
  return { name, path: `chains[${name}]`, match: { ...anyMatch, ...match }, network };
}

export function listener(at: string | readonly string[], chains: readonly HirChain[], overrides: Partial<HirListener> = {}): HirListener {
  const addresses = (typeof at === "string" ? [at] : at).map((text) => {
    const colon = text.lastIndexOf(":");
    return { ip: text.slice(0, colon).replace(/[[\]]/g, ""), port: Number(text.slice(colon + 1)), ipv4Compat: false };
  });
  const name = typeof at === "string" ? at : at.join(" ");
  return {
    name,
    path: `listeners[${name}]`,
    addresses,
    useOriginalDst: false,
    inspectors: { tls: false, http: false },
    listenerFiltersTimeout: 15_000,
    continueOnListenerFiltersTimeout: false,
    chains,
    ...overrides,
  };
}

const names = (texts: readonly string[]) => texts.map((name) => cluster(name));

/** Any listeners; a cluster `a` to `f` each, and those given. */
export function model(
  listeners: readonly HirListener[],
  clusters: readonly HirCluster[] = [],
  configs: readonly HirRouteConfig[] = [],
): HirModel {
  const given = new Set(clusters.map(({ name }) => name));
  return {
    listeners,
    routeConfigs: configs,
    clusters: [...clusters, ...names(["a", "b", "c", "d", "e", "f"]).filter(({ name }) => !given.has(name))],
  };
}

/** One listener on 10.0.0.1:80 with one route table. */
export function web(
  vhosts: readonly HirVirtualHost[],
  more: { http?: Partial<HirHttp>; config?: Partial<HirRouteConfig>; clusters?: readonly HirCluster[] } = {},
): HirModel {
  const plain = chain("web", {}, { kind: "http", http: http(more.http) });
  return model([listener(address, [plain])], more.clusters, [routeConfig(vhosts, more.config)]);
}

/** One virtual host `*`. */
export const routes = (list: readonly HirRoute[], more: Parameters<typeof web>[1] = {}): HirModel => web([vhost(["*"], list)], more);

const interpreters = new WeakMap<HirModel, Interpreter>();

/** The answer to a question of `trace --batch`; `to` is 10.0.0.1:80 if left out. */
export function ask(hir: HirModel, words: Readonly<Record<string, unknown>>): Answer {
  const interpreter = interpreters.get(hir) ?? createInterpreter(hir);
  interpreters.set(hir, interpreter);
  const parsed = parseQuestion({ to: address, ...words });
  if (parsed.kind === "error") throw new Error(parsed.message);
  const question: Question = parsed.question;
  return treat(hir, question, interpreter.decide(question));
}

function splitLine(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}

/** A GET of `path` from `a.com`, with header lines `name: value`. */
export function get(path = "/", headers: readonly string[] = [], authority = "a.com") {
  return { request: { path, authority, headers: headers.map(splitLine) } };
}

/** In one word: the cluster (or the shares `a 0.3 b 0.7`), the status of a reply, the location of a redirect, or verdict and why. */
export function inShort(answer: Answer): string {
  switch (answer.verdict) {
    case "forward":
      return (answer.clusters ?? [])
        .map(({ name, probability, status }) =>
          probability === 1 ? name : `${name || "-"}${status === undefined ? "" : `!${status}`} ${+probability.toFixed(9)}`,
        )
        .join(" ");
    case "respond":
      return `${answer.status}`;
    case "redirect":
      return `${answer.status} ${answer.location}`;
    default:
      return answer.why === undefined ? answer.verdict : `${answer.verdict} ${answer.why}`;
  }
}
