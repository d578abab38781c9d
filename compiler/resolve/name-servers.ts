import type { Address, CaresDnsResolverConfig, Cluster } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import type { HirLookup } from "../hir/index.ts";
import { formatSocketAddress, splitZone } from "../hir/ip.ts";
import { addressKind, canonicalIp } from "./address.ts";
import { type DnsClusterOf, dnsClusterOf } from "./dns-cluster.ts";
import { firstPunt, note, punt, puntedField, refuse, type Scope } from "./scope.ts";

const cares = "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig";
const getaddrinfo = "envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig";

/** Of one cluster. resolv.conf(5) takes 3; each costs two seconds and more where it is silent. */
const maxNameServers = 16;

/** What a cluster says of its resolver. `at`: path of the list of servers, or of the extension, below the cluster's. */
type ResolverOf =
  | { readonly kind: "cares"; readonly at: string; readonly config: CaresDnsResolverConfig }
  | { readonly kind: "extension"; readonly at: string; readonly type: string };

/** How a DNS cluster's names are looked up, where `checkLookup` does not leave the cluster to a proxy. */
export function lookupOf(cluster: DnsClusterOf): HirLookup {
  const resolver = resolverOf(cluster);
  if (resolver?.kind !== "cares") return {};
  const { resolvers = [], use_resolvers_as_fallback: fallback, dns_resolver_options: options } = resolver.config;
  const servers = resolvers.slice(0, maxNameServers).flatMap((resolver) => serverOf(resolver) ?? []);
  return {
    ...(servers.length > 0 ? { servers, ...(fallback ? { fallback } : {}) } : {}),
    ...(options?.no_default_search_domain ? { asIs: true } : {}),
  };
}

/** Refuses name servers that Envoy refuses. What the kernel's side can't do of how names are looked up: a diagnostic code, or absent. */
export function checkLookup(scope: Scope, message: Cluster, path: string): string | undefined {
  const cluster = dnsClusterOf(message);
  const resolver = cluster && resolverOf(cluster);
  if (!resolver) return undefined;
  const at = `${path}${resolver.at}`;
  switch (resolver.kind) {
    case "cares":
      return firstPunt(checkServers(scope, resolver.config.resolvers ?? [], at), puntedField(scope, cares, resolver.config));
    case "extension": {
      const { type } = resolver;
      if (type === getaddrinfo) {
        note(scope, "KM2417", type, () => at, "host names are looked up in /etc/hosts and by name servers, in place of getaddrinfo()");
        return undefined;
      }
      return punt(
        scope,
        "KM2416",
        at,
        `host names of this cluster are looked up by ${type}`,
        `only a proxy that has it can do that; ${cares} names the servers to ask`,
      );
    }
  }
}

/** The first that is set, in Envoy's order: what is left is not read. Undefined: as the machine does. */
function resolverOf({ below, settings }: DnsClusterOf): ResolverOf | undefined {
  const { typed_dns_resolver_config: typed, dns_resolution_config: config, dns_resolvers: resolvers = [] } = settings;
  if (typed?.typed_config) {
    const at = `${below}.typed_dns_resolver_config.typed_config`;
    const known = messageIn(typed.typed_config, cares);
    return known ? { kind: "cares", at: `${at}.resolvers`, config: known } : { kind: "extension", at, type: typed.typed_config.any };
  }
  if (config) return { kind: "cares", at: `${below}.dns_resolution_config.resolvers`, config };
  return resolvers.length > 0 ? { kind: "cares", at: `${below}.dns_resolvers`, config: { resolvers } } : undefined;
}

function checkServers(scope: Scope, resolvers: readonly Address[], at: string): string | undefined {
  const hint = "give the name servers as socket_address, each with its IP address and port";
  const unusable = resolvers.findIndex((resolver) => serverOf(resolver) === undefined);
  if (unusable >= 0 && splitZone(resolvers[unusable]?.socket_address?.address ?? "")) {
    return punt(scope, "KM2418", `${at}[${unusable}]`, `the name server ${textOf(resolvers[unusable])} has a zone`, hint);
  }
  if (unusable >= 0) {
    refuse(scope, "KM2409", `${at}[${unusable}]`, `the name server ${textOf(resolvers[unusable])} is no IP address`, hint);
    return undefined;
  }
  if (resolvers.length <= maxNameServers) return undefined;
  return punt(scope, "KM2418", at, `${resolvers.length} name servers are more than ${maxNameServers}`, "name those that are asked first");
}

/** `ip:port`; undefined where it is no IP address. The protocol does not count: each name server is asked by UDP first. */
function serverOf(address: Address): string | undefined {
  const { address: text = "", port_value: port } = address.socket_address ?? {};
  const ip = canonicalIp(text);
  // c-ares takes port 0 for the usual one.
  return ip === undefined ? undefined : formatSocketAddress(ip, port || 53);
}

function textOf(address: Address | undefined): string {
  const found = addressKind(address);
  switch (found.kind) {
    case "socket":
      return JSON.stringify(found.socket.address ?? "");
    case "pipe":
    case "internal":
      return JSON.stringify(found.text);
    case "none":
      return "without address";
  }
}
