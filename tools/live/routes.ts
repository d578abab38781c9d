/** The shares of clusters that VirtualServices ask for. Source: istiod's pilot/pkg/networking/core/route/route.go. */
import {
  fullHost,
  type HttpMatch,
  type HttpRule,
  hostOf,
  type KubernetesObject,
  ofKind,
  type Service,
  type ServicePort,
  type VirtualService,
  type WeightedDestination,
} from "./objects.ts";
import { NO_CLUSTER, sharesText } from "./shares.ts";

/** What a service's port should do with what it is sent. */
export interface ExpectedRoutes {
  /** HTTP: the virtual host `host:port`; TCP: the listener `address_port`. */
  readonly kind: "http" | "tcp";
  readonly name: string;
  /** The shares of each route, in the order of evaluation; of TCP there is one. */
  readonly routes: readonly string[];
}

export interface RouteExpectations {
  readonly expected: readonly ExpectedRoutes[];
  /** A line for each that is not compared, with the reason. */
  readonly unjudged: readonly string[];
}

/** Conditions that depend on who asks, so that a proxy may have the rule or not. */
const ASKER = ["sourceLabels", "sourceNamespace", "gateways", "port"];

export function expectedRoutes(objects: readonly KubernetesObject[], domain: string): RouteExpectations {
  const services = new Map(ofKind(objects, "Service").map((service) => [hostOf(service, domain), service]));
  const expected: ExpectedRoutes[] = [];
  const unjudged: string[] = [];
  const taken = new Set<string>();
  const age = ({ metadata }: VirtualService): string => metadata.creationTimestamp ?? "";
  for (const rules of [...ofKind(objects, "VirtualService")].sort((a, b) => (age(a) < age(b) ? -1 : 1))) {
    if (rules.spec?.gateways && !rules.spec.gateways.includes("mesh")) continue;
    for (const short of rules.spec?.hosts ?? []) {
      const host = fullHost(short, rules, domain);
      const service = services.get(host);
      const why = taken.has(host) ? "an older VirtualService has this host" : whyUnjudged(rules, service);
      taken.add(host);
      if (why || !service) unjudged.push(`VirtualService ${rules.metadata.name} for ${host}: ${why}`);
      else expected.push(...routesOf(rules, service, { services, domain }));
    }
  }
  return { expected, unjudged };
}

interface Mesh {
  readonly services: ReadonlyMap<string, Service>;
  readonly domain: string;
}

function whyUnjudged({ spec }: VirtualService, service: Service | undefined): string | undefined {
  if (!service) return "no service has this host";
  if (spec?.tls?.length) return "it has rules for TLS";
  if (spec?.tcp?.some(({ match }) => match?.length)) return "its rules for TCP have conditions";
  if (spec?.http?.some(({ delegate }) => delegate)) return "it delegates";
  const matches = spec?.http?.flatMap(({ match = [] }) => match) ?? [];
  return matches.some((match) => ASKER.some((name) => name in match)) ? "its conditions depend on who asks" : undefined;
}

function routesOf(rules: VirtualService, service: Service, mesh: Mesh): readonly ExpectedRoutes[] {
  const { http = [], tcp = [] } = rules.spec ?? {};
  const ports = (service.spec?.ports ?? []).filter(({ protocol = "TCP" }) => protocol === "TCP");
  return ports.flatMap((port): readonly ExpectedRoutes[] => {
    const shares = (route: readonly WeightedDestination[] = [], nameOf = clusterOf): string =>
      sharesText(route.map(({ destination, weight = 0 }) => [nameOf(destination, rules, port.port, mesh), route.length > 1 ? weight : 1]));
    if (http.length > 0 && !isTcp(port)) {
      const routes = untilAll(http).flatMap(({ match, route }) => Array.from({ length: match?.length || 1 }, () => shares(route)));
      return [{ kind: "http", name: `${hostOf(service, mesh.domain)}:${port.port}`, routes }];
    }
    if (tcp.length === 0 || !isTcp(port)) return [];
    return [{ kind: "tcp", name: `${service.spec?.clusterIP}_${port.port}`, routes: [shares(tcp[0]!.route, knownClusterOf)] }];
  });
}

/** istiod takes ports by the first word of their name; one without a known word has its protocol found out, and the rules for HTTP. */
function isTcp({ name = "", appProtocol = name }: ServicePort): boolean {
  return /^(tcp|tls|https|mongo|mysql|redis)(-|$)/.test(appProtocol);
}

/** The rules up to one that takes every request. */
function untilAll(rules: readonly HttpRule[]): readonly HttpRule[] {
  const last = rules.findIndex(({ match }) => !match?.length || match.some(takesAll));
  return last < 0 ? rules : rules.slice(0, last + 1);
}

function takesAll(match: HttpMatch): boolean {
  return Object.keys(match).every((name) => name === "name" || name === "uri") && (match.uri === undefined || match.uri.prefix === "/");
}

type Destination = WeightedDestination["destination"];

function clusterOf({ host: short, subset = "", port }: Destination, rules: VirtualService, listener: number, mesh: Mesh): string {
  const host = fullHost(short, rules, mesh.domain);
  const ports = mesh.services.get(host)?.spec?.ports;
  const number = port?.number ?? (ports?.length === 1 ? ports[0]!.port : listener);
  return `outbound|${number}|${subset}|${host}`;
}

/** The kernel has no cluster of a service that there is not: this share of connections is refused. */
function knownClusterOf(destination: Destination, rules: VirtualService, listener: number, mesh: Mesh): string {
  return mesh.services.has(fullHost(destination.host, rules, mesh.domain)) ? clusterOf(destination, rules, listener, mesh) : NO_CLUSTER;
}
