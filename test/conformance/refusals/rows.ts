/** What Envoy refuses of fields that have no effect here, beyond the rules of the protos; and what is just within. */
import type { Json, JsonObject } from "../json-fields.ts";
import type { Patch, Place } from "./base.ts";

/** Of each row the first list of patches is refused, the second is taken. */
export interface RefusalRow {
  readonly about: string;
  readonly place: Place;
  readonly refused: readonly Patch[];
  readonly taken: readonly Patch[];
}

const header = (key: string, value: string, rest: JsonObject = {}): JsonObject => ({ header: { key, value }, ...rest });
const badFormats = [
  ...["%NOPE%", "50%", "%REQ%", "%RESP(x a)%", "%REQ(:)%", "%FILTER_STATE(a:NOPE)%", "%METADATA(X:a)%", "%COMMON_DURATION(a)%"],
  ...["%START_TIME(%n)%", '%COALESCE({"operators":["NOPE"]})%', '%COALESCE({"operators":[]})%'],
];
const goodFormats = [
  ...["50%%", "%RESP(x)%", "%FILTER_STATE(a:PLAIN)%", "%FILTER_STATE(a:FIELD:b:c)%", "%METADATA(ROUTE:a)%", "%COMMON_DURATION(a:b:ms)%"],
  ...["%START_TIME(%E4n)%", '%COALESCE({"operators":["PROTOCOL"]})%', "%TYPED_CEL(1)%", "%REQ(x):18446744073709551615%"],
];
const badHeaders = [
  ...badFormats.map((value) => header("x-a", value)),
  header(":status", "200"),
  header("Host", "x"),
  header("x-a", "%PER_REQUEST_STATE(a:PLAIN)%"),
  header("x-a", "v", { append: true, append_action: "ADD_IF_ABSENT" }),
];
const goodHeaders = [...goodFormats.map((value) => header("x-a", value)), header("x-a", "%PER_REQUEST_STATE(a)%"), header("x a", "v")];
const added = (place: Place): RefusalRow => ({
  about: "headers added to responses",
  place,
  refused: badHeaders.map((option) => ({ response_headers_to_add: [option] })),
  taken: goodHeaders.map((option) => ({ response_headers_to_add: [option] })),
});
const mapped = (mapper: JsonObject): Patch => ({
  local_reply_config: { mappers: [{ filter: { response_flag_filter: { flags: ["NR"] } }, ...mapper }] },
});
const badRegex = { regex: "(" };

const http2 = "http2_protocol_options";
const setting = (identifier: number, value: number): JsonObject => ({ identifier, value });
const settings = (list: readonly JsonObject[], named: JsonObject = {}): JsonObject => ({ ...named, custom_settings_parameters: [...list] });
const badSettings = [
  settings([setting(4, 65_536)], { initial_stream_window_size: 65_536 }),
  settings([setting(1, 1)], { hpack_table_size: 4096 }),
  settings([setting(3, 1)], { max_concurrent_streams: 100 }),
  settings([setting(8, 1)]),
  settings([setting(2, 1)]),
  settings([setting(9, 0), setting(9, 1)]),
];
const goodSettings = [settings([setting(4, 65_536), setting(2, 0), setting(5, 1)]), settings([setting(9, 1), setting(9, 1)])];

