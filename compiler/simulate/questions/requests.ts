import { wireText } from "../../hir/bytes.ts";
import type { Question } from "../../hir/decision.ts";
import type { HirHttp, HirListener, HirModel, HirRoute, HirRouteConfig, HirRouteMatch, HirVirtualHost } from "../../hir/index.ts";
import { createFinder, perObject } from "../../memo/index.ts";
import { arrivalOf, bytes } from "./connections.ts";
import { headCorpus } from "./heads.ts";
import { flipCase, headerSamples, pathSamples, stringSamples } from "./samples.ts";
import { endsOf, joinSeeds, type Seeds, seedsOf, seedsOfParts } from "./seeds.ts";

/** A connection manager and a way to it. */
interface Way {
  readonly arrival: Pick<Question, "to" | "from">;
  readonly http: HirHttp;
}

/** A route table and a way to it. */
interface Entry extends Pick<Way, "arrival"> {
  readonly config: HirRouteConfig;
}

interface Request {
  readonly method?: string;
  readonly path: string;
  readonly host: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** Every domain and route of every route table, through one connection manager each; every kind of manager with the corpus of heads. */
export function requestSeeds({ listeners, routeConfigs }: HirModel): {
  readonly heads: Seeds;
  readonly domains: Seeds;
  readonly routes: Seeds;
} {
  const managers = [...firstBy(listeners, kindOf).values()];
  const placeOf = findConfig(routeConfigs).get;
  const ways = firstBy(listeners, ({ routeConfig }) => (routeConfig === undefined ? undefined : placeOf(routeConfig)));
  const tables = [...ways].map(([place, { arrival }]): Entry => ({ arrival, config: routeConfigs[place]! }));
  return {
    heads: joinSeeds(managers.map(({ arrival }) => seedsOf(heads, (first) => [{ ...arrival, first }]))),
    domains: joinSeeds(tables.map((entry) => seedsOf(entry.config.vhosts, (vhost) => domainQuestions(entry, vhost)))),
    routes: joinSeeds(tables.map(routeSeeds)),
  };
}

const findConfig = createFinder(({ path }: HirRouteConfig) => path);

function routeSeeds(entry: Entry): Seeds {
  const { config } = entry;
  return seedsOfParts(config.vhosts, routeEnds(config), (vhost, at) => {
    return () => routeQuestions(entry, vhost, vhost.routes[at]!, vhost.routes[at + 1]);
  });
}

/** By virtual host: how many routes there are up to its last one. */
const routeEnds = perObject(({ vhosts }: HirRouteConfig) => endsOf(vhosts, ({ routes }) => routes.length));

/** The ways through a listener. */
const waysOf = perObject((listener: HirListener): readonly Way[] => {
  const chains = listener.defaultChain ? [...listener.chains, listener.defaultChain] : listener.chains;
  return chains.flatMap((chain) => {
    return chain.network.kind === "http" ? [{ arrival: arrivalOf(listener, chain), http: chain.network.http }] : [];
  });
});

/** By key of its connection manager, the first way; what has no key is left out. */
function firstBy<K>(listeners: readonly HirListener[], keyOf: (http: HirHttp) => K | undefined): ReadonlyMap<K, Way> {
  const first = new Map<K, Way>();
  for (const listener of listeners)
    for (const way of waysOf(listener)) {
      const key = keyOf(way.http);
      if (key !== undefined && !first.has(key)) first.set(key, way);
    }
  return first;
}

const heads = headCorpus.map(bytes);

/** Managers that read heads alike. */
const kindOf = perObject(({ path: _path, routeConfig: _config, routeConfigName: _name, fault: _fault, ...options }: HirHttp): string => {
  return JSON.stringify(options);
});

/** Hosts at a domain's boundary; the first one is meant to match. */
function hostSamples(domain: string): readonly string[] {
  const text = wireText(domain);
  if (text === "*") return ["any.example", ""];
  if (text.startsWith("*"))
    return [`x${text.slice(1)}`, text.slice(1), flipCase(`x${text.slice(1)}`), `x${text.slice(2)}`, `x${text.slice(1)}:80`];
  if (text.endsWith("*")) return [`${text.slice(0, -1)}x`, text.slice(0, -1), flipCase(`${text.slice(0, -1)}x`), `x${text.slice(0, -1)}x`];
  return [text, `${text}:80`, flipCase(text), `${text}.`, `x${text}`, text.slice(1)];
}

function* domainQuestions(entry: Entry, vhost: HirVirtualHost): Iterable<Question> {
  for (const domain of vhost.domains) for (const host of hostSamples(domain)) yield ask(entry, { path: "/", host, headers: [] });
}

/** Of a route, and of what it and the next one both take: the order of the two decides. */
function* routeQuestions(entry: Entry, vhost: HirVirtualHost, { match }: HirRoute, next: HirRoute | undefined): Iterable<Question> {
  const host = hostSamples(vhost.domains[0] ?? "*")[0]!;
  const paths = pathSamples(match.path);
  const conditions = conditionsOf(match);
  const method = match.path.kind === "connect" ? { method: "CONNECT" } : {};
  const request = (path: string, asked: readonly Condition[], except?: Condition, value?: string): Request => {
    let made: Request = { ...method, path, host, headers: [] };
    for (const condition of asked) {
      const chosen = condition === except ? value : condition.values[0];
      if (chosen !== undefined) made = condition.put(made, chosen);
    }
    return made;
  };
  for (const path of paths) yield ask(entry, request(path, conditions));
  for (const condition of conditions)
    for (const value of condition.values.slice(1)) yield ask(entry, request(paths[0]!, conditions, condition, value));
  if (match.headers.length > 0) {
    // The same header twice: any line may match.
    const twice = request(paths[0]!, conditions);
    yield ask(entry, { ...twice, headers: [...twice.headers.map(([name]) => [name, "other"] as const), ...twice.headers] });
  }
  if (next) {
    const all = [...conditions, ...conditionsOf(next.match)];
    for (const path of [paths[0]!, pathSamples(next.match.path)[0]!]) yield ask(entry, request(path, all));
  }
}

/** What a request must have beside its path. */
function conditionsOf(match: HirRouteMatch): readonly Condition[] {
  return [
    ...match.headers.map((header) => ({ values: headerSamples(header), put: putHeader(header.name) })),
    ...match.query.map(({ name, value }) => ({
      values: value.kind === "present" ? (value.present ? ["", undefined] : [undefined, ""]) : [...stringSamples(value), undefined],
      put: putQuery(wireText(name)),
    })),
    ...match.cookies.map(({ name, value, invert }) => ({
      values: invert ? [undefined, ...stringSamples(value)] : [...stringSamples(value), undefined],
      put: putCookie(wireText(name)),
    })),
    ...(match.grpc
      ? [{ values: ["application/grpc", "application/grpc+x", "application/grpcx", undefined], put: putHeader("content-type") }]
      : []),
  ];
}

interface Condition {
  readonly values: readonly (string | undefined)[];
  readonly put: (request: Request, value: string) => Request;
}

function putHeader(name: string): Condition["put"] {
  switch (name) {
    case ":method":
      return (request, method) => ({ ...request, method });
    case ":path":
      return (request, path) => ({ ...request, path });
    case ":authority":
    case "host":
      return (request, host) => ({ ...request, host });
    case ":scheme":
      return (request, value) => ({ ...request, headers: [...request.headers, ["x-forwarded-proto", value]] });
    default:
      return (request, value) => ({ ...request, headers: [...request.headers, [wireText(name), value]] });
  }
}

function putQuery(name: string): Condition["put"] {
  return (request, value) => ({ ...request, path: `${request.path}${request.path.includes("?") ? "&" : "?"}${name}=${value}` });
}

function putCookie(name: string): Condition["put"] {
  return (request, value) => ({ ...request, headers: [...request.headers, ["cookie", `${name}=${value}`]] });
}

function ask({ arrival, config }: Entry, { method = "GET", path, host, headers }: Request): Question {
  const target = method === "CONNECT" ? `${host}:80` : path;
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (config.vhostHeader !== undefined) lines.push(`${config.vhostHeader}: ${host}`);
  return { ...arrival, first: bytes(`${lines.join("\r\n")}\r\n\r\n`) };
}
