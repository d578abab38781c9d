import { suite } from "uvu";
import * as assert from "uvu/assert";
import { routeDifferences } from "../differences.ts";
import type { DumpedListener, DumpedVirtualHost } from "../dumps.ts";
import type { VirtualService } from "../objects.ts";
import { expectedRoutes } from "../routes.ts";
import { objects, virtualService } from "./objects.ts";

const live = suite("tools: live check, routes");

const [v1, v2] = ["v1", "v2"].map((subset) => `outbound|80|${subset}|a.ns.svc.cluster.local`) as [string, string];
const to = (subset: string, weight?: number) => ({
  destination: { host: "a", subset, port: { number: 80 } },
  ...(weight ? { weight } : {}),
});
const forJason = { headers: { "end-user": { exact: "jason" } } };
const spec = { http: [{ match: [forJason], route: [to("v2")] }, { route: [to("v1", 90), to("v2", 10)] }] };

function differing(
  rules: VirtualService,
  hosts: readonly DumpedVirtualHost[],
  listeners: readonly DumpedListener[] = [],
): readonly string[] {
  const { expected, unjudged } = expectedRoutes([...objects, rules], "cluster.local");
  const found = routeDifferences(expected, { routeConfigs: [{ virtualHosts: hosts }] }, { clusterConfigs: [], listenerConfigs: listeners });
  return [...unjudged, ...found];
}

function virtualHost(...weights: readonly (readonly [number, number])[]): DumpedVirtualHost {
  const split = weights.map(([one, two]) => ({
    route: {
      weightedClusters: {
        clusters: [
          { name: v1, weight: one },
          { name: v2, weight: two },
        ],
      },
    },
  }));
  return { name: "a.ns.svc.cluster.local:80", routes: [{ route: { cluster: v2 } }, ...split] };
}

live("the same shares, whatever they are counted in, in the same order", () => {
  assert.equal(differing(virtualService(spec), [virtualHost([900, 100])]), []);
});

live("other shares, missing routes and missing hosts", () => {
  const name = "http a.ns.svc.cluster.local:80";
  assert.equal(differing(virtualService(spec), [virtualHost([50, 50])]), [
    `${name}, route 1: has ${v1} 50.00%, ${v2} 50.00%, not ${v1} 90.00%, ${v2} 10.00%`,
  ]);
  assert.equal(differing(virtualService(spec), [virtualHost()]), [`${name}, route 1: has no such route, not ${v1} 90.00%, ${v2} 10.00%`]);
  assert.equal(differing(virtualService(spec), [virtualHost([90, 10], [90, 10])]), [
    `${name}, route 2: has ${v1} 90.00%, ${v2} 10.00%, not one more route`,
  ]);
  assert.equal(differing(virtualService(spec), []), [`${name}: missing`]);
});

live("a route for each match, none after one that takes all, none of weight 0", () => {
  const http = [{ match: [forJason, { uri: { prefix: "/" } }], route: [to("v1", 0), to("v2", 100)] }, { route: [to("v1")] }];
  const routes = [{ route: { cluster: v2 } }, { route: { cluster: v2 } }];
  assert.equal(differing(virtualService({ http }), [{ name: "a.ns.svc.cluster.local:80", routes }]), []);
});

live("TCP is compared with what the kernel decides at connect()", () => {
  const tcp = virtualService({ tcp: [{ route: [to("v1", 25), to("v2", 75)] }] });
  const clusters = (one: number) => [
    { cluster: v1, share: one },
    { cluster: v2, share: 1 - one },
  ];
  assert.equal(differing(tcp, [], [{ name: "10.96.0.1_90", clusters: clusters(0.25) }]), []);
  assert.is(differing(tcp, [], [{ name: "10.96.0.1_90", clusters: clusters(0.5) }]).length, 1);
  assert.is(differing(tcp, [], [{ name: "10.96.0.1_90" }]).length, 1);
});

live("TCP: the share of a service that there is not has no cluster", () => {
  const gone = { destination: { host: "gone" }, weight: 75 };
  const tcp = virtualService({ tcp: [{ route: [to("v1", 25), gone] }] });
  assert.equal(differing(tcp, [], [{ name: "10.96.0.1_90", clusters: [{ cluster: v1, share: 0.25 }, { share: 0.75 }] }]), []);
});

live("what cannot be compared is told", () => {
  const reasons = (rules: VirtualService): string => differing(rules, []).join().replace(/^.*: /, "");
  assert.is(reasons(virtualService({ hosts: ["elsewhere.com"], ...spec })), "no service has this host");
  assert.is(reasons(virtualService({ tls: [{}] })), "it has rules for TLS");
  assert.is(reasons(virtualService({ tcp: [{ match: [{}] }] })), "its rules for TCP have conditions");
  assert.is(reasons(virtualService({ http: [{ delegate: {} }] })), "it delegates");
  assert.is(reasons(virtualService({ http: [{ match: [{ sourceLabels: {} }] }] })), "its conditions depend on who asks");
  assert.is(reasons(virtualService({ gateways: ["g"], ...spec })), "");
  const both = expectedRoutes([...objects, virtualService(spec), virtualService(spec)], "cluster.local");
  assert.equal([both.expected.length, both.unjudged.length], [1, 1]);
});

live.run();