const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const protocol = (fields: JsonObject): Patch => ({
  typed_extension_protocol_options: { [options]: { "@type": `type.googleapis.com/${options}`, ...fields } },
});
const explicit = (fields: JsonObject, rest: JsonObject = {}): Patch => protocol({ explicit_http_config: fields, ...rest });
const tls: Patch = {
  transport_socket: {
    name: "tls",
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext" },
  },
};
const check = (fields: JsonObject): JsonObject => ({
  ...{ timeout: "1s", interval: "1s", unhealthy_threshold: 1, healthy_threshold: 1 },
  ...fields,
});
const checks = (...list: readonly JsonObject[]): Patch => ({ health_checks: list.map(check) });
const httpCheck = (fields: JsonObject): Patch => checks({ http_health_check: { path: "/", ...fields } });
const grpc = checks({ grpc_health_check: {} });
const tcpCheck = (name?: string): JsonObject => ({ tcp_health_check: {}, ...(name === undefined ? {} : { name }) });
const from = (address: string, rest: JsonObject = {}): Patch => ({ upstream_bind_config: { source_address: ip(address), ...rest } });
const ip = (address: string): JsonObject => ({ address, port_value: 0 });
const extra = (...list: readonly string[]): JsonObject => ({ extra_source_addresses: list.map((address) => ({ address: ip(address) })) });
const retry = (policy: JsonObject): Patch => ({ retry_policy: policy });
const backOff = (base_interval: string, max_interval: string): Patch => retry({ retry_back_off: { base_interval, max_interval } });
const outliers = (outlier_detection: JsonObject): Patch => ({ outlier_detection });
const selector = (fields: JsonObject): Patch => ({ lb_subset_config: { subset_selectors: [{ keys: ["a", "b"], ...fields }] } });
const keysSubset = (...keys: readonly string[]): Patch => selector({ fallback_policy: "KEYS_SUBSET", fallback_keys_subset: [...keys] });
const other = (address: string): Patch => ({ additional_addresses: [{ address: { socket_address: ip(address) } }] });
const originalDst: Patch = { type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED", load_assignment: null };
const roundRobin = { "@type": "type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin" };
const typedPolicy: Patch = { load_balancing_policy: { policies: [{ typed_extension_config: { name: "p", typed_config: roundRobin } }] } };
const noExtension = { name: "x", typed_config: { "@type": "type.googleapis.com/google.protobuf.Struct" } };
const previousHosts = { "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate" };
const pipe = (path: string): Patch => ({ address: { pipe: { path } } });
const mirror = (policy: JsonObject): Patch => ({ request_mirror_policies: [policy] });

const urls = "type.googleapis.com/";
const extensions = `${urls}envoy.extensions.filters`;
const faultType = `${extensions}.http.fault.v3.HTTPFault`;
const routerType = `${extensions}.http.router.v3.Router`;
const inspectorType = `${extensions}.listener.tls_inspector.v3.TlsInspector`;
const proxyProtocolType = `${extensions}.listener.proxy_protocol.v3.ProxyProtocol`;
const disallowed = (...disallowed_versions: readonly string[]): Patch => ({
  listener_filters: [{ name: "pp", typed_config: { "@type": proxyProtocolType, disallowed_versions: [...disallowed_versions] } }],
});
const originalType = `${extensions}.listener.original_dst.v3.OriginalDst`;
const tcpType = `${extensions}.network.tcp_proxy.v3.TcpProxy`;
const fault = { name: "fault", typed_config: { "@type": faultType } };
const httpRouter = { name: "router", typed_config: { "@type": routerType } };
const tcpProxy = { name: "tcp", typed_config: { "@type": tcpType, stat_prefix: "t", cluster: "c" } };
const rbac = { "@type": `${extensions}.network.rbac.v3.RBAC`, stat_prefix: "r" };
const filters = (...list: readonly JsonObject[]): Patch => ({ http_filters: [...list] });
const networkFilters = (...list: readonly JsonObject[]): Patch => ({ filter_chains: [{ filters: [...list] }] });
const upgradeFilters = (...list: readonly JsonObject[]): Patch => ({
  upgrade_configs: [{ upgrade_type: "websocket", filters: [...list] }],
});
const stdoutLog = { "@type": `${urls}envoy.extensions.access_loggers.stream.v3.StdoutAccessLog` };
const upstreamLog = (log: JsonObject): Patch => filters({ name: "router", typed_config: { "@type": routerType, upstream_log: [log] } });
const logFilter = (filter: JsonObject): Patch => upstreamLog({ name: "x", filter, typed_config: stdoutLog });
const service = { google_grpc: { target_uri: "127.0.0.1:1", stat_prefix: "s" } };
const fromService = {
  api_config_source: { api_type: "GRPC", transport_api_version: "V3", grpc_services: [service] },
  resource_api_version: "V3",
};
const atOnce = { apply_default_config_without_warming: true };
const discovered = (fields: JsonObject): JsonObject => ({ name: "d", config_discovery: { config_source: fromService, ...fields } });

const extension = (typed_config: JsonObject): JsonObject => ({ name: "e", typed_config });
const stringValue = { "@type": `${urls}google.protobuf.StringValue`, value: "x" };
const preserveCase = `${urls}envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig`;
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

const upstreamCodec = { name: "c", typed_config: { "@type": `${extensions}.http.upstream_codec.v3.UpstreamCodec` } };
const upstreamMutation = { name: "m", typed_config: { "@type": `${extensions}.http.header_mutation.v3.HeaderMutation` } };
const between = (place: "hcm" | "cluster", list: readonly JsonObject[]): Patch =>
  place === "cluster"
    ? explicit({ http_protocol_options: {} }, { http_filters: [...list] })
    : filters({ name: "r", typed_config: { "@type": routerType, upstream_http_filters: [...list] } });
const struct = { "@type": `${urls}google.protobuf.Struct`, value: {} };
const clusterTypes = `${urls}envoy.extensions.clusters`;
const custom = (type: string, fields: JsonObject, name = "x"): Patch => ({
  load_assignment: null,
  lb_policy: "CLUSTER_PROVIDED",
  cluster_type: { name, typed_config: { "@type": `${clusterTypes}.${type}`, ...fields } },
});
const aggregate = custom("aggregate.v3.ClusterConfig", { clusters: ["x"] });
const composite = custom("composite.v3.ClusterConfig", { clusters: [{ name: "x" }] });
const forwardProxy = (fields: JsonObject): Patch => {
  const kept = Object.entries({ dns_cache_config: { name: "d" }, ...fields }).filter(([, value]) => value !== null);
  return custom("dynamic_forward_proxy.v3.ClusterConfig", Object.fromEntries(kept) as JsonObject);
};
const names = (auto_sni: boolean, auto_san_validation: boolean): Patch => ({
  upstream_http_protocol_options: { auto_sni, auto_san_validation },
});
const byHostname: Patch = { common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: true } } };
const policies = `${urls}envoy.extensions.load_balancing_policies`;
const typed = (type: string, fields: JsonObject): Patch => ({
  load_balancing_policy: {
    policies: [{ typed_extension_config: { name: "p", typed_config: { "@type": `${policies}.${type}`, ...fields } } }],
  },
});
const policyList = (...list: readonly JsonObject[]): Patch => ({ load_balancing_policy: { policies: [...list] } });
const policy = (typed_config: JsonObject): JsonObject => ({ typed_extension_config: { name: "p", typed_config } });
const pickFirst = policy({
  "@type": `${urls}xds.type.v3.TypedStruct`,
  type_url: `${policies}.pick_first.v3.PickFirst`,
});
const reported = policy({ "@type": `${policies}.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin` });
const byLocality = (...list: readonly JsonObject[]): Patch =>
  typed("wrr_locality.v3.WrrLocality", { endpoint_picking_policy: { policies: [...list] } });
