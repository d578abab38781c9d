import type { XdsMessage } from "../../types.ts";
import type { Check } from "../types.ts";
import { whyNoIp } from "./cluster.ts";

const leastFill = 50;

const bucket: Check = (tokens) => {
  const fill = (tokens as XdsMessage)["fill_interval"] as number | undefined;
  return fill !== undefined && fill < leastFill ? `fill_interval is below ${leastFill} ms` : undefined;
};

const range: Check = (prefix) => whyNoIp({ address: (prefix as XdsMessage)["address_prefix"] ?? "" });

const mostPort = 65_536;

const ports: Check = (interval) => {
  const { start = 0, end = 0 } = interval as { readonly start?: number; readonly end?: number };
  if (start < 0 || start > mostPort || end < 0 || end > mostPort) return `ports are 0 to ${mostPort}`;
  return start >= end ? "start must be below end, which is not in the range" : undefined;
};

const appended: Check = (append) => {
  const { value } = ((append as XdsMessage)["record"] ?? {}) as XdsMessage;
  return typeof value === "string" ? undefined : "a query parameter's value must be a string";
};

const queryParameter: Check = (mutation) => {
  const { append, remove } = mutation as XdsMessage;
  return (append === undefined) === !remove ? "one of append and remove must be set, and not both" : undefined;
};

const oldVersion: Check = (version) => (version === "V2" ? "Envoy has no version 2 of the protocol any more" : undefined);

/** Of HTTP filters and authorization, and of the services that they ask. */
export const filterRefusals: readonly (readonly [string, Check])[] = [
  ["LocalRateLimit.token_bucket", bucket],
  ["LocalRateLimitDescriptor.token_bucket", bucket],
  ["Permission.destination_ip", range],
  ["Principal.source_ip", range],
  ["Principal.direct_remote_ip", range],
  ["Principal.remote_ip", range],
  ["Permission.destination_port_range", ports],
  ["KeyValueMutation.append", appended],
  ["Mutations.query_parameter_mutations", queryParameter],
  ["RateLimitServiceConfig.transport_api_version", oldVersion],
  ["ApiConfigSource.transport_api_version", oldVersion],
];
