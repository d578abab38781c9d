import { isIP } from "node:net";
import type { XdsMessage } from "../../types.ts";
import type { Check } from "../types.ts";
import { whyFixed } from "./fixed-headers.ts";

const headerRemoved: Check = (name) => whyFixed(name, "removed");

/** Envoy counts whole milliseconds. @param least what less counts as */
function backOff(least: number): Check {
  const count = (interval: unknown) => Math.max(least, Math.floor(interval as number));
  return (intervals) => {
    const { base_interval: base, max_interval: most } = intervals as XdsMessage;
    if (base === undefined || most === undefined) return undefined;
    return count(most) < count(base) ? "max_interval is below base_interval" : undefined;
  };
}

function exactlyOne(one: string, other: string): Check {
  return (message) => {
    const { [one]: a, [other]: b } = message as XdsMessage;
    return (a === undefined) === (b === undefined) ? `one of ${one} and ${other} must be set, and not both` : undefined;
  };
}

const virtualCluster: Check = (cluster) => ((cluster as XdsMessage)["headers"] ? undefined : "virtual clusters must define headers");

const tunnel: Check = (config) => {
  const { post_path: path, use_post: post } = config as XdsMessage;
  return path !== undefined && !post ? "post_path needs use_post" : undefined;
};

const virtualHosts: Check = (source) => {
  const { ads, api_config_source: api } = source as XdsMessage;
  return ads || (api as XdsMessage | undefined)?.["api_type"] === "DELTA_GRPC" ? undefined : "virtual hosts come by ads or DELTA_GRPC only";
};

const disallowed: Check = () => "a deprecated field that Envoy takes only where its runtime says so";

const addressMatch: Check = (range) => {
  const { address_prefix: prefix } = range as XdsMessage;
  const text = String(prefix);
  return isIP(text) && !text.includes("%") ? undefined : `${JSON.stringify(prefix)} is no IP address`;
};

const treated = ["RouteConfiguration", "VirtualHost", "Route", "WeightedCluster.ClusterWeight"];

/** Of routes, and of a TCP proxy. */
export const routeRefusals: readonly (readonly [string, Check])[] = [
  ...treated.map((message) => [`${message}.response_headers_to_remove`, headerRemoved] as const),
  ["RateLimit.Action.dynamic_metadata", disallowed],
  ["AddressMatcher.ranges", addressMatch],
  ["InternalRedirectPolicy.response_headers_to_copy", (name) => whyFixed(name, "copied")],
  ["RouteAction.RequestMirrorPolicy", exactlyOne("cluster", "cluster_header")],
  ["RetryPolicy.RetryBackOff", backOff(1)],
  ["Vhds.config_source", virtualHosts],
  ["VirtualCluster", virtualCluster],
  ["TcpProxy.backoff_options", backOff(0)],
  ["TcpProxy.proxy_protocol_tlvs", exactlyOne("value", "format_string")],
  ["TcpProxy.tunneling_config", tunnel],
];