const inner = { policies: [policy(roundRobin)] };
const overrideHost = (fields: JsonObject): Patch =>
  typed("override_host.v3.OverrideHost", { override_host_sources: [{ header: "x" }], fallback_policy: inner, ...fields });
const hashed = (type: string, regex: string): Patch => {
  const header = { header_name: "x", regex_rewrite: { pattern: { regex }, substitution: "" } };
  return typed(type, { consistent_hashing_lb_config: { hash_policy: [{ header }] } });
};
const metadataKey = { key: "k", path: [{ key: "a" }] };
const typedKeysSubset = (fallback_keys_subset: string[]): Patch =>
  typed("subset.v3.Subset", {
    subset_lb_policy: inner,
    subset_selectors: [{ keys: ["a", "b"], fallback_policy: "KEYS_SUBSET", fallback_keys_subset }],
  });
const clusterProvided = typed("cluster_provided.v3.ClusterProvided", {});

export const refusalRows: readonly RefusalRow[] = [
  ...(["table", "vhost", "route"] as const).map(added),
  {
    about: "headers removed from responses",
    place: "route",
    refused: [":status", "host"].map((name) => ({ response_headers_to_remove: [name] })),
    taken: [{ response_headers_to_remove: ["x a"] }],
  },
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
    about: "names and tags of spans",
    place: "route",
    refused: badFormats.flatMap((format): Patch[] => [
      { tracing: { operation: format } },
      { tracing: { upstream_operation: format } },
      { tracing: { custom_tags: [{ tag: "a", value: format }] } },
    ]),
    taken: goodFormats.map((format): Patch => ({ tracing: { operation: format, custom_tags: [{ tag: "a", value: format }] } })),
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
    about: "discovered listener filters",
    place: "listener",
    refused: [
      { listener_filters: [discovered({ type_urls: [inspectorType], apply_default_config_without_warming: true })] },
      { listener_filters: [discovered({ type_urls: [faultType] })] },
      { listener_filters: [discovered({ default_config: { "@type": inspectorType }, type_urls: [originalType] })] },
    ],
    taken: [{ listener_filters: [discovered({ default_config: { "@type": inspectorType }, type_urls: [inspectorType], ...atOnce })] }],
  },
  {
    about: "discovered network filters",
    place: "listener",
    refused: [
      networkFilters(discovered({ default_config: rbac, type_urls: [tcpType] }), tcpProxy),
      networkFilters(discovered({ default_config: fault.typed_config, type_urls: [faultType] }), tcpProxy),
      networkFilters(discovered({ default_config: rbac, type_urls: [rbac["@type"]] })),
      networkFilters(discovered({ default_config: tcpProxy.typed_config, type_urls: [tcpType] }), tcpProxy),
    ],
    taken: [networkFilters(discovered({ default_config: rbac, type_urls: [rbac["@type"]], ...atOnce }), tcpProxy)],
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
    about: "formatters of names that Envoy does not have",
    place: "cluster",
    refused: [explicit({ http_protocol_options: { header_key_format: { stateful_formatter: extension(stringValue) } } })],
    taken: [explicit({ http_protocol_options: { header_key_format: { stateful_formatter: extension({ "@type": preserveCase }) } } })],
  },
  ...(["hcm", "cluster"] as const).map(
    (place): RefusalRow => ({
      about: "filters between router and endpoint",
      place,
      refused: [
        [upstreamMutation],
        [upstreamCodec, upstreamMutation],
        [upstreamCodec, upstreamCodec],
        [{ name: "x" }, upstreamCodec],
        [{ name: "x", disabled: true }, upstreamCodec],
        [extension(stringValue), upstreamCodec],
        [{ ...upstreamCodec, disabled: true }],
      ].map((list) => between(place, list)),
      taken: [[upstreamCodec], [upstreamMutation, { name: "x", is_optional: true }, upstreamCodec]].map((list) => between(place, list)),
    }),
  ),
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
    about: "SETTINGS of endpoints",
    place: "cluster",
    refused: badSettings.flatMap((s) => [
      { [http2]: s },
      explicit({ [http2]: s }),
      protocol({ use_downstream_protocol_config: { [http2]: s } }),
    ]),
    taken: goodSettings.flatMap((s) => [{ [http2]: s }, explicit({ [http2]: s })]),
  },
  {
    about: "protocols that the transport socket can't carry",
    place: "cluster",
    refused: [
      protocol({ auto_config: {} }),
      { ...protocol({ auto_config: { http3_protocol_options: {} } }), ...tls },
      { ...explicit({ http3_protocol_options: {} }), ...tls },
      protocol({ use_downstream_protocol_config: { http3_protocol_options: {} } }),
    ],
    taken: [
      { ...protocol({ auto_config: {} }), ...tls },
      explicit({ http_protocol_options: {} }),
      protocol({ use_downstream_protocol_config: {} }),
    ],
  },
  {
    about: "other options of upstream protocols",
    place: "cluster",
    refused: [
      explicit({ http_protocol_options: {} }, { hash_policy: [{ header: { header_name: "x", regex_rewrite: { pattern: badRegex } } }] }),
      explicit({ http_protocol_options: {} }, { retry_policy: { retry_back_off: { base_interval: "2s", max_interval: "1s" } } }),
      explicit({ http_protocol_options: {} }, mirror({})),
      explicit({ http_protocol_options: { ignore_http_11_upgrade: [{ safe_regex: badRegex }] } }),
    ],
    taken: [explicit({ http_protocol_options: {} }, mirror({ cluster: "nowhere" }))],
  },
  {
    about: "gRPC health checks need HTTP/2",
    place: "cluster",
    refused: [
      grpc,
      { ...grpc, ...explicit({ http_protocol_options: {} }) },
      { ...grpc, ...protocol({ use_downstream_protocol_config: {} }) },
      { ...grpc, ...explicit({ http_protocol_options: {} }), [http2]: {} },
      checks(tcpCheck("a"), { grpc_health_check: {}, name: "b" }),
    ],
    taken: [
      { ...grpc, [http2]: {} },
      { ...grpc, ...explicit({ [http2]: {} }) },
      { ...grpc, ...protocol({ use_downstream_protocol_config: { [http2]: {} } }) },
      { ...grpc, ...tls, ...protocol({ auto_config: {} }) },
    ],
  },
  {
    about: "names of health checks",
    place: "cluster",
    refused: [checks(tcpCheck(), tcpCheck()), checks(tcpCheck("a"), tcpCheck("a")), checks(tcpCheck("a"), tcpCheck())],
    taken: [checks(tcpCheck()), checks(tcpCheck("a"), tcpCheck("b"))],
  },
  {
    about: "HTTP health checks",
    place: "cluster",
    refused: [
      httpCheck({ expected_statuses: [{ start: 200, end: 200 }] }),
      httpCheck({ expected_statuses: [{ start: 99, end: 200 }] }),
      httpCheck({ retriable_statuses: [{ start: 200, end: 601 }] }),
      httpCheck({ send: { text: "00" } }),
      httpCheck({ send: { text: "00" }, method: "DELETE" }),
      httpCheck({ receive: [{ text: "abc" }] }),
      ...badHeaders.map((option) => httpCheck({ request_headers_to_add: [option] })),
      httpCheck({ request_headers_to_remove: ["host"] }),
      httpCheck({ service_name_matcher: { safe_regex: badRegex } }),
    ],
    taken: [
      httpCheck({ expected_statuses: [{ start: 100, end: 600 }] }),
      httpCheck({ send: { text: "aB" }, method: "POST", receive: [{ binary: "AA==" }], request_headers_to_add: [...goodHeaders] }),
    ],
  },
  {
    about: "TCP health checks",
    place: "cluster",
    refused: ["zz", "abc", "0xab"].map((text) => checks({ tcp_health_check: { send: { text } } })),
    taken: [checks({ tcp_health_check: { send: { text: "00ff" } } })],
  },
  {
    about: "source addresses",
    place: "cluster",
    refused: [
      from("localhost"),
      from("10.0.0.1", extra("10.0.0.2")),
      from("10.0.0.1", extra("::1", "::2")),
      from("10.0.0.1", extra("x")),
      from("10.0.0.1", { ...extra("::1"), additional_source_addresses: [ip("::1")] }),
      { upstream_bind_config: extra("::1") },
    ],
    taken: [from("10.0.0.1"), from("10.0.0.1", extra("::1")), { upstream_bind_config: {} }],
  },
  {
    about: "outliers",
    place: "cluster",
    refused: [outliers({ base_ejection_time: "30s", max_ejection_time: "10s" }), outliers({ max_ejection_time: "10s" })],
    taken: [outliers({ max_ejection_time: "30s" }), outliers({ base_ejection_time: "400s" })],
  },
  {
    about: "circuit breakers of one endpoint",
    place: "cluster",
    refused: [{ circuit_breakers: { per_host_thresholds: [{ max_requests: 1 }] } }],
    taken: [{ circuit_breakers: { per_host_thresholds: [{ max_connections: 1, priority: "HIGH", track_remaining: true }] } }],
  },
  {
    about: "subsets",
    place: "cluster",
    refused: [keysSubset(), keysSubset("a", "b"), keysSubset("b", "a"), keysSubset("c"), selector({ fallback_keys_subset: ["a"] })],
    taken: [keysSubset("a"), selector({ fallback_policy: "ANY_ENDPOINT" })],
  },
  {
    about: "typed subsets",
    place: "cluster",
    refused: [typedKeysSubset([]), typedKeysSubset(["a", "b"]), typedKeysSubset(["c"])],
    taken: [typedKeysSubset(["a"])],
  },
  {
    about: "policies for an endpoint that the request names",
    place: "cluster",
    refused: [
      overrideHost({ override_host_sources: [] }),
      overrideHost({ override_host_sources: [{}] }),
      overrideHost({ override_host_sources: [{ header: "" }] }),
      overrideHost({ override_host_sources: [{ header: "a\nb" }] }),
      overrideHost({ override_host_sources: [{ header: "x", metadata: metadataKey }] }),
      overrideHost({ override_host_sources: [{ metadata: { key: "k" } }] }),
      overrideHost({ selected_host_key: { ...metadataKey, path: [{ key: "" }] } }),
    ],
    taken: [
      overrideHost({}),
      overrideHost({ override_host_sources: [{ header: "x y" }, { metadata: metadataKey }], selected_host_key: metadataKey }),
      policyList(policy(roundRobin), policy({ "@type": `${policies}.override_host.v3.OverrideHost` })),
    ],
  },
  {
    about: "policies by locality",
    place: "cluster",
    refused: [
      byLocality(policy({ "@type": `${policies}.wrr_locality.v3.WrrLocality`, endpoint_picking_policy: { policies: [reported] } })),
      byLocality(policy({ "@type": `${policies}.subset.v3.Subset`, subset_lb_policy: { policies: [reported] } })),
      byLocality(policy(roundRobin), reported),
    ],
    taken: [byLocality(reported), byLocality(pickFirst, reported)],
  },
  {
    about: "expressions in what a policy hashes",
    place: "cluster",
    refused: [hashed("ring_hash.v3.RingHash", "("), hashed("maglev.v3.Maglev", "(")],
    taken: [hashed("ring_hash.v3.RingHash", "a+"), hashed("maglev.v3.Maglev", "")],
  },
  {
    about: "policies that Envoy does not have",
    place: "cluster",
    refused: [policyList(pickFirst)],
    taken: [policyList(pickFirst, policy(roundRobin))],
  },
  {
    about: "headers of original destinations",
    place: "cluster",
    refused: [{ ...originalDst, original_dst_lb_config: { http_header_name: "x-a" } }],
    taken: [
      { ...originalDst, original_dst_lb_config: { http_header_name: "x-a", use_http_header: true } },
      { original_dst_lb_config: { http_header_name: "x-a" } },
    ],
  },
  {
    about: "settings beside a typed policy",
    place: "cluster",
    refused: [
      { ...typedPolicy, lb_subset_config: {} },
      { ...typedPolicy, common_lb_config: { locality_weighted_lb_config: {} } },
      { ...aggregate, ...clusterProvided, lb_subset_config: {} },
      { ...aggregate, ...clusterProvided, common_lb_config: { locality_weighted_lb_config: {} } },
    ],
    taken: [
      { ...typedPolicy, round_robin_lb_config: {} },
      { ...aggregate, ...clusterProvided },
    ],
  },
  {
    about: "clusters that choose endpoints by themselves",
    place: "cluster",
    refused: [
      { ...aggregate, lb_subset_config: { subset_selectors: [{ keys: ["a"] }] } },
      { ...composite, lb_policy: "ROUND_ROBIN" },
      { ...custom("reverse_connection.v3.ReverseConnectionClusterConfig", { host_id_format: "%REQ(x)%" }), lb_policy: "ROUND_ROBIN" },
    ],
    taken: [{ ...aggregate, lb_subset_config: {} }, composite],
  },
  {
    about: "types of clusters",
    place: "cluster",
    refused: [
      custom("redis.v3.RedisClusterConfig", {}),
      { cluster_type: { name: "envoy.clusters.logical_dns", typed_config: { "@type": `${urls}envoy.config.cluster.v3.Cluster` } } },
      { cluster_type: { name: "nobody", typed_config: struct } },
    ],
    taken: [
      { cluster_type: { name: "envoy.cluster.static", typed_config: struct } },
      { cluster_type: { name: "envoy.cluster.dns", typed_config: struct } },
    ],
  },
  {
    about: "back-off of host names",
    place: "cluster",
    refused: [{ type: "STRICT_DNS", dns_failure_refresh_rate: { base_interval: "0.002s", max_interval: "0.0019s" } }],
    taken: [{ type: "STRICT_DNS", dns_failure_refresh_rate: { base_interval: "0.0015s", max_interval: "0.0012s" } }],
  },
  {
    about: "hashing by host names",
    place: "cluster",
    refused: [
      byHostname,
      { ...byHostname, type: "LOGICAL_DNS" },
      { ...byHostname, cluster_type: { name: "envoy.cluster.strict_dns" } },
      { ...byHostname, ...aggregate },
    ],
    taken: [
      { ...byHostname, type: "STRICT_DNS" },
      { common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: false } } },
    ],
  },
  {
    about: "dynamic forward proxies",
    place: "cluster",
    refused: [
      { ...forwardProxy({}), ...explicit({ http_protocol_options: {} }) },
      { ...forwardProxy({}), ...explicit({ http_protocol_options: {} }, names(true, false)) },
      { ...forwardProxy({}), ...names(false, true) },
      forwardProxy({ dns_cache_config: { name: "d", max_hosts: 1, preresolve_hostnames: [ip("a.example.com"), ip("b.example.com")] } }),
      forwardProxy({ dns_cache_config: null, sub_clusters_config: { lb_policy: "CLUSTER_PROVIDED" } }),
    ],
    taken: [
      forwardProxy({}),
      { ...forwardProxy({}), http2_protocol_options: {} },
      { ...forwardProxy({}), ...explicit({ http_protocol_options: {} }, names(true, true)) },
      { ...forwardProxy({ allow_insecure_cluster_options: true }), ...explicit({ http_protocol_options: {} }) },
      forwardProxy({ dns_cache_config: { name: "d", max_hosts: 1, preresolve_hostnames: [ip("a.example.com")] } }),
      forwardProxy({ dns_cache_config: null, sub_clusters_config: { lb_policy: "MAGLEV" } }),
    ],
  },
  {
    about: "statistics",
    place: "cluster",
    refused: [{ stats_matcher: { inclusion_list: { patterns: [{ safe_regex: badRegex }] } } }],
    taken: [{ stats_matcher: { inclusion_list: { patterns: [{ prefix: "a" }] } } }],
  },
  {
    about: "upstream filters",
    place: "cluster",
    refused: [{ filters: [{ name: "envoy.filters.network.upstream" }] }],
    taken: [{ filters: [] }],
  },
  { about: "further addresses", place: "endpoint", refused: [other("host"), { additional_addresses: [{}] }], taken: [other("10.0.0.2")] },
  {
    about: "addresses of health checks",
    place: "endpoint",
    refused: [{ health_check_config: { address: { socket_address: ip("host") } } }],
    taken: [{ health_check_config: { address: { socket_address: ip("10.0.0.1") } } }],
  },
  {
    about: "Unix sockets",
    place: "endpoint",
    refused: [pipe(`@${"a".repeat(107)}`), pipe(`/${"é".repeat(54)}`)],
    taken: [pipe(`/${"a".repeat(106)}`)],
  },
  {
    about: "retries",
    place: "forward",
    refused: [
      backOff("2s", "1s"),
      backOff("0.002s", "0.0005s"),
      retry({ retriable_headers: [{ name: "x", string_match: { safe_regex: badRegex } }] }),
    ],
    taken: [backOff("0.0019s", "0.0011s"), backOff("0.001s", "0.0005s"), backOff("1s", "1s")],
  },
  {
    about: "extensions of retries",
    place: "forward",
    refused: [
      retry({ retry_host_predicate: [{ name: "x" }] }),
      retry({ retry_priority: { name: "x" } }),
      retry({ retry_priority: { name: "x", typed_config: previousHosts } }),
      retry({ retry_options_predicates: [noExtension] }),
    ],
    taken: [retry({ retry_host_predicate: [{ name: "x", typed_config: previousHosts }] })],
  },
  {
    about: "extensions of another kind",
    place: "route",
    refused: [
      { match: { path_match_policy: noExtension } },
      { match: { prefix: "/", headers: [{ name: "x", string_match: { custom: noExtension } }] } },
      ...[
        { path_rewrite_policy: noExtension },
        { early_data_policy: noExtension },
        { internal_redirect_policy: { predicates: [noExtension] } },
      ].map((fields) => ({ route: { cluster: "c", ...fields } })),
      { route: { inline_cluster_specifier_plugin: { extension: noExtension } } },
    ],
    taken: [],
  },
  {
    about: "optional plugins",
    place: "table",
    refused: [{ cluster_specifier_plugins: [{ extension: noExtension }] }],
    taken: [{ cluster_specifier_plugins: [{ extension: noExtension, is_optional: true }] }],
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
    about: "health checks by an extension without its configuration",
    place: "cluster",
    refused: [checks({ custom_health_check: { name: "x" } })],
    taken: [],
  },
  {
    about: "internal redirects",
    place: "forward",
    refused: ["HOST", ":path"].map((name) => ({ internal_redirect_policy: { response_headers_to_copy: ["x", name] } })),
    taken: [{ internal_redirect_policy: { response_headers_to_copy: ["x a"] } }],
  },
  {
    about: "rewrites by formats",
    place: "forward",
    refused: [
      ...badFormats.flatMap((format): Patch[] => [{ path_rewrite: format }, { host_rewrite: format }]),
      { path_rewrite: "%PER_REQUEST_STATE(a)%" },
      { path_rewrite: "/", prefix_rewrite: "/" },
      { path_rewrite: "/", regex_rewrite: { pattern: { regex: "a" }, substitution: "b" } },
    ],
    taken: goodFormats.map((format): Patch => ({ path_rewrite: format, host_rewrite: format })),
  },
  {
    about: "redirects by formats",
    place: "route",
    refused: badFormats.map((path_rewrite) => ({ route: null as never, redirect: { path_rewrite } })),
    taken: goodFormats.map((path_rewrite) => ({ route: null as never, redirect: { path_rewrite } })),
  },
  {
    about: "virtual hosts on demand",
    place: "table",
    refused: [{ path_config_source: { path: "/x" } }, { self: {} }].map((config_source) => ({ vhds: { config_source } })),
    // The judge has no such source.
    taken: [],
  },
  {
    about: "hash policies and rate limits",
    place: "forward",
    refused: [
      { rate_limits: [{ actions: [{ dynamic_metadata: { descriptor_key: "a", metadata_key: { key: "a", path: [{ key: "b" }] } } }] }] },
      { hash_policy: [{ header: { header_name: "x", regex_rewrite: { pattern: badRegex, substitution: "a" } } }] },
      {
        rate_limits: [
          {
            actions: [{ header_value_match: { descriptor_value: "a", headers: [{ name: "x", string_match: { safe_regex: badRegex } }] } }],
          },
        ],
      },
    ],
    taken: [{ hash_policy: [{ header: { header_name: "x", regex_rewrite: { pattern: { regex: "a" }, substitution: "\\5" } } }] }],
  },
  {
    about: "mirrors",
    place: "forward",
    refused: [
      mirror({ cluster: "nowhere" }),
      mirror({ cluster: "c", cluster_header: "x" }),
      ...badHeaders.map((append) => mirror({ cluster: "c", request_headers_mutations: [{ append }] })),
    ],
    taken: [mirror({ cluster: "c", request_headers_mutations: [{ remove: "host" }] }), mirror({ cluster_header: "x" })],
  },
  { about: "mirrors of a table", place: "table", refused: [mirror({ cluster: "nowhere" })], taken: [mirror({ cluster: "c" })] },
  {
    about: "virtual clusters",
    place: "vhost",
    refused: [
      { virtual_clusters: [{ name: "a" }] },
      { virtual_clusters: [{ name: "a", headers: [{ name: ":path", string_match: { safe_regex: badRegex } }] }] },
    ],
    taken: [{ virtual_clusters: [{ name: "a", headers: [{ name: ":path", present_match: true }] }] }],
  },
  {
    about: "bodies of responses",
    place: "route",
    refused: badFormats.map((text_format) => ({ route: null as never, direct_response: { status: 200, body_format: { text_format } } })),
    taken: [{ route: null as never, direct_response: { status: 200, body_format: { text_format: "%PROTOCOL%" } } }],
  },
  {
    about: "generic matchers of virtual hosts",
    place: "vhost",
    refused: [
      chosen({}, "HttpResponseHeaderMatchInput"),
      chosen({}, "HttpRequestQueryParamMatchInput"),
      chosen({ keep_matching: true }),
      chosen({ action: { name: "a", typed_config: { "@type": "type.googleapis.com/envoy.config.core.v3.Metadata" } } }),
      ...[
        { match: {} },
        { match: { safe_regex: badRegex } },
        { route: { weighted_clusters: { clusters: [{ name: "c", weight: 0 }] } } },
        { route: { cluster: "c", prefix_rewrite: "/a", regex_rewrite: { pattern: { regex: "a" }, substitution: "b" } } },
        { route: { cluster: "c", ...backOff("2s", "1s") } },
        { request_headers_to_add: [header("host", "x")] },
      ].map((fields) => chosen({ fields })),
    ],
    taken: [
      chosen({}),
      ...[{ cluster: "nowhere" }, { cluster: "c", ...mirror({ cluster: "nowhere" }) }].map((route) => chosen({ fields: { route } })),
    ],
  },
  {
    about: "matches on what filters left",
    place: "route",
    refused: [
      left({ string_match: { safe_regex: badRegex } }),
      left({ string_match: { safe_regex: { regex: "a" }, ignore_case: true } }),
      ...["x", "fe80::1%eth0"].map((address_prefix) => left({ address_match: { ranges: [{ address_prefix, prefix_len: 8 }] } })),
    ],
    taken: [
      left({ string_match: { safe_regex: { regex: "a" }, ignore_case: false } }),
      left({ address_match: { ranges: [{ address_prefix: "10.0.0.0", prefix_len: 40 }] } }),
    ],
  },
  {
    about: "internal redirects",
    place: "forward",
    refused: [":path", "Host"].map((name) => ({ internal_redirect_policy: { response_headers_to_copy: [name] } })),
    taken: [{ internal_redirect_policy: { response_headers_to_copy: ["x a"] } }],
  },
  {
    about: "rewrites by formats",
    place: "forward",
    refused: [
      ...badFormats.flatMap((format): Patch[] => [{ path_rewrite: format }, { host_rewrite: format }]),
      { path_rewrite: "/a", prefix_rewrite: "/b" },
      { path_rewrite: "/a", regex_rewrite: { pattern: { regex: "a" }, substitution: "b" } },
    ],
    taken: [
      ...goodFormats.flatMap((format): Patch[] => [{ path_rewrite: format }, { host_rewrite: format }]),
      { path_rewrite: "/a", prefix_rewrite: "" },
    ],
  },
  {
    about: "redirects by formats",
    place: "route",
    refused: badFormats.map((path_rewrite) => ({ route: null as never, redirect: { path_rewrite } })),
    taken: goodFormats.map((path_rewrite) => ({ route: null as never, redirect: { path_rewrite } })),
  },
  {
    about: "rewrites by templates",
    place: "route",
    refused: [
      ...["z", "{x}", "/{", "/}", "/{x}}", "/{{x}}", "/{}", "/{1x}", "/{x=a}", "/{X}", "/a b", "/é", "/a?b", "//", "/{x}//", "/[a]"].map(
        (w) => rewritten("/{x}/{y}", w),
      ),
      rewritten("/a", "/{x}"),
      rewritten("/a**", "/z"),
    ],
    taken: ["/", "/{x}{y}", "/{y}/{x}/{x}", "/*", "/a%20b", "/~a_.-$&+,=!;@:('"].map((w) => rewritten("/{x}/{y}", w)),
  },
  {
    about: "expressions",
    place: "route",
    refused: [
      "a".repeat(33_000),
      "(a{1000}){2}",
      ...["\\x{100}", "[a\\x{100}]", "\\400", "\\1", "[\\C]", "\\p{Cn}", "\\p{LC}", "\\p{latin}", "\\p{Garay}", "\\p{Math}", "[ſ-C]"],
    ].map((regex) => ({ match: { safe_regex: { regex } } })),
    taken: ["a".repeat(32_000), ...["\\x{ff}", "\\377", "\\C", "\\p{^Kawi}", "[ÿ-é]", "(?P<n>a)(?P<n>b)"]].map((regex) => ({
      match: { safe_regex: { regex } },
    })),
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
        [{}, { append: {}, remove: "a" }, { append: {} }, parameter(5), parameter("%NOPE%")].map(mutation),
        [tokens("0.0499s"), { ...tokens("1s"), descriptors: [{ entries: [{ key: "a", value: "b" }], ...bucket("0.01s") }] }].map(limited),
      ),
    taken: [ports({ start: 0, end: 65_536 }), mutation(parameter("%REQ(x)%")), mutation({ remove: "a" }), limited(tokens("0.05s"))],
  },
  {
    about: "versions of PROXY protocol",
    place: "listener",
    refused: [disallowed("V1", "V2"), disallowed("V2", "V2", "V1")],
    taken: [disallowed("V1"), disallowed("V2", "V2")],
  },
  {
    about: "TCP proxies",
    place: "tcp",
    refused: [
      { backoff_options: { base_interval: "2s", max_interval: "1s" } },
      { access_log_options: {}, access_log_flush_interval: "2s" },
      { access_log_options: {}, flush_access_log_on_connected: true },
      { upstream_connect_mode: "ON_DOWNSTREAM_DATA" },
      { proxy_protocol_tlvs: [{ type: 5 }] },
      { proxy_protocol_tlvs: [{ type: 5, value: "AA==", format_string: { text_format: "a" } }] },
      { proxy_protocol_tlvs: [{ type: 5, format_string: { text_format_source: { inline_string: "%NOPE%" } } }] },
      { tunneling_config: { hostname: "%NOPE%" } },
      { tunneling_config: { hostname: "a", post_path: "/" } },
      ...badHeaders.map((option): Patch => ({ tunneling_config: { hostname: "a", headers_to_add: [option] } })),
    ],
    taken: [
      { backoff_options: { base_interval: "0.0015s", max_interval: "0.001s" } },
      { upstream_connect_mode: "ON_DOWNSTREAM_DATA", max_early_data_bytes: 0 },
      { proxy_protocol_tlvs: [{ type: 5, value: "AA==" }] },
      { tunneling_config: { hostname: "a", use_post: true, post_path: "/" } },
    ],
  },
];

