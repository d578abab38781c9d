/** Clusters that find their endpoints otherwise than by a static list, or are told of otherwise. */
import type { JsonObject } from "../json-fields.ts";
import type { Dice } from "./dice.ts";
import { notedHealthChecks, notedOfCluster } from "./noted.ts";

const prefix = "type.googleapis.com/";
const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** Names that routes use, whether the snapshot has the cluster or not. */
export const otherClusters = ["dns", "logical", "by-header", "typed"] as const;
/** The judge's upstreams have no Unix sockets: no route goes there. */
const drawn = [...otherClusters, "unix"] as const;

/** Some of them. */
export function drawnClusters(dice: Dice): JsonObject[] {
  return drawn.filter(() => dice.chance(0.4)).map((name) => ({ name, connect_timeout: "1s", ...clusterOf(dice, name) }));
}

function clusterOf(dice: Dice, name: (typeof drawn)[number]): JsonObject {
  const kind = { "@type": `${prefix}envoy.config.cluster.v3.Cluster` };
  switch (name) {
    case "dns":
      return {
        ...kind,
        ...byName(dice, false),
        ...assigned(
          name,
          dice.list(1, 2, (i) => namedEndpoint(dice, i)),
        ),
      };
    case "logical":
      return { ...kind, ...byName(dice, true), ...assigned(name, [namedEndpoint(dice, 0)]) };
    case "by-header":
      return { ...kind, ...byHeader(dice) };
    case "typed":
      return {
        ...kind,
        ...typed(dice),
        ...assigned(name, [
          endpoint(
            "10.1.20.1",
            dice.maybe(0.5, () => ({ hostname: "t.example.com" })),
          ),
        ]),
      };
    case "unix":
      return { ...kind, ...assigned(name, [{ endpoint: { address: dice.pick(unreachable) } }]) };
  }
}

const unreachable: readonly JsonObject[] = [
  { pipe: { path: "/run/a.sock" } },
  { envoy_internal_address: { server_listener_name: "inner", endpoint_id: "1" } },
];

function assigned(name: string, lb_endpoints: readonly JsonObject[]): JsonObject {
  return { load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [...lb_endpoints] }] } };
}

function endpoint(address: string, rest: JsonObject = {}): JsonObject {
  return { endpoint: { address: { socket_address: { address, port_value: 8080 } }, ...rest } };
}

function namedEndpoint(dice: Dice, index: number): JsonObject {
  const host = dice.chance(0.8) ? `h${index}.example.com` : `10.1.2${index}.1`;
  return endpoint(
    host,
    dice.maybe(0.3, () => ({ hostname: "other.example.com" })),
  );
}

/** STRICT_DNS or LOGICAL_DNS, in both dialects. The judge's server knows IPv4 addresses only. */
function byName(dice: Dice, logical: boolean): JsonObject {
  const lookup: JsonObject = {
    ...dice.maybe(0.4, () => ({ dns_lookup_family: dice.pick(["AUTO", "V4_ONLY", "V4_PREFERRED"]) })),
    ...dice.maybe(0.3, () => ({ dns_refresh_rate: dice.pick(["5s", "60s"]), dns_jitter: "1s" })),
    ...dice.maybe(0.3, () => ({ dns_failure_refresh_rate: { base_interval: "2s", max_interval: dice.pick(["2s", "10s"]) } })),
    ...dice.maybe(0.3, () => ({ respect_dns_ttl: true })),
  };
  if (dice.chance(0.6)) return { type: logical ? "LOGICAL_DNS" : "STRICT_DNS", ...lookup };
  const config = {
    "@type": `${prefix}envoy.extensions.clusters.dns.v3.DnsCluster`,
    ...lookup,
    ...(logical ? { all_addresses_in_single_endpoint: true } : {}),
  };
  return { cluster_type: { name: "dns", typed_config: config } };
}

/** ORIGINAL_DST, or the address that a header tells. */
function byHeader(dice: Dice): JsonObject {
  const header = dice.maybe(0.8, () => ({ use_http_header: true, ...dice.maybe(0.4, () => ({ http_header_name: "x-a" })) }));
  return { type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED", original_dst_lb_config: header };
}

/** Static, with settings that change nothing. */
function typed(dice: Dice): JsonObject {
  const http1 = { http_protocol_options: {} };
  return {
    ...dice.maybe(0.3, () => ({ cluster_type: { name: "envoy.cluster.static" } })),
    ...dice.maybe(0.3, () => ({
      transport_socket: { name: "raw", typed_config: { "@type": `${prefix}envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer` } },
    })),
    ...dice.maybe(0.4, () => ({
      typed_extension_protocol_options: {
        [options]: {
          "@type": `${prefix}${options}`,
          ...(dice.chance(0.7) ? { explicit_http_config: http1 } : { use_downstream_protocol_config: http1 }),
        },
      },
    })),
    ...dice.maybe(0.2, () => ({ lb_subset_config: { fallback_policy: "ANY_ENDPOINT" } })),
    ...notedOfCluster(dice),
    ...notedHealthChecks(dice),
    ...dice.maybe(0.2, () => ({ round_robin_lb_config: { slow_start_config: { slow_start_window: "1s" } } })),
    ...dice.maybe(0.1, () => ({ metadata: { filter_metadata: { "envoy.lb": { a: "b" } } } })),
  };
}
