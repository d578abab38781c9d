import type { XdsMessage, XdsValue } from "../types.ts";
import type { Check } from "./types.ts";

/*
 * What Envoy 1.40 refuses of fields that are noted, beyond the rules that the protos declare. Resolve never sees these fields; what is wrong
 * with fields that are honoured it says itself.
 */

/** By `Message.field`, for one value or one item of a list. */
export function refusalOf(label: string): Check | undefined {
  return refusals.get(label);
}

const isFixed = (name: string): boolean => name.startsWith(":") || name.toLowerCase() === "host";

const headerAdded: Check = (option) => {
  const { header, append, append_action: action } = option as XdsMessage;
  if (isFixed(String((header as XdsMessage | undefined)?.["key"] ?? ""))) return ":-prefixed or host headers may not be modified";
  return append !== undefined && action !== undefined ? "append and append_action are both set" : undefined;
};
const headerRemoved: Check = (name) => (isFixed(name as string) ? ":-prefixed or host headers may not be removed" : undefined);

const mirror: Check = (policy) => {
  const { cluster, cluster_header: header } = policy as XdsMessage;
  return (cluster === undefined) === (header === undefined) ? "one of cluster and cluster_header must be set, and not both" : undefined;
};

const retry: Check = (policy) => {
  const { base_interval: base, max_interval: most } = ((policy as XdsMessage)["retry_back_off"] ?? {}) as XdsMessage;
  if (base === undefined || most === undefined) return undefined;
  return (most as number) < (base as number) ? "max_interval of retry_back_off is below base_interval" : undefined;
};

const breakers: Check = (circuitBreakers) => {
  const limits = ((circuitBreakers as XdsMessage)["per_host_thresholds"] ?? []) as readonly XdsMessage[];
  const known = new Set(["max_connections", "priority"]);
  const isOdd = limits.some((limit) => Object.keys(limit).some((field) => !known.has(field)));
  return isOdd ? "per_host_thresholds take max_connections only" : undefined;
};

const treated = ["RouteConfiguration", "VirtualHost", "Route", "WeightedCluster.ClusterWeight"];
const mirrored = ["RouteConfiguration", "VirtualHost", "RouteAction"];

const refusals: ReadonlyMap<string, (value: XdsValue) => string | undefined> = new Map([
  ...treated.map((message) => [`${message}.response_headers_to_add`, headerAdded] as const),
  ...treated.map((message) => [`${message}.response_headers_to_remove`, headerRemoved] as const),
  ...mirrored.map((message) => [`${message}.request_mirror_policies`, mirror] as const),
  ["RouteAction.retry_policy", retry],
  ["VirtualHost.retry_policy", retry],
  ["Cluster.circuit_breakers", breakers],
]);
