import type { XdsMessage, XdsValue } from "../../types.ts";
import type { Check } from "../types.ts";
import { whyFixed } from "./fixed-headers.ts";

const withBody = new Set<XdsValue>(["POST", "PUT", "PATCH", "OPTIONS"]);

const http: Check = (check) => {
  const { send, method = "GET", expected_statuses: expected, retriable_statuses: retriable } = check as XdsMessage;
  if (send !== undefined && Object.keys(send as XdsMessage).length > 0 && !withBody.has(method)) {
    return `a request of ${method === "METHOD_UNSPECIFIED" ? "GET" : method} has no payload to send`;
  }
  for (const range of [...((expected ?? []) as readonly XdsMessage[]), ...((retriable ?? []) as readonly XdsMessage[])]) {
    const start = Number(range["start"] ?? 0);
    const end = Number(range["end"] ?? 0);
    if (start >= end || start < 100 || end > 600) return `statuses from ${start} to below ${end} are no part of 100 to 599`;
  }
  return undefined;
};

const payload: Check = (content) => {
  const { text } = content as XdsMessage;
  return text === undefined || /^(?:[0-9a-f]{2})*$/i.test(String(text)) ? undefined : `${JSON.stringify(text)} is no text of hex digits`;
};

/** Of one health check. What concerns all of a cluster's is resolve's. */
export const healthCheckRefusals: readonly (readonly [string, Check])[] = [
  ["HealthCheck.HttpHealthCheck", http],
  ["HealthCheck.Payload", payload],
  ["HealthCheck.HttpHealthCheck.request_headers_to_remove", (name) => whyFixed(name, "removed")],
];
