import { honoured, message, noted, punt } from "./dsl.ts";
import { dnsTransport } from "./notices.ts";

/** How the host names of DNS clusters are looked up: who is asked, and for which names. */
export const dnsSupport = {
  "envoy.config.core.v3.DnsResolutionConfig": message(honoured("resolvers", "dns_resolver_options")),
  "envoy.config.core.v3.DnsResolverOptions": message(honoured("no_default_search_domain"), noted(dnsTransport, "use_tcp_for_dns_lookups")),
  "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig": message(
    honoured("resolvers", "use_resolvers_as_fallback", "dns_resolver_options"),
    punt(
      "KM1422",
      "leaves out addresses of families that the proxy's own network does not have, which only the proxy knows: the cluster is left to it",
      "choose the family by dns_lookup_family",
      "filter_unroutable_families",
    ),
    noted(
      dnsTransport,
      "udp_max_queries",
      "query_timeout_seconds",
      "query_tries",
      "rotate_nameservers",
      "edns0_max_payload_size",
      "max_udp_channel_duration",
      "reinit_channel_on_timeout",
      "qcache_max_ttl",
    ),
  ),
} as const;
