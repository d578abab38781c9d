import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type DumpedCluster, differences, dumpedView } from "../differences.ts";
import { expectedView, type KubernetesObject, serviceHosts } from "../expected.ts";

const live = suite("tools: live check");

const objects: readonly KubernetesObject[] = [
  {
    kind: "Service",
    metadata: { name: "a", namespace: "ns" },
    spec: {
      clusterIP: "10.96.0.1",
      ports: [
        { name: "http", port: 80 },
        { name: "dns", port: 53, protocol: "UDP" },
      ],
    },
  },
  { kind: "Service", metadata: { name: "headless", namespace: "ns" }, spec: { clusterIP: "None", ports: [{ port: 80 }] } },
  {
    kind: "EndpointSlice",
    metadata: { name: "a-1", namespace: "ns", labels: { "kubernetes.io/service-name": "a" } },
    ports: [{ name: "http", port: 8080 }],
    endpoints: [
      { addresses: ["10.0.0.2"], conditions: { ready: true } },
      { addresses: ["10.0.0.1"] },
      { addresses: ["10.0.0.3"], conditions: { ready: false } },
      { addresses: ["10.0.0.4"], conditions: { ready: true, terminating: true } },
    ],
  },
  {
    kind: "EndpointSlice",
    metadata: { name: "a-2", namespace: "other", labels: { "kubernetes.io/service-name": "a" } },
    ports: [{ name: "http", port: 8080 }],
    endpoints: [{ addresses: ["10.0.0.9"] }],
  },
];

function cluster(name: string, ...ips: readonly string[]): DumpedCluster {
  const lbEndpoints = ips.map((ip) => ({ address: { ip, port: 8080 } }));
  return { name, loadAssignment: { endpoints: [{ lbEndpoints }] } };
}

function compare(...clusters: readonly DumpedCluster[]): readonly string[] {
  const domain = "cluster.local";
  return differences(expectedView(objects, domain), dumpedView(clusters), serviceHosts(objects, domain), domain);
}

const name = "outbound|80||a.ns.svc.cluster.local";

live("ready endpoints of a service's own slices, whatever their order", () => {
  assert.equal(compare(cluster(name, "10.0.0.2", "10.0.0.1")), []);
});

live("missing, different and left over", () => {
  assert.equal(compare(), [`${name}: missing`]);
  assert.equal(compare(cluster(name, "10.0.0.1")), [`${name}: has 10.0.0.1:8080, not 10.0.0.1:8080, 10.0.0.2:8080`]);
  const gone = "outbound|80||gone.ns.svc.cluster.local";
  assert.equal(compare(cluster(name, "10.0.0.2", "10.0.0.1"), cluster(gone)), [`${gone}: left over, there is no such service`]);
});

live("subsets, headless services and hosts from elsewhere are not judged", () => {
  const others = ["outbound|80|v1|a.ns.svc.cluster.local", "outbound|80||headless.ns.svc.cluster.local", "outbound|443||example.com"];
  assert.equal(compare(cluster(name, "10.0.0.1", "10.0.0.2"), ...others.map((other) => cluster(other, "10.9.9.9"))), []);
});

live.run();
