import type { XdsMessage } from "../../types.ts";
import type { Check } from "../types.ts";
import { whyNoText } from "./grammars.ts";

const portRange: Check = (range) => {
  const { start = 0, end = 0 } = range as { readonly start?: number; readonly end?: number };
  if (start < 0 || end > 65_536) return "a port out of range";
  return start < end ? undefined : "start is not below end, which is no part of the range";
};

/** Of the query of a request. */
const parameter: Check = (mutation) => {
  const { append, remove } = mutation as XdsMessage;
  if ((append === undefined) === (remove === undefined)) return "one of append and remove must be set, and not both";
  if (append === undefined) return undefined;
  const { record } = append as XdsMessage;
  if (record === undefined) return "append needs a record";
  const { value } = record as XdsMessage;
  return typeof value === "string" ? whyNoText(value) : "the value of a record must be a text";
};

const bucket: Check = (tokens) => {
  const { fill_interval: interval } = tokens as XdsMessage;
  return (interval as number) < 50 ? "fill_interval is below 50 ms" : undefined;
};

/** Of HTTP filters. */
export const filterRefusals: readonly (readonly [string, Check])[] = [
  ["KeyValueMutation", parameter],
  ["LocalRateLimit.token_bucket", bucket],
  ["LocalRateLimitDescriptor.token_bucket", bucket],
  ["Permission.destination_port_range", portRange],
];
