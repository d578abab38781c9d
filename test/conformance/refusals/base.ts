/** The smallest snapshot that Envoy takes, and what a row changes of it. */
import type { Json, JsonObject } from "../json-fields.ts";

const prefix = "type.googleapis.com/";
const network = `${prefix}envoy.extensions.filters.network`;

/** Fields added to one message of the snapshot; null takes one away. */
export type Patch = { readonly [field: string]: Json };

/** Which message a row changes. */
export type Place = "listener" | "hcm" | "tcp" | "table" | "vhost" | "route" | "forward" | "cluster" | "endpoint";

/** The snapshot with `patch` put on the message at `place`. */
export function snapshotWith(place: Place, patch: Patch): readonly JsonObject[] {
  const put = (at: Place, message: JsonObject): JsonObject => {
    if (at !== place) return message;
    const kept = Object.entries({ ...message, ...patch }).filter(([, value]) => value !== null);
    return Object.fromEntries(kept) as JsonObject;
  };
  const forward = put("forward", { cluster: "c" });
  const route = put("route", { match: { prefix: "/" }, route: forward });
  const vhost = put("vhost", { name: "v", domains: ["*"], routes: [route] });
  const hcm = put("hcm", {
    "@type": `${network}.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "h",
    route_config: put("table", { name: "r", virtual_hosts: [vhost] }),
    http_filters: [{ name: "router", typed_config: { "@type": `${prefix}envoy.extensions.filters.http.router.v3.Router` } }],
  });
  const tcp = put("tcp", { "@type": `${network}.tcp_proxy.v3.TcpProxy`, stat_prefix: "t", cluster: "c" });
  const endpoint = put("endpoint", { address: { socket_address: { address: "10.1.0.1", port_value: 8080 } } });
  return [
    put("listener", listener("http", 80, hcm)),
    listener("tcp", 81, tcp),
    put("cluster", {
      "@type": `${prefix}envoy.config.cluster.v3.Cluster`,
      name: "c",
      connect_timeout: "1s",
      load_assignment: { cluster_name: "c", endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    }),
  ];
}

function listener(name: string, port: number, config: Json): JsonObject {
  return {
    "@type": `${prefix}envoy.config.listener.v3.Listener`,
    name,
    address: { socket_address: { address: "10.0.0.1", port_value: port } },
    bind_to_port: false,
    filter_chains: [{ filters: [{ name: "f", typed_config: config }] }],
  };
}

/** Of each row the first list of patches is refused, the second is taken. */
export interface RefusalRow {
  readonly about: string;
  readonly place: Place;
  readonly refused: readonly Patch[];
  readonly taken: readonly Patch[];
}
