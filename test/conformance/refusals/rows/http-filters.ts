import type { Json, JsonObject } from "../../json-fields.ts";
import type { Patch, RefusalRow } from "../base.ts";
import {
  atOnce,
  badFormats,
  badHeaders,
  badRegex,
  badSettings,
  discovered,
  extension,
  extensions,
  fault,
  faultType,
  filters,
  goodFormats,
  goodHeaders,
  goodSettings,
  http2,
  preserveCase,
  routerType,
  stringValue,
  urls,
} from "./patches.ts";

const mapped = (mapper: JsonObject): Patch => ({
  local_reply_config: { mappers: [{ filter: { response_flag_filter: { flags: ["NR"] } }, ...mapper }] },
});
const httpRouter = { name: "router", typed_config: { "@type": routerType } };
const upgradeFilters = (...list: readonly JsonObject[]): Patch => ({
  upgrade_configs: [{ upgrade_type: "websocket", filters: [...list] }],
});
const stdoutLog = { "@type": `${urls}envoy.extensions.access_loggers.stream.v3.StdoutAccessLog` };
const upstreamLog = (log: JsonObject): Patch => filters({ name: "router", typed_config: { "@type": routerType, upstream_log: [log] } });
const logFilter = (filter: JsonObject): Patch => upstreamLog({ name: "x", filter, typed_config: stdoutLog });
const withoutQuery = `${urls}envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery`;
const expressionFilter = `${urls}envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter`;
const logToFile = { "@type": `${urls}envoy.extensions.access_loggers.file.v3.FileAccessLog`, path: "/dev/null" };
const filter = (type: string, fields: JsonObject): Patch =>
  filters({ name: "f", typed_config: { "@type": `${extensions}.http.${type}`, ...fields } }, httpRouter);
const fillOf = (fill_interval: string): JsonObject => ({ token_bucket: { max_tokens: 1, fill_interval } });
const fills = (interval: string): JsonObject => ({ stat_prefix: "l", ...fillOf(interval) });
const asks = (transport_api_version: string): JsonObject => ({
  domain: "d",
  rate_limit_service: { transport_api_version, grpc_service: { envoy_grpc: { cluster_name: "c" } } },
});
const record = (value: Json): JsonObject => ({ record: { key: "a", value } });
const queryChange = (change: JsonObject): Patch =>
  filter("header_mutation.v3.HeaderMutation", { mutations: { query_parameter_mutations: [change] } });
const allowed = (permission: JsonObject, principal: JsonObject): Patch =>
  filter("rbac.v3.RBAC", { rules: { policies: { p: { permissions: [permission], principals: [principal] } } } });
/** Settings of a route for a filter. */
function routeSettings(type: string, fields: JsonObject): Patch {
  return { typed_per_filter_config: { f: { "@type": `type.googleapis.com/envoy.extensions.filters.http.${type}`, ...fields } } };
}

