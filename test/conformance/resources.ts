/**
 * The resources of a fixture's snapshot.json, by xDS type, as JSON: Envoy's own reader parses them, not ours.
 */
import { anyType, getField, getList, isObject, type Json, type JsonObject } from "./json-fields.ts";

/** Resources of one snapshot; each keeps its `@type`. */
export interface Resources {
  readonly listeners: readonly JsonObject[];
  readonly routes: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  readonly endpoints: readonly JsonObject[];
}

const kinds: Readonly<Record<string, keyof Resources>> = {
  "envoy.config.listener.v3.Listener": "listeners",
  "envoy.config.route.v3.RouteConfiguration": "routes",
  "envoy.config.cluster.v3.Cluster": "clusters",
  "envoy.config.endpoint.v3.ClusterLoadAssignment": "endpoints",
};

/** Where a ConfigDump keeps the resource of one entry: [list, then the fields down to the resource]. */
const dumpPlaces: readonly (readonly [list: string, ...path: string[]])[] = [
  ["dynamic_listeners", "active_state", "listener"],
  ["static_listeners", "listener"],
  ["dynamic_active_clusters", "cluster"],
  ["static_clusters", "cluster"],
  ["dynamic_route_configs", "route_config"],
  ["dynamic_endpoint_configs", "endpoint_config"],
  ["static_endpoint_configs", "endpoint_config"],
];

/**
 * Sorts the resources of a DiscoveryResponse (`resources`) or of an admin config_dump (`configs`). Types that are none of the four are
 * left out: an xDS subscription has one type, so Envoy could not be sent them.
 */
export function readResources(snapshot: Json): Resources {
  const found: Record<keyof Resources, JsonObject[]> = { listeners: [], routes: [], clusters: [], endpoints: [] };
  if (!isObject(snapshot)) return found;
  for (const resource of [...getList(snapshot, "resources"), ...dumpedResources(snapshot)]) {
    if (!isObject(resource)) continue;
    const wrapped = anyType(resource) === "envoy.service.discovery.v3.Resource" ? getField(resource, "resource") : resource;
    const kind = isObject(wrapped) ? kinds[anyType(wrapped)] : undefined;
    if (isObject(wrapped) && kind !== undefined) found[kind].push(wrapped);
  }
  return found;
}

function dumpedResources(dump: JsonObject): Json[] {
  const found: Json[] = [];
  for (const section of getList(dump, "configs")) {
    if (!isObject(section)) continue;
    for (const [list, ...path] of dumpPlaces) {
      for (const entry of getList(section, list)) {
        const resource = path.reduce<Json | undefined>((at, field) => (isObject(at) ? getField(at, field) : undefined), entry);
        if (resource !== undefined) found.push(resource);
      }
    }
  }
  return found;
}
