import type { DumpedCluster } from "../dumps.ts";
import type { DestinationRule, EndpointSlice, KubernetesObject, Service, TrafficPolicy, VirtualService } from "../objects.ts";

/** A service `a` in namespace `ns`, with ready endpoints on two nodes of two zones, and endpoints that take no connections. */
export const service: Service = {
  kind: "Service",
  metadata: { name: "a", namespace: "ns" },
  spec: {
    clusterIP: "10.96.0.1",
    ports: [
      { name: "http", port: 80 },
      { name: "tcp-x", port: 90 },
      { name: "dns", port: 53, protocol: "UDP" },
    ],
  },
};

const slice: EndpointSlice = {
  kind: "EndpointSlice",
  metadata: { name: "a-1", namespace: "ns", labels: { "kubernetes.io/service-name": "a" } },
  ports: [
    { name: "http", port: 8080 },
    { name: "tcp-x", port: 8080 },
  ],
  endpoints: [
    { addresses: ["10.0.0.2"], conditions: { ready: true }, nodeName: "node-2" },
    { addresses: ["10.0.0.1"], nodeName: "node-1" },
    { addresses: ["10.0.0.3"], conditions: { ready: false }, nodeName: "node-1" },
    { addresses: ["10.0.0.4"], conditions: { ready: true, terminating: true }, nodeName: "node-1" },
  ],
};

const headless: Service = {
  kind: "Service",
  metadata: { name: "headless", namespace: "ns" },
  spec: { clusterIP: "None", ports: [{ port: 80 }] },
};

export const objects: readonly KubernetesObject[] = [
  service,
  headless,
  slice,
  { ...slice, metadata: { ...slice.metadata, namespace: "other" }, endpoints: [{ addresses: ["10.0.0.9"] }] } as EndpointSlice,
  node("node-1", "region-1", "zone-a"),
  node("node-2", "region-1", "zone-b"),
];

function node(name: string, region: string, zone: string): KubernetesObject {
  return {
    kind: "Node",
    metadata: { name, labels: { "topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone } },
  };
}

export function rule(host: string, trafficPolicy: TrafficPolicy): DestinationRule {
  return { kind: "DestinationRule", metadata: { name: "rule", namespace: "ns" }, spec: { host, trafficPolicy } };
}

export function virtualService(spec: NonNullable<VirtualService["spec"]>): VirtualService {
  return { kind: "VirtualService", metadata: { name: "vs", namespace: "ns" }, spec: { hosts: ["a"], ...spec } };
}

export function dumped(name: string, ...addresses: readonly string[]): DumpedCluster {
  const lbEndpoints = addresses.map((ip) => ({ address: { ip, port: 8080 } }));
  return { name, loadAssignment: { endpoints: [{ lbEndpoints }] } };
}
