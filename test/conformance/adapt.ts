/**
 * Makes a snapshot runnable in a lone Envoy without changing what it decides:
 *   - RDS and EDS subscriptions read files, as LDS and CDS do, so that Envoy's own JSON reader judges every resource;
 *   - no listener binds a port but one, the entry: the fixture's outbound `use_original_dst` listener if it has one, else one of ours that
 *     gives what nobody takes to the cluster `km-unmanaged`. A proxy_protocol filter in front restores the addresses of the question;
 *   - listeners that are not compiled are left out: inbound ones, those of UDP and of pipes; and so are Istio's own filters and the mTLS to sidecars, which need an agent;
 *   - tracing is left out, access logs are replaced by one that tells which cluster, route and filter chain were chosen.
 */
import { isIP } from "node:net";
import { anyType, getField, getList, isObject, type Json, type JsonObject, setField } from "./json-fields.ts";
import type { Address } from "./question.ts";
import type { Resources } from "./resources.ts";

/** The cluster that our own entry listener sends connections to: nobody's traffic. */
export const unmanagedCluster = "km-unmanaged";

/** Files of one generation, path relative to the generation's folder -> JSON. */
export interface AdaptedSnapshot {
  readonly listeners: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  /** RDS and EDS: file name -> DiscoveryResponse. */
  readonly files: ReadonlyMap<string, JsonObject>;
  /** Clusters that connect to the restored destination. */
  readonly originalDst: ReadonlySet<string>;
}

/**
 * Adapts `resources`; `folder` is where the files will be, `entries` the addresses that the entry listener binds.
 */
export function adaptSnapshot(resources: Resources, folder: string, entries: readonly Address[]): AdaptedSnapshot {
  const files = new Map<string, JsonObject>();
  const named = (kind: "rds" | "eds", name: string): JsonObject => {
    const file = `${kind}-${Buffer.from(name).toString("hex").slice(0, 120)}-${name.length}.json`;
    if (!files.has(file)) {
      const list = kind === "rds" ? resources.routes : resources.endpoints;
      const field = kind === "rds" ? "name" : "cluster_name";
      files.set(file, { version_info: "1", resources: list.filter((resource) => (getField(resource, field) ?? "") === name) as Json[] });
    }
    return { path_config_source: { path: `${folder}/${file}` }, resource_api_version: "V3" };
  };

  const clusters = resources.clusters.map((cluster) => adaptCluster(structuredClone(cluster), named));
  const outbound = resources.listeners.filter(isAsked).map((listener) => structuredClone(listener));
  for (const listener of outbound) {
    adaptAny(listener, named);
    setField(listener, "access_log", [accessLog("listener")]);
    setField(listener, "bind_to_port", false);
  }
  const virtual = outbound.find((listener) => String(getField(listener, "use_original_dst")) === "true") ?? ownEntry();
  makeEntry(virtual, entries);
  // Last, so that once it answers all others do.
  const listeners = [...outbound.filter((listener) => listener !== virtual), virtual];
  clusters.push({
    "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
    name: unmanagedCluster,
    connect_timeout: "1s",
    load_assignment: { cluster_name: unmanagedCluster, endpoints: [] },
  });
  const originalDst = new Set(clusters.filter(isOriginalDst).map((cluster) => String(getField(cluster, "name"))));
  return { listeners, clusters, files, originalDst };
}

type NamedSource = (kind: "rds" | "eds", name: string) => JsonObject;

function adaptCluster(cluster: JsonObject, named: NamedSource): JsonObject {
  const eds = getField(cluster, "eds_cluster_config");
  if (isObject(eds) && isObject(getField(eds, "eds_config"))) {
    setField(eds, "eds_config", named("eds", String(getField(eds, "service_name") ?? getField(cluster, "name") ?? "")));
  }
  setField(cluster, "transport_socket_matches", undefined);
  // Names are resolved by our own server: see dns.ts.
  const custom = getField(cluster, "cluster_type");
  const typed = isObject(custom) ? getField(custom, "typed_config") : undefined;
  for (const message of [cluster, typed].filter(isObject)) {
    for (const field of ["typed_dns_resolver_config", "dns_resolution_config", "dns_resolvers"]) {
      if (isUsableResolver(getField(message, field))) setField(message, field, undefined);
    }
  }
  withoutSecrets(cluster);
  if (getList(cluster, "filters").some((filter) => isObject(filter) && isIstioOnly(getField(filter, "typed_config")))) {
    setField(cluster, "filters", undefined);
  }
  return cluster;
}

/** Secrets come from an agent. Traffic to such a cluster or chain is a punt, which no row asks Envoy about. */
function withoutSecrets(message: JsonObject): void {
  if (/"sds_?config"/i.test(JSON.stringify(getField(message, "transport_socket") ?? {}))) setField(message, "transport_socket", undefined);
}