/** Settings of a route for a filter. */
function routeSettings(type: string, fields: JsonObject): Patch {
  return { typed_per_filter_config: { f: { "@type": `type.googleapis.com/envoy.extensions.filters.http.${type}`, ...fields } } };
}

function ports(destination_port_range: JsonObject): Patch {
  const policy = { permissions: [{ destination_port_range }], principals: [{ any: true }] };
  return routeSettings("rbac.v3.RBACPerRoute", { rbac: { rules: { policies: { p: policy } } } });
}

function parameter(value: Json): JsonObject {
  return { append: { record: { key: "a", value } } };
}

function mutation(one: JsonObject): Patch {
  return routeSettings("header_mutation.v3.HeaderMutationPerRoute", { mutations: { query_parameter_mutations: [one] } });
}

function bucket(fill_interval: string): JsonObject {
  return { token_bucket: { max_tokens: 1, fill_interval } };
}

function tokens(fill_interval: string): JsonObject {
  return { stat_prefix: "l", ...bucket(fill_interval) };
}

function limited(fields: JsonObject): Patch {
  return routeSettings("local_ratelimit.v3.LocalRateLimit", fields);
}

function detected(fields: JsonObject): Patch {
  const xff = { "@type": "type.googleapis.com/envoy.extensions.http.original_ip_detection.xff.v3.XffConfig" };
  return { original_ip_detection_extensions: [{ name: "xff", typed_config: xff }], ...fields };
}

