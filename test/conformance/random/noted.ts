/** Fields that have no effect on a decision, but whose rules Envoy refuses a snapshot by: spoiled ones are asked about, see spoil.ts. */
import type { JsonObject } from "../json-fields.ts";
import type { Dice } from "./dice.ts";

const retryPolicy = (dice: Dice): JsonObject => ({
  retry_on: "connect-failure",
  num_retries: dice.int(3),
  per_try_timeout: "2s",
  ...dice.maybe(0.5, () => ({ retry_back_off: { base_interval: "0.025s", max_interval: "0.25s" } })),
  ...dice.maybe(0.3, () => ({ retriable_headers: [{ name: "x-r", string_match: { safe_regex: { regex: "a|b" } } }] })),
  ...dice.maybe(0.2, () => ({ rate_limited_retry_back_off: { reset_headers: [{ name: "x-r", format: "SECONDS" }], max_interval: "5s" } })),
});

/** Of a route that forwards. */
export function notedOfForward(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.08, () => ({ timeout: dice.pick(["0s", "5s"]), idle_timeout: "60s" })),
    ...dice.maybe(0.08, () => ({ retry_policy: retryPolicy(dice) })),
    ...dice.maybe(0.05, () => ({
      hash_policy: [
        { header: { header_name: "x-a", regex_rewrite: { pattern: { regex: "a+" }, substitution: "b" } } },
        { cookie: { name: "s", ttl: "60s", attributes: [{ name: "a", value: "b" }] } },
        { connection_properties: { source_ip: true } },
        { query_parameter: { name: "q" }, terminal: true },
      ],
    })),
    ...mirrors(dice),
    ...dice.maybe(0.03, () => ({ max_stream_duration: { max_stream_duration: "60s", grpc_timeout_header_max: "5s" } })),
    ...dice.maybe(0.03, () => ({ hedge_policy: { hedge_on_per_try_timeout: true, additional_request_chance: { numerator: 5 } } })),
  };
}

function mirrors(dice: Dice): JsonObject {
  const policy = { cluster: "c4", runtime_fraction: { default_value: { numerator: 0 } } };
  return dice.maybe(0.05, () => ({ request_mirror_policies: [{ ...policy, ...dice.maybe(0.3, () => ({ trace_sampled: false })) }] }));
}

/** Of a table, a virtual host, a route or a weighted cluster. */
export function notedOfTreated(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.05, () => ({
      response_headers_to_add: [{ header: { key: "x-r", value: dice.pick(["%RESP(x-a)%", "%START_TIME(%s)%", "a"]) } }],
      response_headers_to_remove: ["x-s"],
    })),
  };
}

/** Of a virtual host. */
export function notedOfVhost(dice: Dice): JsonObject {
  return {
    ...mirrors(dice),
    ...dice.maybe(0.04, () => ({ retry_policy: retryPolicy(dice) })),
    ...dice.maybe(0.04, () => ({ virtual_clusters: [{ name: "vc", headers: [{ name: ":path", string_match: { prefix: "/a" } }] }] })),
    ...dice.maybe(0.03, () => ({ per_request_buffer_limit_bytes: 1_000_000 })),
  };
}

/** Of a connection manager. */
export function notedOfManager(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.08, () => ({
      http2_protocol_options: {
        initial_stream_window_size: 65_536,
        connection_keepalive: { interval: "30s", timeout: "5s" },
        custom_settings_parameters: [{ identifier: dice.pick([5, 9, 100]), value: 20_000 }],
      },
    })),
    ...dice.maybe(0.05, () => ({ stream_idle_timeout: "60s", request_timeout: "60s", drain_timeout: "1s", delayed_close_timeout: "1s" })),
    ...dice.maybe(0.05, () => ({ server_name: "mesh", server_header_transformation: "PASS_THROUGH" })),
    ...dice.maybe(0.04, () => ({ access_log_options: { access_log_flush_interval: "5s" } })),
    ...dice.maybe(0.04, () => ({ set_current_client_cert_details: { subject: true, uri: true } })),
  };
}

/** Of a listener. */
export function notedOfListener(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.06, () => ({ per_connection_buffer_limit_bytes: 32_768 })),
    ...dice.maybe(0.04, () => ({ tcp_backlog_size: 128, max_connections_to_accept_per_socket_event: 10 })),
    ...dice.maybe(0.04, () => ({ connection_balance_config: { exact_balance: {} } })),
  };
}

/** Of a TCP proxy. */
export function notedOfTcp(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.08, () => ({ idle_timeout: "60s", max_connect_attempts: 2 })),
    ...dice.maybe(0.05, () => ({ backoff_options: { base_interval: "0.5s", max_interval: "2s" } })),
    ...dice.maybe(0.05, () => ({ hash_policy: [{ source_ip: {} }] })),
    ...dice.maybe(0.05, () => ({ access_log_options: { access_log_flush_interval: "5s" } })),
    ...dice.maybe(0.03, () => ({
      max_downstream_connection_duration: "60s",
      max_downstream_connection_duration_jitter_percentage: { value: 5 },
    })),
  };
}

const healthCheck = { timeout: "1s", interval: "60s", unhealthy_threshold: 100, healthy_threshold: 1 };
const healthChecks: readonly JsonObject[] = [
  { tcp_health_check: { send: { text: "00ff" }, receive: [{ text: "00" }] } },
  {
    http_health_check: {
      ...{ path: "/health", host: "h", expected_statuses: [{ start: 200, end: 300 }] },
      request_headers_to_add: [{ header: { key: "x-h", value: "%PROTOCOL%" } }],
    },
  },
];

/** Of a cluster with one endpoint: in Envoy, endpoints are not healthy before they were checked. */
export function notedHealthChecks(dice: Dice): JsonObject {
  return dice.maybe(0.2, () => ({ health_checks: [{ ...healthCheck, ...dice.pick(healthChecks) }] }));
}

/** Of a cluster. */
export function notedOfCluster(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.2, () => ({
      circuit_breakers: {
        thresholds: [{ max_connections: 10_000, max_pending_requests: 10_000, max_requests: 10_000, max_connection_pools: 100 }],
      },
    })),
    ...dice.maybe(0.2, () => ({
      outlier_detection: { interval: "60s", base_ejection_time: "30s", max_ejection_percent: 0, consecutive_5xx: 1000 },
    })),
    ...dice.maybe(0.1, () => ({ upstream_bind_config: { source_address: { address: "10.0.0.9", port_value: 0 } } })),
    ...dice.maybe(0.1, () => ({ preconnect_policy: { per_upstream_preconnect_ratio: 1.5 } })),
    ...dice.maybe(0.05, () => ({ upstream_connection_options: { tcp_keepalive: { keepalive_probes: 3 } } })),
  };
}