/** Envoy itself says what it thinks of a name server that is no IP address. */
function isUsableResolver(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.every(isUsableResolver);
  if (!isObject(value)) return true;
  if (getField(value, "pipe") !== undefined) return false;
  const socket = getField(value, "socket_address");
  if (isObject(socket)) return isIP(String(getField(socket, "address"))) !== 0;
  return ["typed_config", "resolvers"].every((field) => isUsableResolver(getField(value, field)));
}

/** Walks a listener: subscriptions become files, access logs become ours, filters that only Istio's build has go. */
function adaptAny(value: Json, named: NamedSource): void {
  if (Array.isArray(value)) {
    for (let i = value.length - 1; i >= 0; i--) {
      const item = value[i];
      if (isObject(item) && isIstioOnly(getField(item, "typed_config"))) value.splice(i, 1);
      else if (item !== undefined) adaptAny(item, named);
    }
    return;
  }
  if (!isObject(value)) return;
  withoutSecrets(value);
  const rds = getField(value, "rds");
  if (isObject(rds) && isObject(getField(rds, "config_source"))) {
    setField(rds, "config_source", named("rds", String(getField(rds, "route_config_name") ?? "")));
  }
  const body = loggedBody(value);
  if (body !== undefined) {
    setField(body.message, "access_log", [accessLog(body.kind)]);
    // Only observes, and its collector may not be there.
    setField(body.message, "tracing", undefined);
  }
  for (const field of Object.keys(value)) adaptAny(value[field] ?? null, named);
}

/** The HttpConnectionManager or TcpProxy in an Any, also when a TypedStruct is wrapped round it. */
function loggedBody(value: JsonObject): { readonly kind: "http" | "tcp"; readonly message: JsonObject } | undefined {
  const type = anyType(value);
  const typedStruct = type.endsWith(".TypedStruct");
  const name = typedStruct ? String(getField(value, "type_url") ?? "") : type;
  const message = typedStruct ? getField(value, "value") : value;
  if (!isObject(message)) return undefined;
  if (name.endsWith(".HttpConnectionManager")) return { kind: "http", message };
  return name.endsWith(".TcpProxy") ? { kind: "tcp", message } : undefined;
}

/** Types that no public Envoy has. */
function isIstioOnly(config: Json | undefined): boolean {
  if (!isObject(config)) return false;
  const inner = anyType(config).endsWith(".TypedStruct") ? String(getField(config, "type_url") ?? "") : anyType(config);
  return inner.includes("istio.") || inner.endsWith("stats.PluginConfig") || inner.includes("metadataexchange");
}

/** Inbound ones, those of UDP, and those at a path are not compiled. */
function isAsked(listener: JsonObject): boolean {
  const address = getField(listener, "address");
  const socket = isObject(address) ? getField(address, "socket_address") : undefined;
  const is = (message: JsonObject, field: string, value: string) => String(getField(message, field)).toUpperCase() === value;
  if (isObject(address) && getField(address, "pipe") !== undefined) return false;
  return !is(listener, "traffic_direction", "INBOUND") && !(isObject(socket) && is(socket, "protocol", "UDP"));
}

function isOriginalDst(cluster: JsonObject): boolean {
  const type = getField(cluster, "type");
  return (typeof type === "string" && type.toUpperCase() === "ORIGINAL_DST") || String(type) === "4";
}

function makeEntry(listener: JsonObject, entries: readonly Address[]): void {
  const [first, ...others] = entries.map(({ ip, port }): JsonObject => ({ socket_address: { address: ip, port_value: port } }));
  setField(listener, "address", first);
  setField(
    listener,
    "additional_addresses",
    others.map((address) => ({ address })),
  );
  setField(listener, "bind_to_port", true);
  setField(listener, "deprecated_v1", undefined);
  const proxyProtocol = {
    name: "km.proxy_protocol",
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol" },
  };
  setField(listener, "listener_filters", [proxyProtocol, ...getList(listener, "listener_filters")]);
}

function ownEntry(): JsonObject {
  return {
    "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
    name: "km-entry",
    use_original_dst: true,
    access_log: [accessLog("listener")],
    default_filter_chain: {
      filters: [
        {
          name: "tcp",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
            stat_prefix: "km",
            cluster: unmanagedCluster,
            access_log: [accessLog("tcp")],
          },
        },
      ],
    },
  };
}

/** JSON lines on Envoy's stdout; `peer` is the client's real address, by which the runner knows its connection. */
function accessLog(kind: "listener" | "tcp" | "http"): JsonObject {
  return {
    name: "km",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
      log_format: {
        json_format: {
          kind,
          peer: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",
          chain: "%FILTER_CHAIN_NAME%",
          route: "%ROUTE_NAME%",
          cluster: "%UPSTREAM_CLUSTER_RAW%",
          upstream: "%UPSTREAM_HOST%",
          status: "%RESPONSE_CODE%",
          flags: "%RESPONSE_FLAGS%",
          details: "%RESPONSE_CODE_DETAILS%",
          termination: "%CONNECTION_TERMINATION_DETAILS%",
        },
      },
    },
  };
}