/** A virtual host whose matcher leads to one route. */
function chosen(
  { fields = {}, ...rest }: { readonly fields?: JsonObject; readonly keep_matching?: boolean; readonly action?: JsonObject },
  type = "HttpRequestHeaderMatchInput",
): Patch {
  const route = { match: { prefix: "/" }, route: { cluster: "c" }, ...fields };
  const action = { name: "a", typed_config: { "@type": "type.googleapis.com/envoy.config.route.v3.Route", ...route } };
  const input = { name: "i", typed_config: { "@type": `type.googleapis.com/envoy.type.matcher.v3.${type}` } };
  return { routes: null, matcher: { matcher_tree: { input, exact_match_map: { map: { "/": { action, ...rest } } } } } };
}

function left(match: JsonObject): Patch {
  return { match: { prefix: "/", filter_state: [{ key: "a", ...match }] } };
}

function rewritten(path_template: string, path_template_rewrite: string): Patch {
  const path = "type.googleapis.com/envoy.extensions.path";
  const match = { "@type": `${path}.match.uri_template.v3.UriTemplateMatchConfig`, path_template };
  const rewrite = { "@type": `${path}.rewrite.uri_template.v3.UriTemplateRewriteConfig`, path_template_rewrite };
  return {
    match: { path_match_policy: { name: "m", typed_config: match } },
    route: { cluster: "c", path_rewrite_policy: { name: "r", typed_config: rewrite } },
  };
}
