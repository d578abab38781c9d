import type { JsonObject } from "../../json-fields.ts";
import type { Patch, RefusalRow } from "../base.ts";
import {
  badHeaders,
  badRegex,
  badSettings,
  explicit,
  extension,
  goodHeaders,
  goodSettings,
  http2,
  ip,
  mirror,
  preserveCase,
  protocol,
  stringValue,
} from "./patches.ts";

const from = (address: string, rest: JsonObject = {}): Patch => ({ upstream_bind_config: { source_address: ip(address), ...rest } });
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
const extra = (...list: readonly string[]): JsonObject => ({ extra_source_addresses: list.map((address) => ({ address: ip(address) })) });
const outliers = (outlier_detection: JsonObject): Patch => ({ outlier_detection });
const other = (address: string): Patch => ({ additional_addresses: [{ address: { socket_address: ip(address) } }] });
const pipe = (path: string): Patch => ({ address: { pipe: { path } } });

/** Of how clusters reach their endpoints: protocols, health checks, addresses. */
export const upstreamRows: readonly RefusalRow[] = [
  {
    about: "formatters of names that Envoy does not have",
    place: "cluster",
    refused: [explicit({ http_protocol_options: { header_key_format: { stateful_formatter: extension(stringValue) } } })],
    taken: [explicit({ http_protocol_options: { header_key_format: { stateful_formatter: extension({ "@type": preserveCase }) } } })],
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
    about: "health checks by an extension without its configuration",
    place: "cluster",
    refused: [checks({ custom_health_check: { name: "x" } })],
    taken: [],
  },
];
