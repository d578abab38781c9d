/** The mesh of `make bench-churn`: a mesh of istiod's shapes, and two services beside it whose connections tell what the kernel knows. */
import type { XdsKind } from "../../../compiler/decode/index.ts";
import { PORT } from "../connector.ts";
import { encodeResources } from "../encode.ts";
import { syntheticMesh } from "../synthetic-mesh.ts";
import type { Resources } from "./plane.ts";

type Json = Record<string, unknown>;

/** The service whose one endpoint changes. */
export const flapped = { cluster: "probe", address: "10.255.0.1", port: 80 } as const;
/** The HTTP service whose weights are shifted between two endpoints. */
export const split = { routes: "split", address: "10.255.0.2", port: 80, left: "127.2.0.1", right: "127.2.0.2" } as const;

const t = (name: string): string => `type.googleapis.com/${name}`;

export function churnMesh(services: number): Readonly<Record<XdsKind, Resources>> {
  const mesh = syntheticMesh({ services, endpointsPerService: 10 });
  return encodeResources({
    clusters: [...mesh.clusters, ...[flapped.cluster, split.left, split.right].map(edsCluster)],
    endpoints: [...mesh.endpoints, assignment(flapped.cluster, "127.0.0.1"), ...[split.left, split.right].map((ip) => assignment(ip, ip))],
    listeners: [...mesh.listeners, listener(flapped, tcpFilter(flapped.cluster)), listener(split, httpFilter(split.routes))],
    routes: [...mesh.routes, splitRoutes("left")],
  });
}

/** The n-th endpoint of `flapped`. */
export function flap(n: number): Buffer {
  return endpointOf(flapped.cluster, flappedAt(n));
}

export function flappedAt(n: number): string {
  return `127.1.${(n >> 8) & 255}.${n & 255}`;
}

/** A cluster's one endpoint. */
export function endpointOf(cluster: string, ip: string): Buffer {
  return encodeResources({ clusters: [], endpoints: [assignment(cluster, ip)], listeners: [], routes: [] }).endpoint[cluster]!;
}

/** The routes of `split`, all weight on one side. */
export function splitTo(side: "left" | "right"): Buffer {
  return encodeResources({ clusters: [], endpoints: [], listeners: [], routes: [splitRoutes(side)] }).route[split.routes]!;
}

function edsCluster(name: string): Json {
  const eds = { eds_config: { ads: {}, resource_api_version: "V3" }, service_name: name };
  return { "@type": t("envoy.config.cluster.v3.Cluster"), name, type: "EDS", eds_cluster_config: eds, connect_timeout: "10s" };
}

function assignment(name: string, address: string): Json {
  const endpoint = { endpoint: { address: { socket_address: { address, port_value: PORT } } }, health_status: "HEALTHY" };
  const endpoints = [{ locality: {}, load_balancing_weight: 1, lb_endpoints: [{ ...endpoint, load_balancing_weight: 1 }] }];
  return { "@type": t("envoy.config.endpoint.v3.ClusterLoadAssignment"), cluster_name: name, endpoints };
}

function listener({ address, port }: { readonly address: string; readonly port: number }, filter: Json): Json {
  return {
    "@type": t("envoy.config.listener.v3.Listener"),
    name: `${address}_${port}`,
    address: { socket_address: { address, port_value: port } },
    filter_chains: [{ filters: [filter] }],
    traffic_direction: "OUTBOUND",
    bind_to_port: false,
  };
}

function tcpFilter(cluster: string): Json {
  const config = { "@type": t("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"), stat_prefix: cluster, cluster };
  return { name: "envoy.filters.network.tcp_proxy", typed_config: config };
}

function httpFilter(routes: string): Json {
  const router = { "@type": t("envoy.extensions.filters.http.router.v3.Router") };
  const config = {
    "@type": t("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: routes,
    rds: { config_source: { ads: {}, resource_api_version: "V3" }, route_config_name: routes },
    http_filters: [{ name: "envoy.filters.http.router", typed_config: router }],
  };
  return { name: "envoy.filters.network.http_connection_manager", typed_config: config };
}

function splitRoutes(side: "left" | "right"): Json {
  const clusters = (["left", "right"] as const).map((each) => ({ name: split[each], weight: each === side ? 100 : 0 }));
  const routes = [{ match: { prefix: "/" }, route: { weighted_clusters: { clusters } } }];
  return {
    "@type": t("envoy.config.route.v3.RouteConfiguration"),
    name: split.routes,
    virtual_hosts: [{ name: "split", domains: ["*"], routes }],
  };
}
