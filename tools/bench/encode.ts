/** Turns resources in proto3 JSON into what a control plane puts on the wire: one DiscoveryResponse per type, and an admin config_dump. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import protobuf from "protobufjs";
import { readRawResources, type XdsKind } from "../../compiler/decode/index.ts";
import { Collector } from "../../compiler/diag/index.ts";
import { packageRoot } from "../../compiler/package-root.ts";
import type { Mesh } from "./synthetic-mesh.ts";

const require = createRequire(import.meta.url);
const { install } = require("protobufjs/ext/protojson.js") as { install(target: typeof protobuf): void };
install(protobuf);

/** The whole closure, not the compiler's own pruned one: what the compiler skips has to be on the wire. */
const deps = join(packageRoot, "node_modules/@grpc/grpc-js-xds/deps");
const includes = [
  ...["envoy-api", "xds", "googleapis", "protoc-gen-validate"].map((d) => join(deps, d)),
  join(packageRoot, "node_modules/protobufjs"),
];
const root = new protobuf.Root();
root.resolvePath = (_origin, path) => includes.map((d) => join(d, path)).find((p) => existsSync(p)) ?? path;
root.loadSync(
  [
    "envoy/service/discovery/v3/discovery.proto",
    "envoy/config/listener/v3/listener.proto",
    "envoy/config/route/v3/route.proto",
    "envoy/config/cluster/v3/cluster.proto",
    "envoy/config/endpoint/v3/endpoint.proto",
    "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto",
    "envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto",
    "envoy/extensions/filters/http/router/v3/router.proto",
    "envoy/extensions/transport_sockets/tls/v3/tls.proto",
    "envoy/extensions/filters/http/fault/v3/fault.proto",
    "udpa/type/v1/typed_struct.proto",
  ],
  { keepCase: true },
);
root.resolveAll();

type Json = Record<string, unknown>;
interface JsonType {
  fromJson(json: unknown): protobuf.Message;
}

/** File name -> bytes, named as the captures are: 001-cds.pb ... */
export function encodeResponses(mesh: Mesh): { readonly name: string; readonly bytes: Uint8Array }[] {
  return [
    { name: "001-cds.pb", bytes: response("envoy.config.cluster.v3.Cluster", mesh.clusters) },
    { name: "002-eds.pb", bytes: response("envoy.config.endpoint.v3.ClusterLoadAssignment", mesh.endpoints) },
    { name: "003-lds.pb", bytes: response("envoy.config.listener.v3.Listener", mesh.listeners) },
    { name: "004-rds.pb", bytes: response("envoy.config.route.v3.RouteConfiguration", mesh.routes) },
  ];
}

function response(type: string, resources: readonly Json[]): Uint8Array {
  const message = root.lookupType("envoy.service.discovery.v3.DiscoveryResponse");
  const typeUrl = `type.googleapis.com/${type}`;
  const anys = resources.map((r) => ({ type_url: typeUrl, value: encodeMessage(type, r) }));
  return message.encode(message.create({ version_info: "1", type_url: typeUrl, nonce: "1", resources: anys })).finish();
}

function encodeMessage(type: string, resource: Json): Uint8Array {
  const fields = { ...resource };
  delete fields["@type"];
  const message = root.lookupType(type);
  return message.encode((message as unknown as JsonType).fromJson(withKnownTypes(fields))).finish();
}

/** The JSON reader of protobufjs refuses an Any of an unknown type: those are made known, as the empty messages that istiod sends. */
function withKnownTypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKnownTypes);
  if (value === null || typeof value !== "object") return value;
  const type = (value as Json)["@type"];
  if (typeof type === "string" && isEmptyMessage(type.slice(type.lastIndexOf("/") + 1))) return { "@type": type };
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withKnownTypes(v)]));
}

function isEmptyMessage(name: string): boolean {
  const known = root.lookup(name);
  if (known !== null) return known instanceof protobuf.Type && known.fieldsArray.length === 0;
  const parts = name.split(".");
  root.define(parts.slice(0, -1).join(".")).add(new protobuf.Type(parts.at(-1)!));
  return true;
}

/** As Envoy's admin `/config_dump?include_eds` prints it. */
export function configDump(mesh: Mesh): string {
  const dump = (name: string): string => `type.googleapis.com/envoy.admin.v3.${name}`;
  return JSON.stringify(
    {
      configs: [
        { "@type": dump("ClustersConfigDump"), dynamic_active_clusters: mesh.clusters.map((cluster) => ({ version_info: "1", cluster })) },
        { "@type": dump("EndpointsConfigDump"), dynamic_endpoint_configs: mesh.endpoints.map((endpoint_config) => ({ endpoint_config })) },
        {
          "@type": dump("ListenersConfigDump"),
          dynamic_listeners: mesh.listeners.map((l) => ({ name: l["name"], active_state: { version_info: "1", listener: l } })),
        },
        {
          "@type": dump("RoutesConfigDump"),
          dynamic_route_configs: mesh.routes.map((route_config) => ({ version_info: "1", route_config })),
        },
      ],
    },
    null,
    1,
  );
}

/** As a control plane has them: bytes by kind and name. */
export function encodeResources(mesh: Mesh): Readonly<Record<XdsKind, Readonly<Record<string, Buffer>>>> {
  const encoded: Record<XdsKind, Record<string, Buffer>> = { cluster: {}, endpoint: {}, listener: {}, route: {} };
  for (const { kind, name, bytes } of readRawResources(encodeResponses(mesh), new Collector())) encoded[kind][name] = Buffer.from(bytes);
  return encoded;
}
