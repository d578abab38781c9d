/** /debug/config_dump/kernel-native: Kmesh's form, of what was accepted and of what the tables say. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inOnePiece } from "../../../compiler/bundle/format.ts";
import { packBundle } from "../../../compiler/bundle/index.ts";
import { decodeSnapshot, readRawResources } from "../../../compiler/decode/index.ts";
import { Collector } from "../../../compiler/diag/index.ts";
import { compileModel } from "../../../compiler/index.ts";
import { resolveSnapshot } from "../../../compiler/resolve/index.ts";
import { dumpAccepted } from "../accepted.ts";
import { addressNode, type ConfigDump, type DumpNode } from "../config-dump.ts";
import { publishedConfig } from "../published.ts";

const dump = suite("status: config dump");

type Resources = ConfigDump["dynamicResources"];

/** What stands at a path of JSON. */
function at(node: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((inner, step) => (inner as Readonly<Record<string | number, unknown>> | undefined)?.[step], node);
}

const fixture = (name: string): Uint8Array => readFileSync(`fixtures/${name}/snapshot.json`);

async function accepted(name: string): Promise<Resources> {
  const raw = readRawResources([{ name: "snapshot.json", bytes: fixture(name) }], new Collector());
  return (JSON.parse(await dumpAccepted(3, raw)) as ConfigDump).dynamicResources;
}

function published(name: string): Resources {
  const sink = new Collector();
  const model = resolveSnapshot(decodeSnapshot([{ name: "snapshot.json", bytes: fixture(name) }], sink), sink);
  const compiled = compileModel(model, sink)!;
  const { bundle } = packBundle({ ...compiled, sources: new Map(), model, diagnostics: [], objects: [] });
  const tables = bundle.manifest.tables.map(({ name: table, count }) => ({
    name: table,
    count,
    bytes: inOnePiece(bundle.tables.get(table)!),
  }));
  const header = { ...bundle.manifest.header, generation: 7, shapeSlot: 0, slot: [], count: [] };
  return publishedConfig({ header, tables, shape: "", names: bundle.names } as Parameters<typeof publishedConfig>[0]).dynamicResources;
}

const named = (list: readonly DumpNode[], name: string): DumpNode => list.find((one) => one["name"] === name)!;

dump("addresses are Kmesh's number and text", () => {
  assert.equal(addressNode("10.96.7.7", 9080), { port: 9080, ipv4: 117_923_850, ip: "10.96.7.7" });
  assert.equal(addressNode("255.0.0.255", 1), { port: 1, ipv4: 0xff0000ff, ip: "255.0.0.255" });
  assert.equal(addressNode("2001:db8::1", 80), { port: 80, ip: "2001:db8::1" });
});

dump("accepted resources are complete, in Kmesh's names", async () => {
  const { versionInfo, listenerConfigs, routeConfigs, clusterConfigs } = await accepted("istio-outbound");
  assert.is(versionInfo, "3");
  const tcp = named(listenerConfigs, "10.96.7.7_9080");
  assert.equal(tcp["address"], { port: 9080, ipv4: 117_923_850, ip: "10.96.7.7" });
  assert.is(at(tcp, "filterChains", 0, "filters", 0, "tcpProxy", "cluster"), "outbound|9080||db.ns.svc.cluster.local");
  const http = named(listenerConfigs, "0.0.0.0_9080");
  assert.is(at(http, "filterChains", 0, "filters", 0, "httpConnectionManager", "rds", "routeConfigName"), "9080");
  assert.equal(at(http, "filterChains", 0, "filterChainMatch", "applicationProtocols"), ["http/1.1", "h2c"]);
  assert.is(at(routeConfigs, 0, "virtualHosts", 0, "routes", 0, "match", "prefix"), "/");
  const reviews = named(clusterConfigs, "outbound|9080||reviews.ns.svc.cluster.local");
  assert.is(reviews["lbPolicy"], "LEAST_REQUEST");
  assert.equal(at(reviews, "loadAssignment", "endpoints", 0, "lbEndpoints", 0), {
    address: addressNode("10.1.0.1", 9080),
    healthStatus: "HEALTHY",
    loadBalancingWeight: 1,
  });
});

dump("matches and weights of routes", async () => {
  const { routeConfigs } = await accepted("istio-subset-weights");
  const routes = at(routeConfigs, 0, "virtualHosts", 0, "routes");
  assert.equal(at(routes, 0, "match"), { prefix: "/", caseSensitive: true, headers: [{ name: "end-user", exactMatch: "jason" }] });
  assert.equal(at(routes, 1, "route", "weightedClusters", "clusters"), [
    { name: "v1", weight: 90 },
    { name: "v3", weight: 10 },
  ]);
});

dump("tables say the verdicts, clusters and shares", () => {
  const { versionInfo, listenerConfigs, clusterConfigs } = published("istio-outbound");
  assert.is(versionInfo, "7");
  assert.equal(named(listenerConfigs, "10.96.7.7_9080"), {
    name: "10.96.7.7_9080",
    address: addressNode("10.96.7.7", 9080),
    verdict: "direct",
    cluster: "outbound|9080||db.ns.svc.cluster.local",
  });
  assert.is(named(listenerConfigs, "0.0.0.0_9080")["verdict"], "l7");
  const db = named(clusterConfigs, "outbound|9080||db.ns.svc.cluster.local");
  assert.equal(at(db, "loadAssignment", "endpoints"), [{ lbEndpoints: [{ address: addressNode("10.1.0.7", 5432), share: 1 }] }]);
});

dump("shares of IPv6 and IPv4 endpoints", () => {
  const { clusterConfigs } = published("cluster-ipv6-endpoints");
  assert.equal(at(clusterConfigs, 0, "loadAssignment", "endpoints", 0, "lbEndpoints"), [
    { address: addressNode("2001:db8:1::1", 80), share: 0.5 },
    { address: addressNode("10.1.0.2", 80), share: 0.5 },
  ]);
});

dump.run();
