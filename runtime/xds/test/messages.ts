/** Resources and responses as bytes, requests as objects. */
import protobuf from "protobufjs/light.js";
import { protoSubset, type XdsKind } from "../../../compiler/decode/index.ts";
import { messageTypes, type ProtocolMessage, protocolType, typeUrls } from "../protocol.ts";
import type { XdsMode } from "../types.ts";

const managerType = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const root = protobuf.Root.fromJSON(protoSubset([...Object.values(messageTypes), managerType]) as protobuf.INamespace);

function encode(type: string, message: object): Buffer {
  return Buffer.from(root.lookupType(type).encode(message).finish());
}

/** A cluster whose endpoints come by EDS; `serviceName` where it is not the cluster's name; `seconds` makes it another one. */
export function cluster(
  name: string,
  options: { readonly serviceName?: string; readonly seconds?: number; readonly type?: number } = {},
): Buffer {
  return encode(messageTypes.cluster, {
    name,
    type: options.type ?? 3,
    eds_cluster_config: { ...(options.serviceName !== undefined && { service_name: options.serviceName }) },
    ...(options.seconds !== undefined && { connect_timeout: { seconds: options.seconds } }),
  });
}

export function endpoints(name: string, port = 80): Buffer {
  const address = { socket_address: { address: "10.0.0.1", port_value: port } };
  return encode(messageTypes.endpoint, { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] });
}

/** A listener with an HTTP connection manager for each route configuration, the last one in the default chain. */
export function listener(name: string, routes: readonly string[] = [], statPrefix = "s"): Buffer {
  const chains = routes.map((route) => {
    const value = encode(managerType, { stat_prefix: statPrefix, rds: { route_config_name: route, config_source: { ads: {} } } });
    return { filters: [{ name: "hcm", typed_config: { type_url: `type.googleapis.com/${managerType}`, value } }] };
  });
  return encode(messageTypes.listener, {
    name,
    stat_prefix: statPrefix,
    filter_chains: chains.slice(0, -1),
    default_filter_chain: chains.at(-1),
  });
}

export function route(name: string, domain = "*"): Buffer {
  return encode(messageTypes.route, { name, virtual_hosts: [{ name: "v", domains: [domain] }] });
}

export interface ResponseParts {
  readonly kind: XdsKind;
  readonly version?: string;
  readonly nonce?: string;
  /** State of the world: the resources. Delta: with their wrapper's name. */
  readonly resources?: readonly Buffer[] | Readonly<Record<string, Buffer>>;
  readonly removed?: readonly string[];
  readonly typeUrl?: string;
}

/** A response of either protocol. In delta every resource has the response's version. */
export function response(mode: XdsMode, parts: ResponseParts): Buffer {
  const { kind, version = "", nonce = "", resources = [], removed = [], typeUrl = typeUrls[kind] } = parts;
  const any = (value: Buffer): object => ({ type_url: typeUrls[kind], value });
  if (mode === "sotw") {
    const list = Object.values(resources) as Buffer[];
    return encodeProtocol("DiscoveryResponse", { version_info: version, nonce, type_url: typeUrl, resources: list.map(any) });
  }
  const wrapped = Object.entries(resources as Record<string, Buffer>).map(([name, value]) => ({ name, version, resource: any(value) }));
  return encodeProtocol("DeltaDiscoveryResponse", {
    system_version_info: version,
    nonce,
    type_url: typeUrl,
    resources: wrapped,
    removed_resources: removed,
  });
}

export function encodeProtocol(type: ProtocolMessage, message: object): Buffer {
  return Buffer.from(protocolType(type).encode(message).finish());
}

/** A request of either protocol, with what is set only. */
export interface Request {
  readonly type_url: string;
  readonly node?: { readonly id: string; readonly metadata?: object; readonly user_agent_name?: string };
  readonly version_info?: string;
  readonly resource_names?: readonly string[];
  readonly resource_names_subscribe?: readonly string[];
  readonly resource_names_unsubscribe?: readonly string[];
  readonly initial_resource_versions?: Readonly<Record<string, string>>;
  readonly response_nonce?: string;
  readonly error_detail?: { readonly code: number; readonly message: string };
}

export function decodeRequest(mode: XdsMode, bytes: Uint8Array): Request {
  const type = protocolType(mode === "sotw" ? "DiscoveryRequest" : "DeltaDiscoveryRequest");
  return type.toObject(type.decode(bytes), { longs: Number }) as Request;
}

/** `cluster`, `endpoint`, ... of a request's type. */
export function kindOf(request: Pick<Request, "type_url">): XdsKind {
  return (Object.keys(typeUrls) as XdsKind[]).find((kind) => typeUrls[kind] === request.type_url)!;
}
