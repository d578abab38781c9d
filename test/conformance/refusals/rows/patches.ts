/** Patches, and what they are made of, that rows of several places share. */
import type { JsonObject } from "../../json-fields.ts";
import type { Patch } from "../base.ts";

export const header = (key: string, value: string, rest: JsonObject = {}): JsonObject => ({ header: { key, value }, ...rest });
export const badFormats = [
  ...["%NOPE%", "50%", "%REQ%", "%RESP(x a)%", "%REQ(:)%", "%FILTER_STATE(a:NOPE)%", "%METADATA(X:a)%", "%COMMON_DURATION(a)%"],
  ...["%START_TIME(%n)%", '%COALESCE({"operators":["NOPE"]})%', '%COALESCE({"operators":[]})%'],
];
export const goodFormats = [
  ...["50%%", "%RESP(x)%", "%FILTER_STATE(a:PLAIN)%", "%FILTER_STATE(a:FIELD:b:c)%", "%METADATA(ROUTE:a)%", "%COMMON_DURATION(a:b:ms)%"],
  ...["%START_TIME(%E4n)%", '%COALESCE({"operators":["PROTOCOL"]})%', "%TYPED_CEL(1)%", "%REQ(x):18446744073709551615%"],
];
export const badHeaders = [
  ...badFormats.map((value) => header("x-a", value)),
  header(":status", "200"),
  header("Host", "x"),
  header("x-a", "%PER_REQUEST_STATE(a:PLAIN)%"),
  header("x-a", "v", { append: true, append_action: "ADD_IF_ABSENT" }),
];
export const goodHeaders = [
  ...goodFormats.map((value) => header("x-a", value)),
  header("x-a", "%PER_REQUEST_STATE(a)%"),
  header("x a", "v"),
];
export const badRegex = { regex: "(" };
export const http2 = "http2_protocol_options";
const setting = (identifier: number, value: number): JsonObject => ({ identifier, value });
const settings = (list: readonly JsonObject[], named: JsonObject = {}): JsonObject => ({
  ...named,
  custom_settings_parameters: [...list],
});
export const badSettings = [
  settings([setting(4, 65_536)], { initial_stream_window_size: 65_536 }),
  settings([setting(1, 1)], { hpack_table_size: 4096 }),
  settings([setting(3, 1)], { max_concurrent_streams: 100 }),
  settings([setting(8, 1)]),
  settings([setting(2, 1)]),
  settings([setting(9, 0), setting(9, 1)]),
];
export const goodSettings = [settings([setting(4, 65_536), setting(2, 0), setting(5, 1)]), settings([setting(9, 1), setting(9, 1)])];
const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
export const protocol = (fields: JsonObject): Patch => ({
  typed_extension_protocol_options: { [options]: { "@type": `type.googleapis.com/${options}`, ...fields } },
});
export const explicit = (fields: JsonObject, rest: JsonObject = {}): Patch => protocol({ explicit_http_config: fields, ...rest });
export const ip = (address: string): JsonObject => ({ address, port_value: 0 });
export const mirror = (policy: JsonObject): Patch => ({ request_mirror_policies: [policy] });
export const urls = "type.googleapis.com/";
export const extensions = `${urls}envoy.extensions.filters`;
export const faultType = `${extensions}.http.fault.v3.HTTPFault`;
export const routerType = `${extensions}.http.router.v3.Router`;
export const fault = { name: "fault", typed_config: { "@type": faultType } };
export const filters = (...list: readonly JsonObject[]): Patch => ({ http_filters: [...list] });
const service = { google_grpc: { target_uri: "127.0.0.1:1", stat_prefix: "s" } };
const fromService = {
  api_config_source: { api_type: "GRPC", transport_api_version: "V3", grpc_services: [service] },
  resource_api_version: "V3",
};
export const atOnce = { apply_default_config_without_warming: true };
export const discovered = (fields: JsonObject): JsonObject => ({ name: "d", config_discovery: { config_source: fromService, ...fields } });
export const extension = (typed_config: JsonObject): JsonObject => ({ name: "e", typed_config });
export const stringValue = { "@type": `${urls}google.protobuf.StringValue`, value: "x" };
export const preserveCase = `${urls}envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig`;
