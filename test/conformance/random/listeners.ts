/** Random listeners: connection managers with all the options that change what a head means, and trees of filter chains. */
import type { JsonObject } from "../json-fields.ts";
import { plainClusters } from "./clusters.ts";
import type { Dice } from "./dice.ts";
import { randomFilters } from "./filters.ts";
import { notedOfListener, notedOfManager, notedOfTcp } from "./noted.ts";
import { randomTable } from "./routes.ts";

const prefix = "type.googleapis.com/";
const network = `${prefix}envoy.extensions.filters.network`;
const listenerFilters = `${prefix}envoy.extensions.filters.listener`;

export const listenerType = `${prefix}envoy.config.listener.v3.Listener`;

/** A listener with one chain, whose connection manager has an inline table. */
export function httpListener(dice: Dice, label: string, addresses: readonly JsonObject[]): JsonObject {
  return listener(dice, label, addresses, { filter_chains: [{ filters: [randomHcm(dice, label)] }] });
}

function listener(dice: Dice, name: string, addresses: readonly JsonObject[], rest: JsonObject): JsonObject {
  const [first, ...others] = addresses;
  return {
    "@type": listenerType,
    name,
    address: { socket_address: first! },
    ...(others.length > 0 ? { additional_addresses: others.map((other) => ({ address: { socket_address: other } })) } : {}),
    bind_to_port: false,
    ...notedOfListener(dice),
    ...dice.maybe(0.1, () => ({ traffic_direction: "OUTBOUND" })),
    ...dice.maybe(0.03, () => ({ deprecated_v1: { bind_to_port: false } })),
    ...rest,
  };
}

