import { isIP } from "node:net";
import type { XdsMessage, XdsValue } from "../../types.ts";
import type { Check } from "../types.ts";

const perHostFields: ReadonlySet<string> = new Set(["max_connections", "priority", "track_remaining"]);

const perHost: Check = (limit) => {
  const isOdd = Object.keys(limit as XdsMessage).some((field) => !perHostFields.has(field));
  return isOdd ? "per_host_thresholds take max_connections only" : undefined;
};

const outliers: Check = (detection) => {
  const { base_ejection_time: base = 30_000, max_ejection_time: most } = detection as XdsMessage;
  return most !== undefined && Math.floor(most as number) < Math.floor(base as number)
    ? "max_ejection_time is below base_ejection_time (30s where it is unset)"
    : undefined;
};

const bind: Check = (config) => {
  const { source_address: source, extra_source_addresses: extra, additional_source_addresses: additional } = config as XdsMessage;
  if (extra && additional) return "extra_source_addresses and additional_source_addresses are both set";
  const others = [
    ...((extra ?? []) as readonly XdsMessage[]).map(({ address }) => address),
    ...((additional ?? []) as readonly XdsMessage[]),
  ];
  if (others.length > 0 && source === undefined) return "extra addresses without source_address";
  if (others.length > 1) return "more than one extra address";
  const all = [source, ...others].filter((address) => address !== undefined);
  for (const address of all) {
    const wrong = whyNoIp(address);
    if (wrong !== undefined) return wrong;
  }
  const versions = all.map(versionOf);
  return versions.length > 1 && versions[0] === versions[1] ? "both source addresses are of one IP version" : undefined;
};

/** An address without text is any address of version 4. */
function versionOf(address: XdsValue | undefined): number {
  return isIP(String((address as XdsMessage)["address"] ?? "")) === 6 ? 6 : 4;
}

/** What Envoy's resolver of IP addresses, the only one that it has, says against an address. */
export function whyUnresolved({ resolver_name: resolver, named_port: port }: XdsMessage): string | undefined {
  if (resolver && resolver !== "envoy.ip") return `Envoy has no address resolver ${JSON.stringify(resolver)}`;
  return port === undefined ? undefined : "an IP address has a port_value, not a named_port";
}

/** Of a socket address. */
export function whyNoIp(address: XdsValue | undefined): string | undefined {
  const socket = (address ?? {}) as XdsMessage;
  const text = socket["address"];
  const wrong = whyUnresolved(socket);
  if (wrong !== undefined) return wrong;
  return text === undefined || isIP(String(text)) ? undefined : `${JSON.stringify(text)} is no IP address`;
}

const healthAddress: Check = (address) => whyNoIp((address as XdsMessage)["socket_address"]);

/** Where Envoy rounds a percentage it takes no NaN, which the protos let pass. */
const rounded: Check = (percent) => {
  const { value = 0 } = percent as XdsMessage;
  return Number.isNaN(value) ? "NaN is no percentage" : undefined;
};

const certificates = [
  "tls_certificates",
  "tls_certificate_sds_secret_configs",
  "tls_certificate_provider_instance",
  "tls_certificate_certificate_provider",
  "tls_certificate_certificate_provider_instance",
  "custom_tls_certificate_selector",
];

const server: Check = (context) => {
  const has = certificates.some((field) => (context as XdsMessage)[field] !== undefined);
  return has ? undefined : "a TLS server without certificates";
};

const resolvedAhead: Check = (cache) => {
  const { preresolve_hostnames: names = [], max_hosts: most = 1024 } = cache as XdsMessage;
  return (names as readonly XdsValue[]).length > (most as number) ? "more preresolve_hostnames than max_hosts" : undefined;
};

const subClusters: Check = (config) =>
  (config as XdsMessage)["lb_policy"] === "CLUSTER_PROVIDED" ? "lb_policy of sub clusters is CLUSTER_PROVIDED" : undefined;

/** Of clusters and their endpoints, and of TLS. */
export const clusterRefusals: readonly (readonly [string, Check])[] = [
  ["CircuitBreakers.per_host_thresholds", perHost],
  ["OutlierDetection", outliers],
  ["Cluster.upstream_bind_config", bind],
  ["Endpoint.HealthCheckConfig.address", healthAddress],
  ["Cluster.CommonLbConfig.healthy_panic_threshold", rounded],
  ["Cluster.CommonLbConfig.ZoneAwareLbConfig.routing_enabled", rounded],
  ["Cluster.SlowStartConfig.min_weight_percent", rounded],
  ["DownstreamTlsContext.common_tls_context", server],
  ["DnsCacheConfig", resolvedAhead],
  ["SubClustersConfig", subClusters],
];
