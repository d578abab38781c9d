/** The messages of the aggregated discovery service, by protobufjs. */
import protobuf from "protobufjs/light.js";
import { protoFieldId, protoSubset, type XdsKind } from "../../compiler/decode/index.ts";

const discovery = "envoy.service.discovery.v3";

export const methods = {
  sotw: `/${discovery}.AggregatedDiscoveryService/StreamAggregatedResources`,
  delta: `/${discovery}.AggregatedDiscoveryService/DeltaAggregatedResources`,
} as const;

export const messageTypes: Readonly<Record<XdsKind, string>> = {
  cluster: "envoy.config.cluster.v3.Cluster",
  endpoint: "envoy.config.endpoint.v3.ClusterLoadAssignment",
  listener: "envoy.config.listener.v3.Listener",
  route: "envoy.config.route.v3.RouteConfiguration",
};

/** In the order of subscription: what a resource refers to comes before it. */
export const kinds = ["cluster", "endpoint", "listener", "route"] as const satisfies readonly XdsKind[];

export const typeUrls: Readonly<Record<XdsKind, string>> = {
  cluster: urlOf("cluster"),
  endpoint: urlOf("endpoint"),
  listener: urlOf("listener"),
  route: urlOf("route"),
};

function urlOf(kind: XdsKind): string {
  return `type.googleapis.com/${messageTypes[kind]}`;
}

export function kindOfUrl(typeUrl: string): XdsKind | undefined {
  return kinds.find((kind) => typeUrls[kind] === typeUrl);
}

export type ProtocolMessage = "DiscoveryRequest" | "DeltaDiscoveryRequest" | "DiscoveryResponse" | "DeltaDiscoveryResponse";

let types: ReadonlyMap<ProtocolMessage, protobuf.Type> | undefined;

/** Built at the first use: what does not follow a control plane does without. */
export function protocolType(name: ProtocolMessage): protobuf.Type {
  if (!types) {
    const names = ["DiscoveryRequest", "DeltaDiscoveryRequest", "DiscoveryResponse", "DeltaDiscoveryResponse"] as const;
    const root = protobuf.Root.fromJSON(protoSubset(names.map((each) => `${discovery}.${each}`)) as protobuf.INamespace);
    types = new Map(names.map((each) => [each, root.lookupType(`${discovery}.${each}`)]));
  }
  return types.get(name)!;
}

/** The tag (number and wire type) of a field with a length. */
export function lengthTag(message: string, field: string): number {
  return (protoFieldId(message, field) << 3) | 2;
}

/** The same of a message of the discovery service. */
export function discoveryTag(message: string, field: string): number {
  return lengthTag(`${discovery}.${message}`, field);
}