function randomHcm(dice: Dice, label: string): JsonObject {
  const router = {
    name: "router",
    typed_config: {
      "@type": `${prefix}envoy.extensions.filters.http.router.v3.Router`,
      ...dice.maybe(0.15, () => ({ suppress_envoy_headers: true })),
    },
  };
  return {
    name: "hcm",
    typed_config: {
      "@type": `${network}.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: "h",
      route_config: randomTable(dice, label),
      http_filters: [...randomFilters(dice), router],
      ...randomHcmOptions(dice),
      ...notedOfManager(dice),
    },
  };
}

function randomHcmOptions(dice: Dice): JsonObject {
  const http1: JsonObject = {
    ...dice.maybe(0.25, () => ({ accept_http_10: true, ...dice.maybe(0.6, () => ({ default_host_for_http_10: "a.com" })) })),
    ...dice.maybe(0.15, () => ({ allow_absolute_url: dice.chance(0.3) })),
  };
  const common: JsonObject = {
    ...dice.maybe(0.2, () => ({ headers_with_underscores_action: dice.pick(["DROP_HEADER", "REJECT_REQUEST", "ALLOW"]) })),
    ...dice.maybe(0.1, () => ({ max_headers_count: dice.pick([1, 3, 5, 200]) })),
  };
  return {
    ...dice.maybe(0.25, () => ({ normalize_path: true })),
    ...dice.maybe(0.2, () => ({ merge_slashes: true })),
    ...dice.maybe(0.25, () => ({
      path_with_escaped_slashes_action: dice.pick(["REJECT_REQUEST", "UNESCAPE_AND_REDIRECT", "UNESCAPE_AND_FORWARD", "KEEP_UNCHANGED"]),
    })),
    ...dice.maybe(0.25, () => (dice.chance(0.5) ? { strip_any_host_port: true } : { strip_matching_host_port: true })),
    ...dice.maybe(0.15, () => ({ strip_trailing_host_dot: true })),
    ...dice.maybe(0.2, () => ({ use_remote_address: true })),
    ...dice.maybe(0.15, () => ({
      internal_address_config: {
        cidr_ranges: dice.list(0, 1, () => ({
          address_prefix: dice.pick(["10.0.0.0", "192.168.0.0", "0.0.0.0"]),
          prefix_len: dice.pick([8, 16, 0]),
        })),
      },
    })),
    ...ownHeaders(dice),
    ...dice.maybe(0.1, () => ({ scheme_header_transformation: { scheme_to_overwrite: dice.pick(["https", "http"]) } })),
    ...dice.maybe(0.25, () => ({
      upgrade_configs: dice
        .some(["websocket", "CONNECT", "foo"], 1, 2)
        .map((upgrade_type) => ({ upgrade_type, ...dice.maybe(0.2, () => ({ enabled: false })) })),
    })),
    ...dice.maybe(0.04, () => ({ max_request_headers_kb: dice.pick([1, 96]) })),
    ...dice.maybe(0.3, () => ({ codec_type: dice.pick(["AUTO", "HTTP1"]) })),
    ...dice.maybe(0.05, () => ({ proxy_100_continue: true })),
    ...dice.maybe(0.05, () => ({ local_reply_config: { mappers: [randomMapper(dice)] } })),
    ...(Object.keys(http1).length > 0 ? { http_protocol_options: http1 } : {}),
    ...(Object.keys(common).length > 0 ? { common_http_protocol_options: common } : {}),
  };
}

/** Changes the headers of Envoy's own replies, or their status. */
function randomMapper(dice: Dice): JsonObject {
  return {
    filter: { response_flag_filter: { flags: [dice.pick(["NR", "UH", "NC"])] } },
    ...(dice.chance(0.7) ? { headers_to_add: [{ header: { key: "x-r", value: "%RESPONSE_CODE%" } }] } : { status_code: 418 }),
  };
}

/** Headers that the connection manager itself sets, which routes may match on. */
function ownHeaders(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.1, () => ({ skip_xff_append: true })),
    ...dice.maybe(0.15, () => ({ xff_num_trusted_hops: dice.pick([1, 1, 2, 3, 4294967295]) })),
    ...dice.maybe(0.1, () => ({ append_x_forwarded_port: true })),
    ...dice.maybe(0.1, () => ({ via: "1.1 mesh" })),
    ...dice.maybe(0.1, () => ({ generate_request_id: false })),
    ...dice.maybe(0.1, () => ({ preserve_external_request_id: true })),
    ...dice.maybe(0.1, () => ({
      forward_client_cert_details: dice.pick(["SANITIZE", "FORWARD_ONLY", "SANITIZE_SET", "ALWAYS_FORWARD_ONLY", "ALWAYS_FORWARD_ONLY"]),
    })),
  };
}

/** A listener whose chains each go to a cluster of their own, as far as those reach; some inspect the first bytes. */
export function chainListener(dice: Dice, label: string, addresses: readonly JsonObject[], extra: JsonObject = {}): JsonObject {
  const chains = dice.list(1, 6, (i) => ({
    name: `${label}.f${i}`,
    filter_chain_match: randomChainMatch(dice),
    ...dice.maybe(0.05, () => ({
      transport_socket: { name: "raw", typed_config: { "@type": `${prefix}envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer` } },
    })),
    filters: [dice.chance(0.25) ? randomHcm(dice, `${label}.f${i}`) : tcpProxy(dice, i)],
  }));
  const inspectors = [
    ...(dice.chance(0.6) ? [inspector(dice, "tls_inspector.v3.TlsInspector")] : []),
    ...(dice.chance(0.35) ? [inspector(dice, "http_inspector.v3.HttpInspector")] : []),
  ];
  return listener(dice, label, addresses, {
    filter_chains: chains,
    ...dice.maybe(0.4, () => ({ default_filter_chain: { name: `${label}.default`, filters: [tcpProxy(dice, 4)] } })),
    ...(inspectors.length > 0 ? { listener_filters: inspectors } : {}),
    // The default is 15 s, too long to wait for; much less is too short for a busy machine.
    listener_filters_timeout: dice.chance(0.6) ? "0.5s" : "0s",
    ...dice.maybe(0.4, () => ({ continue_on_listener_filters_timeout: true })),
    ...extra,
  });
}

function inspector(dice: Dice, type: string): JsonObject {
  return {
    name: type,
    typed_config: { "@type": `${listenerFilters}.${type}` },
    ...dice.maybe(0.12, () => ({ filter_disabled: randomPorts(dice, 0) })),
  };
}

/** For which destination ports an inspector is off. */
function randomPorts(dice: Dice, depth: number): JsonObject {
  const kind = dice.int(depth < 2 ? 6 : 3);
  if (kind === 0) return { any_match: true };
  if (kind < 3)
    return {
      destination_port_range: dice.pick([
        { start: 80, end: 81 },
        { start: 81, end: 500 },
        { start: 1, end: 65_535 },
      ]),
    };
  if (kind === 3) return { not_match: randomPorts(dice, depth + 1) };
  const rules = dice.list(2, 3, () => randomPorts(dice, depth + 1));
  return kind === 4 ? { or_match: { rules } } : { and_match: { rules } };
}

function tcpProxy(dice: Dice, chain: number): JsonObject {
  const own = plainClusters[chain % plainClusters.length]!;
  const target: JsonObject = dice.chance(0.85)
    ? { cluster: dice.chance(0.9) ? own : dice.pick(["empty", "sick", "missing", "passthrough"]) }
    : {
        weighted_clusters: {
          clusters: [
            { name: own, weight: dice.pick([1, 2, 3, 4294967295]) },
            { name: dice.pick(["missing", "c0", "c3"]), weight: 1 },
          ],
        },
      };
  return { name: "tcp", typed_config: { "@type": `${network}.tcp_proxy.v3.TcpProxy`, stat_prefix: "t", ...target, ...notedOfTcp(dice) } };
}

export const serverNames = ["a.com", "*.a.com", "b.a.com", "*.com", "*.b.a.com", "A.com"];
export const protocols = ["h2", "http/1.1", "http/1.0", "h2c", "istio", "H2"];
const ranges = [
  { address_prefix: "10.0.0.0", prefix_len: 8 },
  { address_prefix: "10.0.0.1", prefix_len: 32 },
  { address_prefix: "10.0.0.3", prefix_len: 30 },
  { address_prefix: "10.0.0.0", prefix_len: 24 },
  { address_prefix: "fd00::1", prefix_len: 128 },
  { address_prefix: "fd00::", prefix_len: 16 },
];
const sources = [
  { address_prefix: "192.168.0.0", prefix_len: 16 },
  { address_prefix: "192.168.1.1", prefix_len: 32 },
  { address_prefix: "127.0.0.0", prefix_len: 8 },
  { address_prefix: "10.0.0.1", prefix_len: 32 },
  { address_prefix: "fd00::", prefix_len: 8 },
];

function randomChainMatch(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.3, () => ({ destination_port: dice.pick([80, 81, 443]) })),
    ...dice.maybe(0.35, () => ({ prefix_ranges: dice.some(ranges, 1, 2) })),
    ...dice.maybe(0.4, () => ({ server_names: dice.some([...serverNames.slice(0, 5), ".a.com", ""], 1, 2) })),
    ...dice.maybe(0.3, () => ({ transport_protocol: dice.pick(["tls", "raw_buffer"]) })),
    ...dice.maybe(0.35, () => ({ application_protocols: dice.some([...protocols, ""], 1, 2) })),
    ...dice.maybe(0.15, () => ({ direct_source_prefix_ranges: dice.some(sources, 1, 2) })),
    ...dice.maybe(0.25, () => ({ source_type: dice.pick(["SAME_IP_OR_LOOPBACK", "EXTERNAL", "ANY"]) })),
    ...dice.maybe(0.25, () => ({ source_prefix_ranges: dice.some(sources, 1, 2) })),
    ...dice.maybe(0.2, () => ({ source_ports: dice.some([1111, 2222, 3333], 1, 2) })),
  };
}
