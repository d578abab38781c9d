import type { Cluster } from "../decode/gen/types.ts";
import type { HirCluster, HirEndpoint, HirLookup } from "../hir/index.ts";
import { canonicalIp } from "./address.ts";
import { type DnsClusterOf, dnsClusterOf } from "./dns-cluster.ts";
import { socketEndpoint } from "./endpoint-address.ts";
import type { Assignment } from "./endpoints.ts";
import { readHost } from "./host-name.ts";
import { lookupOf } from "./name-servers.ts";
import { refuse, type Scope } from "./scope.ts";
import { firstFamily } from "./tried-address.ts";

/** What a DNS cluster wants to know of a host name. Times are milliseconds; unset fields have Envoy's defaults here. */
export interface HostnameQuery extends HirLookup {
  /** Of its answer; the same for clusters that may share one. */
  readonly key: string;
  readonly hostname: string;
  readonly family: "auto" | "v4_only" | "v6_only" | "v4_preferred" | "all";
  /** STRICT_DNS wants all addresses, and takes none for an answer; LOGICAL_DNS the first, and takes none for a failure. */
  readonly wants: "all" | "first";
  /** The family that the first address is of, where the answer has one of it. */
  readonly firstFamily?: 4 | 6;
  readonly refresh: HostnameRefresh;
}

export interface HostnameRefresh {
  readonly intervalMs: number;
  readonly respectTtl: boolean;
  readonly minTtlMs: number;
  readonly jitterMs: number;
  /** Absent: after failures as after answers. */
  readonly failure?: { readonly baseMs: number; readonly maxMs: number };
}

/** Addresses of a name: IP addresses as text. Undefined: it stays a name. */
export type AnswerOf = (query: HostnameQuery) => readonly string[] | undefined;

/** The host names that a cluster's endpoints have; none where the cluster is no DNS cluster. */
export function hostnameQueries(message: Cluster): readonly HostnameQuery[] {
  const cluster = dnsClusterOf(message);
  if (!cluster) return [];
  const names = new Set<string>();
  for (const { lb_endpoints: list = [] } of message.load_assignment?.endpoints ?? [])
    for (const { endpoint } of list) {
      const { address = "" } = endpoint?.address?.socket_address ?? {};
      const read = readHost(address);
      if (read && "host" in read) names.add(read.host);
    }
  return [...names].map((hostname) => queryOf(cluster, hostname, firstFamily(message)));
}

/** The cluster's endpoints with addresses in the place of names: each has the weight, health and locality of its name, and is called by it. */
export function withAnswers(assignment: Assignment, message: Cluster, answerOf: AnswerOf): Assignment {
  const cluster = dnsClusterOf(message);
  if (!cluster) return assignment;
  const first = firstFamily(message);
  const v4Only = cluster.settings.dns_lookup_family === "V4_ONLY";
  const resolved = (endpoint: HirEndpoint): readonly HirEndpoint[] => {
    const { address } = endpoint;
    // An address is looked up like a name, and an IPv6 one has no IPv4 address. The other families take both kinds.
    if (address.kind !== "host" && address.kind !== "other" && v4Only && address.ip.includes(":")) return [];
    if (address.kind !== "host") return [endpoint];
    const addresses = answerOf(queryOf(cluster, address.host, first));
    if (!addresses) return [endpoint];
    return addresses.flatMap((text) => {
      const ip = canonicalIp(text);
      return ip === undefined ? [] : [{ hostname: address.host, ...endpoint, address: socketEndpoint(ip, address.port) }];
    });
  };
  return {
    ...assignment,
    priorities: assignment.priorities.map((localities) =>
      localities.map((locality) => ({ ...locality, endpoints: [...locality.endpoints].flatMap(resolved) })),
    ),
  };
}

/** Refuses a back-off that Envoy refuses; it counts whole milliseconds. */
export function checkHostnameSettings(scope: Scope, message: Cluster, path: string): void {
  const cluster = dnsClusterOf(message);
  const failure = cluster?.settings.dns_failure_refresh_rate;
  if (!failure || failure.max_interval === undefined || Math.floor(failure.max_interval) >= Math.floor(failure.base_interval ?? 0)) return;
  const field = `${path}${cluster?.below}.dns_failure_refresh_rate`;
  refuse(scope, "KM2407", field, "max_interval is below base_interval", "give a max_interval that is not below base_interval");
}

const families: Readonly<Record<string, HostnameQuery["family"]>> = {
  V4_ONLY: "v4_only",
  V6_ONLY: "v6_only",
  V4_PREFERRED: "v4_preferred",
  ALL: "all",
};

const defaultRefreshMs = 5000;

/** `preferred` is as firstFamily() gives it: it counts where answers may have addresses of both families. */
function queryOf(cluster: DnsClusterOf, hostname: string, preferred: string | undefined): HostnameQuery {
  const { wants, settings } = cluster;
  const family = families[settings.dns_lookup_family ?? ""] ?? "auto";
  const first = wants === "first" && family === "all" && (preferred === "V4" || preferred === "V6") ? preferred : undefined;
  const lookup = lookupOf(cluster);
  const failure = settings.dns_failure_refresh_rate;
  const baseMs = failure?.base_interval ?? 0;
  return {
    key: `${wants}${first ?? ""} ${family}${lookupKey(lookup)} ${hostname}`,
    hostname,
    family,
    wants,
    ...(first === undefined ? {} : { firstFamily: first === "V4" ? 4 : 6 }),
    ...lookup,
    refresh: {
      intervalMs: settings.dns_refresh_rate ?? defaultRefreshMs,
      respectTtl: settings.respect_dns_ttl ?? false,
      minTtlMs: settings.dns_min_refresh_rate ?? 0,
      jitterMs: settings.dns_jitter ?? 0,
      ...(failure ? { failure: { baseMs, maxMs: failure.max_interval ?? baseMs * 10 } } : {}),
    },
  };
}

/** Without a space, so that no host name can look like it; empty for what the machine does. */
function lookupKey({ servers, fallback, asIs }: HirLookup): string {
  return `${asIs ? "/as-is" : ""}${fallback ? "/fallback" : ""}${servers ? `@${servers.join(",")}` : ""}`;
}

/** Discovery by host names. */
export function isDns(discovery: HirCluster["discovery"]): boolean {
  return discovery === "strict_dns" || discovery === "logical_dns";
}
