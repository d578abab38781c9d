import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Cluster, ClusterLoadAssignment, DnsCluster, LbEndpoint } from "../../decode/gen/types.ts";
import { type AnswerOf, hostnameQueries } from "../index.ts";
import { any, endpoint, resolve } from "./build.ts";

const test = suite("hostnames");

const inOne = (...lb_endpoints: readonly LbEndpoint[]): ClusterLoadAssignment => ({ cluster_name: "c", endpoints: [{ lb_endpoints }] });
const strict = (load_assignment: ClusterLoadAssignment, more: Partial<Cluster> = {}): Cluster => ({
  type: "STRICT_DNS",
  load_assignment,
  ...more,
});
const typed = (config: Partial<DnsCluster>): Cluster => ({
  cluster_type: { name: "envoy.clusters.dns", typed_config: any("envoy.extensions.clusters.dns.v3.DnsCluster", config) },
  load_assignment: inOne(endpoint("a")),
});

/** `address:port weight hostname` of the first priority. */
function endpointsOf(cluster: Cluster, answerOf: AnswerOf): readonly string[] {
  const { model } = resolve({ clusters: { c: cluster } }, { answerOf });
  return (model.clusters[0]!.priorities[0] ?? []).flatMap(({ endpoints }) =>
    endpoints.map(({ address, weight, hostname }) => {
      const at = address.kind === "ip" ? `${address.ip}:${address.port}` : JSON.stringify(address);
      return `${at} ${weight} ${hostname}`;
    }),
  );
}

test("what a cluster asks for, with Envoy's defaults", () => {
  assert.equal(hostnameQueries(strict(inOne(endpoint("a"), endpoint("10.0.0.1"), endpoint("::1"), endpoint("a", 81)))), [
    {
      key: "all auto a",
      hostname: "a",
      family: "auto",
      wants: "all",
      refresh: { intervalMs: 5000, respectTtl: false, minTtlMs: 0, jitterMs: 0 },
    },
  ]);
  assert.equal(hostnameQueries({ type: "EDS", load_assignment: inOne(endpoint("a")) }), []);
  assert.equal(hostnameQueries({ load_assignment: inOne(endpoint("a")) }), []);
  assert.equal(hostnameQueries({ type: "STRICT_DNS" }), []);
});

test("settings of the cluster and of the typed form", () => {
  const refresh = { intervalMs: 1000, respectTtl: true, minTtlMs: 0, jitterMs: 5, failure: { baseMs: 2, maxMs: 20 } };
  const settings = { dns_refresh_rate: 1000, respect_dns_ttl: true, dns_jitter: 5, dns_failure_refresh_rate: { base_interval: 2 } };
  const family = { dns_lookup_family: "V4_PREFERRED" } as const;
  const old = hostnameQueries({ ...strict(inOne(endpoint("a"))), ...settings, ...family })[0]!;
  assert.equal([old.family, old.refresh], ["v4_preferred", refresh]);
  const failure = { base_interval: 2, max_interval: 4 };
  const now = hostnameQueries(
    typed({ ...settings, ...family, dns_failure_refresh_rate: failure, dns_min_refresh_rate: 9, all_addresses_in_single_endpoint: true }),
  )[0]!;
  assert.is(now.key, "first v4_preferred a");
  assert.equal(now.refresh, { ...refresh, minTtlMs: 9, failure: { baseMs: 2, maxMs: 4 } });
  assert.is(hostnameQueries({ ...typed({}), ...family })[0]?.family, "auto", "fields of the cluster do not count beside the typed form");
});

test("each address takes the weight of its name, and has its name", () => {
  const cluster = strict(inOne(endpoint("b", 81, { load_balancing_weight: 3 }), endpoint("10.0.0.9"), endpoint("absent")));
  const answers: Readonly<Record<string, readonly string[]>> = { b: ["10.0.0.1", "FD00::1"], absent: [] };
  assert.equal(
    endpointsOf(cluster, ({ hostname }) => answers[hostname]),
    ["10.0.0.1:81 3 b", "fd00::1:81 3 b", "10.0.0.9:80 1 undefined"],
  );
});

test("the host name that an endpoint has of its own stays", () => {
  const named: LbEndpoint = { endpoint: { hostname: "own", address: { socket_address: { address: "b", port_value: 80 } } } };
  assert.equal(
    endpointsOf(strict(inOne(named)), () => ["10.0.0.1"]),
    ["10.0.0.1:80 1 own"],
  );
});

test("a name without an answer stays a name", () => {
  assert.equal(
    endpointsOf(strict(inOne(endpoint("b"))), () => undefined),
    ['{"kind":"host","host":"b","port":80} 1 undefined'],
  );
});

test("addresses that are too much for a hash table leave the cluster without endpoints, and in place", () => {
  const cluster = strict(inOne(endpoint("b", 80, { load_balancing_weight: 3_000_000_000 })), { lb_policy: "MAGLEV" });
  const resolved = resolve({ clusters: { c: cluster } }, { answerOf: () => ["10.0.0.1", "10.0.0.2"] });
  assert.equal(resolved.codes("error"), ["KM2414"]);
  assert.equal(resolved.model.clusters[0]?.priorities, []);
});

test("a back-off that ends before it begins is refused, in both forms", () => {
  const upsideDown = { dns_failure_refresh_rate: { base_interval: 2, max_interval: 1 } };
  for (const cluster of [strict(inOne(endpoint("a")), upsideDown), typed(upsideDown)]) {
    assert.equal(resolve({ clusters: { c: cluster } }).codes("error"), ["KM2407"]);
  }
  assert.equal(resolve({ clusters: { c: { ...upsideDown } } }).codes("error"), [], "no DNS cluster");
});

test.run();
