import protobuf from "protobufjs/light.js";
import { protoFieldId, type XdsKind } from "../../compiler/decode/index.ts";
import { lengthTag } from "./protocol.ts";

/** Which other resources a resource needs, without decoding it: a cluster its endpoints, a listener its route configurations. */
export type NamesOf = (kind: XdsKind, bytes: Uint8Array) => readonly string[];

/**
 * The endpoints' name of a cluster of type EDS (service_name, or the cluster's own), the `rds.route_config_name`s of a listener's HTTP connection
 * managers. Bytes that are broken name nothing: decoding them tells why.
 */
export const namesOf: NamesOf = (kind, bytes) => {
  if (kind !== "cluster" && kind !== "listener") return [];
  try {
    return kind === "cluster" ? endpointNames(bytes) : routeNames(bytes);
  } catch {
    return [];
  }
};

/** Calls `visit` at each field's value; it says whether it read it. */
function scan(bytes: Uint8Array, visit: (tag: number, reader: protobuf.Reader) => boolean): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!visit(tag, reader)) reader.skipType(tag & 7);
  }
}

function endpointNames(cluster: Uint8Array): readonly string[] {
  const tags = clusterTags();
  let type = 0;
  let name = "";
  let serviceName = "";
  scan(cluster, (tag, reader) => {
    if (tag === tags.type) type = reader.int32();
    else if (tag === tags.name) name = reader.string();
    else if (tag === tags.edsConfig) {
      scan(reader.bytes(), (inner, config) => {
        if (inner !== tags.serviceName) return false;
        serviceName = config.string();
        return true;
      });
    } else return false;
    return true;
  });
  if (type !== edsType) return [];
  const wanted = serviceName !== "" ? serviceName : name;
  return wanted === "" ? [] : [wanted];
}

/** `Cluster.DiscoveryType.EDS`. */
const edsType = 3;

function routeNames(listener: Uint8Array): readonly string[] {
  const tags = listenerTags();
  const names = new Set<string>();
  const inManager = (tag: number, manager: protobuf.Reader): boolean => {
    if (tag !== tags.rds) return false;
    scan(manager.bytes(), (inner, rds) => {
      if (inner !== tags.routeConfigName) return false;
      names.add(rds.string());
      return true;
    });
    return true;
  };
  const inFilter = (tag: number, filter: protobuf.Reader): boolean => {
    if (tag !== tags.typedConfig) return false;
    const manager = managerIn(filter.bytes());
    if (manager) scan(manager, inManager);
    return true;
  };
  const inChain = (tag: number, chain: protobuf.Reader): boolean => {
    if (tag !== tags.filters) return false;
    scan(chain.bytes(), inFilter);
    return true;
  };
  scan(listener, (tag, reader) => {
    if (tag !== tags.filterChains && tag !== tags.defaultFilterChain) return false;
    scan(reader.bytes(), inChain);
    return true;
  });
  names.delete("");
  return [...names];
}

const managerType = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

/** The HTTP connection manager in an Any, if it is one. */
function managerIn(any: Uint8Array): Uint8Array | undefined {
  let url = "";
  let value: Uint8Array | undefined;
  scan(any, (tag, reader) => {
    if (tag === 10) url = reader.string();
    else if (tag === 18) value = reader.bytes();
    else return false;
    return true;
  });
  return url.endsWith(`/${managerType}`) ? value : undefined;
}

const clusterTags = once(() => ({
  type: protoFieldId("envoy.config.cluster.v3.Cluster", "type") << 3,
  name: lengthTag("envoy.config.cluster.v3.Cluster", "name"),
  edsConfig: lengthTag("envoy.config.cluster.v3.Cluster", "eds_cluster_config"),
  serviceName: lengthTag("envoy.config.cluster.v3.Cluster.EdsClusterConfig", "service_name"),
}));

const listenerTags = once(() => ({
  filterChains: lengthTag("envoy.config.listener.v3.Listener", "filter_chains"),
  defaultFilterChain: lengthTag("envoy.config.listener.v3.Listener", "default_filter_chain"),
  filters: lengthTag("envoy.config.listener.v3.FilterChain", "filters"),
  typedConfig: lengthTag("envoy.config.listener.v3.Filter", "typed_config"),
  rds: lengthTag(managerType, "rds"),
  routeConfigName: lengthTag("envoy.extensions.filters.network.http_connection_manager.v3.Rds", "route_config_name"),
}));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
