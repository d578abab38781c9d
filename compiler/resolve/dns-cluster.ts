import type { Cluster, DnsCluster } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";

/** A cluster whose endpoints have host names, and where its settings stand. */
export interface DnsClusterOf {
  /** Of the message with the settings, below the cluster's path: empty where it is the cluster itself. */
  readonly below: "" | ".cluster_type.typed_config";
  /** STRICT_DNS wants all addresses, LOGICAL_DNS the first. */
  readonly wants: "all" | "first";
  readonly settings: Pick<
    DnsCluster,
    | "dns_lookup_family"
    | "dns_refresh_rate"
    | "dns_min_refresh_rate"
    | "dns_jitter"
    | "dns_failure_refresh_rate"
    | "respect_dns_ttl"
    | "typed_dns_resolver_config"
  > &
    Pick<Cluster, "dns_resolution_config" | "dns_resolvers">;
}

/** Settings of the typed form, beside which the cluster's own fields do not count, or these; undefined where it is no DNS cluster. */
export function dnsClusterOf(message: Cluster): DnsClusterOf | undefined {
  const typed = messageIn(message.cluster_type?.typed_config, "envoy.extensions.clusters.dns.v3.DnsCluster");
  if (typed) {
    return { below: ".cluster_type.typed_config", wants: typed.all_addresses_in_single_endpoint ? "first" : "all", settings: typed };
  }
  switch (message.cluster_type?.name ?? message.type) {
    case "STRICT_DNS":
    case "envoy.cluster.strict_dns":
      return { below: "", wants: "all", settings: message };
    case "LOGICAL_DNS":
    case "envoy.cluster.logical_dns":
      return { below: "", wants: "first", settings: message };
    // Its settings are those of the typed form, which is absent.
    case "envoy.cluster.dns":
      return message.cluster_type?.typed_config ? undefined : { below: ".cluster_type.typed_config", wants: "all", settings: {} };
    default:
      return undefined;
  }
}