/** Of connection managers and their filters. */
export const httpFilterRows: readonly RefusalRow[] = [
  {
    about: "local replies",
    place: "hcm",
    refused: [
      ...badHeaders.map((option) => mapped({ headers_to_add: [option] })),
      ...badFormats.map((text_format) => mapped({ body_format_override: { text_format } })),
      ...badFormats.map((a): Patch => ({ local_reply_config: { body_format: { json_format: { a: { b: [a] } } } } })),
      { local_reply_config: { body_format: { text_format_source: { inline_string: "%PER_REQUEST_STATE(a)%" } } } },
      mapped({ filter: { header_filter: { header: { name: "x", string_match: { safe_regex: badRegex } } } } }),
    ],
    taken: [
      mapped({ headers_to_add: [...goodHeaders] }),
      ...goodFormats.map((text_format): Patch => ({ local_reply_config: { body_format: { text_format } } })),
      { local_reply_config: { body_format: { json_format: { a: 5, b: "%PROTOCOL%" } } } },
    ],
  },
  {
    about: "access logs told of twice",
    place: "hcm",
    refused: [
      { access_log_options: {}, access_log_flush_interval: "2s" },
      { access_log_options: {}, flush_access_log_on_new_request: true },
    ],
    taken: [{ access_log_options: { access_log_flush_interval: "1s" } }, { access_log_flush_interval: "2s" }],
  },
  {
    about: "places of HTTP filters",
    place: "hcm",
    refused: [
      filters(fault, { name: "x", is_optional: true, disabled: true }),
      filters(httpRouter, { name: "x", is_optional: true }),
      filters({ name: "x", disabled: true }, httpRouter),
      upgradeFilters({ name: "x" }, httpRouter),
      upgradeFilters(httpRouter, fault),
      upgradeFilters({ ...httpRouter, disabled: true }),
      { upgrade_configs: [{ upgrade_type: "websocket", enabled: false, filters: [fault] }] },
    ],
    taken: [
      filters({ name: "x", is_optional: true }, httpRouter),
      filters(fault, { name: "x", is_optional: true }),
      filters({ name: "x", is_optional: true, typed_config: {} }, httpRouter),
      upgradeFilters(fault, httpRouter),
      upgradeFilters(fault, { name: "x", is_optional: true }),
    ],
  },
  {
    about: "discovered HTTP filters",
    place: "hcm",
    refused: [
      filters(discovered({ type_urls: [faultType], apply_default_config_without_warming: true }), httpRouter),
      filters(discovered({ type_urls: [faultType, `${urls}google.protobuf.Value`] }), httpRouter),
      filters(discovered({ type_urls: [""] }), httpRouter),
      filters(discovered({ type_urls: [`${urls}envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy`] }), httpRouter),
      filters(discovered({ default_config: fault.typed_config, type_urls: [routerType] }), httpRouter),
      filters(discovered({ default_config: httpRouter.typed_config, type_urls: [routerType] }), httpRouter),
      filters(discovered({ default_config: fault.typed_config, type_urls: [faultType] })),
      filters(
        discovered({ default_config: { "@type": `${urls}google.protobuf.StringValue`, value: "x" }, type_urls: [faultType] }),
        httpRouter,
      ),
      filters({ ...discovered({ default_config: httpRouter.typed_config, type_urls: [routerType] }), disabled: true }),
    ],
    taken: [
      filters(discovered({ default_config: fault.typed_config, type_urls: [`x/${faultType}`], ...atOnce }), httpRouter),
      filters(discovered({ default_config: httpRouter.typed_config, type_urls: [routerType, faultType], ...atOnce })),
    ],
  },
  {
    about: "extensions that Envoy does not have",
    place: "hcm",
    refused: [
      { request_id_extension: { typed_config: stringValue } },
      { original_ip_detection_extensions: [extension(stringValue)] },
      { early_header_mutation_extensions: [extension(stringValue)] },
      { http_protocol_options: { header_key_format: { stateful_formatter: extension(stringValue) } } },
      { local_reply_config: { body_format: { text_format: "a", formatters: [extension(stringValue)] } } },
      mapped({ filter: { extension_filter: extension(stringValue) } }),
      mapped({ filter: { extension_filter: { name: "e" } } }),
      upstreamLog({ name: "envoy.access_loggers.file" }),
      upstreamLog(extension(stringValue)),
      upstreamLog({ ...extension(logToFile), filter: { extension_filter: extension(stringValue) } }),
    ],
    taken: [
      { request_id_extension: {} },
      { http_protocol_options: { header_key_format: { stateful_formatter: extension({ "@type": preserveCase }) } } },
      {
        local_reply_config: { body_format: { text_format: "%REQ_WITHOUT_QUERY(a)%", formatters: [extension({ "@type": withoutQuery })] } },
      },
      mapped({ filter: { extension_filter: extension({ "@type": expressionFilter, expression: "response.code > 400" }) } }),
      upstreamLog(extension(logToFile)),
    ],
  },
  {
    about: "settings of HTTP filters",
    place: "hcm",
    refused: [
      ...["0.049s", "0s"].map((interval) => filter("local_ratelimit.v3.LocalRateLimit", fills(interval))),
      filter("local_ratelimit.v3.LocalRateLimit", {
        ...fills("1s"),
        descriptors: [{ entries: [{ key: "a", value: "b" }], ...fillOf("0.01s") }],
      }),
      filter("lua.v3.Lua", { inline_code: "-- a", default_source_code: { inline_string: "-- b" } }),
      filter("ratelimit.v3.RateLimit", asks("V2")),
      ...[{}, { remove: "a", append: record("b") }, { append: record(5) }, { append: record("50%") }].map(queryChange),
      ...[
        { destination_ip: { address_prefix: "host", prefix_len: 8 } },
        { destination_port_range: { start: 5, end: 5 } },
        { destination_port_range: { start: -1, end: 5 } },
        { destination_port_range: { start: 0, end: 65_537 } },
        { matcher: extension(stringValue) },
      ].map((permission) => allowed(permission, { any: true })),
      ...["source_ip", "direct_remote_ip", "remote_ip"].map((of) => allowed({ any: true }, { [of]: { address_prefix: "host" } })),
    ],
    taken: [
      filter("local_ratelimit.v3.LocalRateLimit", fills("0.05s")),
      filter("ratelimit.v3.RateLimit", asks("V3")),
      ...[{ remove: "a" }, { append: record("%PROTOCOL%") }].map(queryChange),
      allowed({ destination_port_range: { start: 0, end: 65_536 } }, { remote_ip: { address_prefix: "::", prefix_len: 0 } }),
    ],
  },
  {
    about: "matchers of strings",
    place: "hcm",
    refused: [
      ...[{ safe_regex: badRegex }, { safe_regex: { regex: "a" }, ignore_case: true }].flatMap((matcher): Patch[] => [
        { http_protocol_options: { ignore_http_11_upgrade: [matcher] } },
        mapped({ filter: { header_filter: { header: { name: "x", string_match: matcher } } } }),
      ]),
    ],
    taken: [
      { http_protocol_options: { ignore_http_11_upgrade: [{ safe_regex: { regex: "a" } }, { exact: "TLS", ignore_case: true }] } },
      mapped({ filter: { header_filter: { header: { name: "x", string_match: { prefix: "a", ignore_case: true } } } } }),
    ],
  },
  { about: "client addresses from two sources", place: "hcm", refused: [detected({ xff_num_trusted_hops: 1 })], taken: [detected({})] },
  {
    about: "SETTINGS of clients",
    place: "hcm",
    refused: badSettings.map((s) => ({ [http2]: s })),
    taken: goodSettings.map((s) => ({ [http2]: s })),
  },
  {
    about: "access logs of the router and filters of logs without their configuration",
    place: "hcm",
    refused: [
      upstreamLog({ name: "x" }),
      upstreamLog({ name: "envoy.access_loggers.file" }),
      logFilter({ extension_filter: { name: "x" } }),
    ],
    taken: [upstreamLog({ name: "x", typed_config: stdoutLog })],
  },
  {
    about: "HTTP filters",
    place: "route",
    refused: [
      { start: 5, end: 1 },
      { start: 1, end: 1 },
      { start: -1, end: 1 },
      { start: 1, end: 65_537 },
    ]
      .map(ports)
      .concat(
        [{}, { append: {}, remove: "a" }, { append: {} }, { append: record(5) }, { append: record("%NOPE%") }].map(mutation),
        [fills("0.0499s"), { ...fills("1s"), descriptors: [{ entries: [{ key: "a", value: "b" }], ...fillOf("0.01s") }] }].map(limited),
      ),
    taken: [ports({ start: 0, end: 65_536 }), mutation({ append: record("%REQ(x)%") }), mutation({ remove: "a" }), limited(fills("0.05s"))],
  },
];

function ports(destination_port_range: JsonObject): Patch {
  const policy = { permissions: [{ destination_port_range }], principals: [{ any: true }] };
  return routeSettings("rbac.v3.RBACPerRoute", { rbac: { rules: { policies: { p: policy } } } });
}

function mutation(one: JsonObject): Patch {
  return routeSettings("header_mutation.v3.HeaderMutationPerRoute", { mutations: { query_parameter_mutations: [one] } });
}

function limited(fields: JsonObject): Patch {
  return routeSettings("local_ratelimit.v3.LocalRateLimit", fields);
}

function detected(fields: JsonObject): Patch {
  const xff = { "@type": "type.googleapis.com/envoy.extensions.http.original_ip_detection.xff.v3.XffConfig" };
  return { original_ip_detection_extensions: [{ name: "xff", typed_config: xff }], ...fields };
}
