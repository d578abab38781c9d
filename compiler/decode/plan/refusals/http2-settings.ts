import type { XdsMessage } from "../../types.ts";
import type { Check } from "../types.ts";

/** RFC 9113 6.5.2, by identifier. */
const named: ReadonlyMap<number, string> = new Map([
  [1, "hpack_table_size"],
  [3, "max_concurrent_streams"],
  [4, "initial_stream_window_size"],
]);
const push = 2;
const connect = 8;

const settings: Check = (options) => {
  const custom = ((options as XdsMessage)["custom_settings_parameters"] ?? []) as readonly XdsMessage[];
  const values = new Map<number, unknown>();
  for (const { identifier, value } of custom) {
    const id = Number(identifier ?? 0);
    if (id === connect) return "SETTINGS 8 is set by allow_connect only";
    if (id === push && value === 1) return "server push (SETTINGS 2) can't be switched on";
    if (values.has(id) && values.get(id) !== value) return `custom SETTINGS ${id} has two values`;
    values.set(id, value);
    const field = named.get(id);
    if (field !== undefined && (options as XdsMessage)[field] !== undefined) return `${field} is also a custom SETTINGS parameter`;
  }
  return undefined;
};

/** SETTINGS frames that contradict themselves. */
export const http2Refusals: readonly (readonly [string, Check])[] = [["Http2ProtocolOptions", settings]];
