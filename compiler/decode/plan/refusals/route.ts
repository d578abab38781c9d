import type { XdsMessage } from "../../types.ts";
import type { Check } from "../types.ts";
import { whyFixed } from "./fixed-headers.ts";

const headerRemoved: Check = (name) => whyFixed(name, "removed");

/** Envoy counts whole milliseconds, and no less than one. */
const retryBackOff: Check = (backOff) => {
  const { base_interval: base, max_interval: most } = backOff as XdsMessage;
  if (base === undefined || most === undefined) return undefined;
  const count = (interval: unknown) => Math.max(1, Math.floor(interval as number));
  return count(most) < count(base) ? "max_interval is below base_interval" : undefined;
};

const virtualCluster: Check = (cluster) => ((cluster as XdsMessage)["headers"] ? undefined : "virtual clusters must define headers");

const connectBackOff: Check = (backOff) => {
  const { base_interval: base, max_interval: most } = backOff as XdsMessage;
  if (base === undefined || most === undefined) return undefined;
  return Math.floor(most as number) < Math.floor(base as number) ? "max_interval is below base_interval" : undefined;
};

const tunnel: Check = (config) => {
  const { post_path: path, use_post: post } = config as XdsMessage;
  return path !== undefined && !post ? "post_path needs use_post" : undefined;
};

const tlv: Check = (entry) => {
  const { value, format_string: format } = entry as XdsMessage;
  return (value === undefined) === (format === undefined) ? "one of value and format_string must be set, and not both" : undefined;
};

const mirror: Check = (policy) => {
  const { cluster, cluster_header: header } = policy as XdsMessage;
  return (cluster === undefined) === (header === undefined) ? "one of cluster and cluster_header must be set, and not both" : undefined;
};

const treated = ["RouteConfiguration", "VirtualHost", "Route", "WeightedCluster.ClusterWeight"];

/** Of routes, and of a TCP proxy. */
export const routeRefusals: readonly (readonly [string, Check])[] = [
  ...treated.map((message) => [`${message}.response_headers_to_remove`, headerRemoved] as const),
  ["RouteAction.RequestMirrorPolicy", mirror],
  ["RetryPolicy.RetryBackOff", retryBackOff],
  ["VirtualCluster", virtualCluster],
  ["TcpProxy.backoff_options", connectBackOff],
  ["TcpProxy.proxy_protocol_tlvs", tlv],
  ["TcpProxy.tunneling_config", tunnel],
];
