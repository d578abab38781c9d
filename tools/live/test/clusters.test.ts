import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clusterDifferences } from "../differences.ts";
import type { DumpedCluster } from "../dumps.ts";
import { expectedClusters, serviceHosts } from "../expected.ts";
import { nearest, parseLocality } from "../nearest.ts";
import type { KubernetesObject, TrafficPolicy } from "../objects.ts";
import { dumped, objects, rule, service } from "./objects.ts";

const live = suite("tools: live check, clusters");

const domain = "cluster.local";
const name = "outbound|80||a.ns.svc.cluster.local";
const other = "outbound|90||a.ns.svc.cluster.local";

function compare(...clusters: readonly DumpedCluster[]): readonly string[] {
  const both = [...clusters, dumped(other, "10.0.0.1", "10.0.0.2")];
  return clusterDifferences(
    expectedClusters(objects, domain),
    { clusterConfigs: both, listenerConfigs: [] },
    serviceHosts(objects, domain),
    domain,
  );
}

/** The addresses of port 80, for a proxy there. */
function ranked(locality: string, policy: TrafficPolicy, host = "a", all: readonly KubernetesObject[] = objects): string {
  const { addresses, someOf } = expectedClusters([...all, rule(host, policy)], domain, parseLocality(locality)).get(name)!;
  return [...addresses.map((address) => address.replace(":8080", "")), ...(someOf ? [someOf] : [])].join(" ");
}

live("ready endpoints of a service's own slices, whatever their order", () => {
  assert.equal(compare(dumped(name, "10.0.0.2", "10.0.0.1")), []);
});

live("missing, different and left over", () => {
  assert.equal(compare(), [`${name}: missing`]);
  assert.equal(compare(dumped(name, "10.0.0.1")), [`${name}: has 10.0.0.1:8080, not 10.0.0.1:8080, 10.0.0.2:8080`]);
  const gone = "outbound|80||gone.ns.svc.cluster.local";
  assert.equal(compare(dumped(name, "10.0.0.2", "10.0.0.1"), dumped(gone)), [`${gone}: left over, there is no such service`]);
});

live("subsets, headless services and hosts from elsewhere are not judged", () => {
  const others = ["outbound|80|v1|a.ns.svc.cluster.local", "outbound|80||headless.ns.svc.cluster.local", "outbound|443||example.com"];
  assert.equal(compare(dumped(name, "10.0.0.1", "10.0.0.2"), ...others.map((each) => dumped(each, "10.9.9.9"))), []);
});

live("a cluster that makes TLS is left to a proxy: nothing of it is in the tables", () => {
  const tls = { mode: "ISTIO_MUTUAL" };
  assert.is(ranked("", { tls }), "");
  assert.is(ranked("", { tls, portLevelSettings: [{ port: { number: 80 } }] }), "10.0.0.1 10.0.0.2", "a port's settings replace all");
  assert.is(ranked("", { tls: { mode: "DISABLE" }, portLevelSettings: [{ port: { number: 80 }, tls }] }), "");
});

const outlierDetection = {};

live("outlierDetection: the proxy's zone, else its region, else all", () => {
  assert.is(ranked("region-1/zone-b", { outlierDetection }), "10.0.0.2");
  assert.is(ranked("region-1/zone-c", { outlierDetection }), "10.0.0.1 10.0.0.2");
  assert.is(ranked("region-2/zone-a", { outlierDetection }), "10.0.0.1 10.0.0.2");
  assert.is(ranked("", { outlierDetection }), "10.0.0.1 10.0.0.2");
  assert.is(ranked("region-1/zone-a", {}), "10.0.0.1 10.0.0.2");
});

live("what is not ready counts for its priority, of which 140% of the ready share is used", () => {
  // One of two in zone-a is ready: 70%.
  assert.is(ranked("region-1/zone-a", { outlierDetection }), "10.0.0.1 10.0.0.2");
  assert.is(ranked("region-1/zone-a", { outlierDetection: { minHealthPercent: 1 } }), "10.0.0.1");
  const endpoint = (zone: string, ready: boolean) => ({ locality: parseLocality(`region-1/${zone}`), ready });
  const three = [endpoint("a", true), endpoint("a", true), endpoint("a", true)];
  const used = (unready: number): number =>
    nearest(
      [...three, ...Array.from({ length: unready }, () => endpoint("a", false)), endpoint("b", true)],
      parseLocality("region-1/a"),
      [],
    ).length;
  // 3 of 4 are 105%, 3 of 5 are 84%.
  assert.equal([used(0), used(1), used(2)], [3, 3, 4]);
});

live("failover names the region that comes next", () => {
  const far = { kind: "Node", metadata: { name: "node-2", labels: { "topology.kubernetes.io/region": "region-3" } } };
  const localityLbSetting = { failover: [{ from: "region-2", to: "region-3" }] };
  const nodes = [...objects.filter(({ metadata }) => metadata.name !== "node-2"), far];
  assert.is(ranked("region-2", { outlierDetection, loadBalancer: { localityLbSetting } }, "a", nodes), "10.0.0.2");
});

live("a rule of a port stands for the whole policy, and the longest host wins", () => {
  const near = { outlierDetection };
  assert.is(
    ranked("region-1/zone-b", { outlierDetection, portLevelSettings: [{ port: { number: 80 }, loadBalancer: {} }] }),
    "10.0.0.1 10.0.0.2",
  );
  assert.is(ranked("region-1/zone-b", { portLevelSettings: [{ port: { number: 80 }, outlierDetection }] }), "10.0.0.2");
  assert.is(ranked("region-1/zone-b", near, "*.ns.svc.cluster.local"), "10.0.0.2");
  assert.is(ranked("region-1/zone-b", near, "*.ns.svc.cluster.local", [...objects, rule("a", {})]), "10.0.0.1 10.0.0.2");
  assert.is(ranked("region-1/zone-b", near, "b"), "10.0.0.1 10.0.0.2");
});

live("locality settings: off, and those that are not followed", () => {
  const setting = (localityLbSetting: object): TrafficPolicy => ({ outlierDetection, loadBalancer: { localityLbSetting } });
  assert.is(ranked("region-1/zone-b", setting({ enabled: false })), "10.0.0.1 10.0.0.2");
  assert.is(ranked("region-1/zone-b", setting({ distribute: [{}] })), "10.0.0.1 10.0.0.2 localityLbSetting.distribute");
  assert.is(ranked("region-1/zone-b", setting({ failoverPriority: ["x"] })), "10.0.0.1 10.0.0.2 localityLbSetting.failoverPriority");
  const zones = { ...service, spec: { ...service.spec, trafficDistribution: "PreferSameZone" } };
  const expected = expectedClusters([zones, ...objects.slice(1)], domain);
  assert.is(expected.get(name)?.someOf, "trafficDistribution");
  const hosts = serviceHosts(objects, domain);
  const differing = (...addresses: readonly string[]): number =>
    clusterDifferences(
      expected,
      { clusterConfigs: [dumped(name, ...addresses), dumped(other, "10.0.0.1")], listenerConfigs: [] },
      hosts,
      domain,
    ).length;
  assert.equal([differing("10.0.0.2"), differing(), differing("10.0.0.2", "10.0.0.3")], [0, 1, 1]);
});

live.run();
