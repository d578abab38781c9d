import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Cluster, ClusterLoadAssignment, LbEndpoint, LoadBalancingPolicy, LocalityLbEndpoints } from "../../decode/gen/types.ts";
import type { HirCluster } from "../../hir/index.ts";
import { any, endpoint, opaque, resolve } from "./build.ts";

const test = suite("cluster");

const one = (c: Cluster, endpoints: Readonly<Record<string, ClusterLoadAssignment>> = {}) => resolve({ clusters: { c }, endpoints });
const ok = (c: Cluster, endpoints?: Readonly<Record<string, ClusterLoadAssignment>>): HirCluster => {
  const resolved = one(c, endpoints);
  assert.equal(resolved.codes("error"), []);
  return resolved.model.clusters[0]!;
};
const errors = (c: Cluster) => one(c).codes("error");
const assigned = (...endpoints: readonly LocalityLbEndpoints[]): ClusterLoadAssignment => ({ cluster_name: "c", endpoints });
const inOne = (...lb_endpoints: readonly LbEndpoint[]) => assigned({ lb_endpoints });
const eds: Cluster = { type: "EDS", eds_cluster_config: { eds_config: { ads: {} } } };
const policies = "envoy.extensions.load_balancing_policies";
const policy = (...list: readonly (readonly [string, object?])[]): LoadBalancingPolicy => ({
  policies: list.map(([type, value]) => ({
    typed_extension_config: { name: type, typed_config: value ? any(type, value) : opaque(type) },
  })),
});

test("defaults", () => {
  assert.equal(ok({}), {
    name: "c",
    path: 'clusters["c"]',
    discovery: "static",
    lb: "round_robin",
    priorities: [],
    overprovisioning: 140,
    panicThreshold: 50,
    failTrafficOnPanic: false,
    weightedPriorityHealth: false,
    localityWeighted: false,
  });
});

test("types of both dialects", () => {
  const dns = (value: object): Cluster => ({
    cluster_type: { name: "dns", typed_config: any("envoy.extensions.clusters.dns.v3.DnsCluster", value) },
    load_assignment: inOne(endpoint("a.example")),
  });
  assert.is(ok({ type: "STRICT_DNS" }).discovery, "strict_dns");
  assert.is(ok(dns({})).discovery, "strict_dns");
  assert.is(ok(dns({ all_addresses_in_single_endpoint: true })).discovery, "logical_dns");
  assert.is(ok({ cluster_type: { name: "envoy.cluster.strict_dns" } }).discovery, "strict_dns");
  const aggregate = ok({
    cluster_type: { name: "a", typed_config: opaque("envoy.extensions.clusters.aggregate.v3.ClusterConfig") },
    lb_policy: "CLUSTER_PROVIDED",
  });
  assert.is(aggregate.punt, "KM2402");
});

test("policies of both dialects, the first known one counts", () => {
  assert.is(ok({ lb_policy: "LEAST_REQUEST" }).lb, "least_request");
  assert.is(ok({ lb_policy: "MAGLEV", load_balancing_policy: policy([`${policies}.random.v3.Random`, {}]) }).lb, "random");
  assert.is(ok({ load_balancing_policy: policy(["x.Unknown"], [`${policies}.ring_hash.v3.RingHash`, {}]) }).lb, "ring_hash");
  assert.equal(errors({ load_balancing_policy: policy(["x.Unknown"]) }), ["KM2430"]);
  assert.equal(errors({ load_balancing_policy: {} }), ["KM2430"]);
  assert.equal(errors({ lb_policy: "LOAD_BALANCING_POLICY_CONFIG" }), ["KM2430"]);
  assert.is(ok({ load_balancing_policy: policy([`${policies}.load_aware_locality.v3.LoadAwareLocality`]) }).punt, "KM2432");
  const pickFirst = `${policies}.pick_first.v3.PickFirst`;
  assert.is(ok({ load_balancing_policy: policy([pickFirst], [`${policies}.random.v3.Random`, {}]) }).lb, "random");
  assert.equal(errors({ load_balancing_policy: policy([pickFirst]) }), ["KM2430"]);
});

test("locality settings of both dialects", () => {
  assert.is(ok({ common_lb_config: { locality_weighted_lb_config: {} } }).localityWeighted, true);
  const typed = policy([`${policies}.round_robin.v3.RoundRobin`, { locality_lb_config: { locality_weighted_lb_config: {} } }]);
  assert.is(ok({ load_balancing_policy: typed }).localityWeighted, true);
  const plain = policy([`${policies}.round_robin.v3.RoundRobin`, {}]);
  for (const field of ["locality_weighted_lb_config", "zone_aware_lb_config", "consistent_hashing_lb_config"]) {
    assert.equal(errors({ load_balancing_policy: plain, common_lb_config: { [field]: {} } }), ["KM2419"]);
  }
  assert.is(ok({ load_balancing_policy: plain, common_lb_config: { healthy_panic_threshold: { value: 50 } } }).localityWeighted, false);
  assert.is(ok({ common_lb_config: { zone_aware_lb_config: { fail_traffic_on_panic: true } } }).failTrafficOnPanic, true);
  const wrr = (inner: string) => policy([`${policies}.wrr_locality.v3.WrrLocality`, { endpoint_picking_policy: policy([inner, {}]) }]);
  const reported = `${policies}.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin`;
  assert.equal(
    [ok({ load_balancing_policy: wrr(reported) }).lb, ok({ load_balancing_policy: wrr(reported) }).localityWeighted],
    ["random", true],
  );
  assert.equal(errors({ load_balancing_policy: wrr(`${policies}.round_robin.v3.RoundRobin`) }), ["KM2430"]);
});

test("the panic threshold is cut to an integer; an empty one is 0", () => {
  const threshold = (value?: number) =>
    ok({ common_lb_config: { healthy_panic_threshold: value === undefined ? {} : { value } } }).panicThreshold;
  assert.equal([threshold(), threshold(40), threshold(40.99), threshold(29)], [0, 40, 40, 28]);
});

test("what does not go together", () => {
  assert.equal(errors({ type: "ORIGINAL_DST" }), ["KM2403"]);
  assert.equal(errors({ type: "ORIGINAL_DST", load_balancing_policy: policy([`${policies}.cluster_provided.v3.ClusterProvided`, {}]) }), [
    "KM2403",
  ]);
  assert.equal(errors({ lb_policy: "CLUSTER_PROVIDED" }), ["KM2403"]);
  // As Envoy Gateway writes them beside its own policy; the message names the field that is wrong.
  const least: Cluster = { load_balancing_policy: policy([`${policies}.least_request.v3.LeastRequest`, {}]) };
  const both = one({ type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED", ...least }).diagnostics.filter(({ code }) => code === "KM2403");
  assert.equal(
    both.map(({ path }) => path),
    ['clusters["c"].load_balancing_policy'],
  );
  assert.equal(errors({ type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED", load_assignment: { cluster_name: "c" } }), ["KM2404"]);
  assert.equal(errors({ type: "EDS" }), ["KM2404"]);
  assert.equal(errors({ eds_cluster_config: { eds_config: { ads: {} } } }), ["KM2404"]);
  assert.is(ok({ type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED" }).discovery, "original_dst");
});

test("ORIGINAL_DST by header", () => {
  const original = (more: object) => ok({ type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED", original_dst_lb_config: more });
  assert.is(original({ use_http_header: true }).originalDstHeader, "x-envoy-original-dst-host");
  assert.is(original({ use_http_header: true, http_header_name: "X-D" }).originalDstHeader, "x-d");
  assert.is(original({}).originalDstHeader, undefined);
  assert.is(original({ upstream_port_override: 81 }).punt, "KM1420");
});

test("LOGICAL_DNS has one locality with one endpoint", () => {
  const logical = (load_assignment: ClusterLoadAssignment): Cluster => ({ type: "LOGICAL_DNS", load_assignment });
  assert.equal(ok(logical(inOne(endpoint("A.example", 81)))).priorities[0]![0]!.endpoints.at(0)!.address, {
    kind: "host",
    host: "A.example",
    port: 81,
  });
  for (const bad of [inOne(), inOne(endpoint("a"), endpoint("b")), assigned({ lb_endpoints: [endpoint("a")] }, {})]) {
    assert.equal(errors(logical(bad)), ["KM2406"]);
  }
});

test("names are for DNS clusters", () => {
  assert.equal(errors({ load_assignment: inOne(endpoint("a.example")) }), ["KM2413"]);
  const dns = ok({ type: "STRICT_DNS", load_assignment: inOne(endpoint("a.example"), endpoint("10.0.0.1")) });
  assert.equal(
    [...dns.priorities[0]![0]!.endpoints].map((e) => e.address.kind),
    ["host", "ip"],
  );
  const bad = one(eds, { c: inOne(endpoint("a.example")) });
  assert.equal(bad.codes("error"), ["KM2413"]);
  assert.equal(bad.model.clusters[0]!.priorities, []);
});

test("EDS by service_name; without an assignment a cluster has no endpoints", () => {
  const assignment = { s: inOne(endpoint("10.0.0.1")) };
  assert.is(ok({ type: "EDS", eds_cluster_config: { eds_config: { ads: {} }, service_name: "s" } }, assignment).priorities.length, 1);
  const missing = one(eds, assignment);
  assert.equal(missing.codes("note"), ["KM2405"]);
  assert.equal(missing.model.clusters[0]!.priorities, []);
});

test("an assignment that two clusters use is reported once", () => {
  const shared: Cluster = { type: "EDS", eds_cluster_config: { eds_config: { ads: {} }, service_name: "s" } };
  const resolved = resolve({ clusters: { a: shared, b: shared }, endpoints: { s: inOne(endpoint("x")) } });
  assert.equal(resolved.codes("error"), ["KM2413"]);
});

test("health, weight, canonical addresses", () => {
  const statuses = ["UNKNOWN", "HEALTHY", "DEGRADED", "UNHEALTHY", "TIMEOUT", "DRAINING"] as const;
  const list = statuses.map((health_status, i) => endpoint(`10.0.0.${i}`, 80, { health_status }));
  const found = ok({ load_assignment: inOne(...list, endpoint("2001:DB8::1", 80, { load_balancing_weight: 7 })) }).priorities[0]![0]!
    .endpoints;
  assert.equal(
    [...found].map((e) => e.health),
    ["healthy", "healthy", "degraded", "unhealthy", "unhealthy", "draining", "healthy"],
  );
  assert.equal(found.at(6), { address: { kind: "ip", ip: "2001:db8::1", port: 80 }, weight: 7, health: "healthy" });
});

test("gaps in priorities are empty", () => {
  assert.equal(
    ok({ load_assignment: assigned({ priority: 2, lb_endpoints: [endpoint("10.0.0.1")] }) }).priorities.map((p) => p.length),
    [0, 0, 1],
  );
});

test("localities of equal name are one; the last weight that is given counts, and only with a locality", () => {
  const b = { region: "b" };
  const localities = (...entries: readonly LocalityLbEndpoints[]) =>
    ok({ load_assignment: assigned(...entries) }).priorities[0]!.map((l) => [l.name, l.weight, l.endpoints.length]);
  const of = (ip: string) => ({ lb_endpoints: [endpoint(ip)] });
  assert.equal(
    localities({ locality: b, load_balancing_weight: 9, ...of("10.0.0.1") }, { locality: b, load_balancing_weight: 1, ...of("10.0.0.2") }),
    [["b", 1, 2]],
  );
  assert.equal(localities({ locality: b, load_balancing_weight: 9, ...of("10.0.0.1") }, { locality: b, ...of("10.0.0.2") }), [["b", 9, 2]]);
  assert.equal(localities({ load_balancing_weight: 9, ...of("10.0.0.1") }), [["", undefined, 1]]);
  assert.equal(localities({ locality: {}, load_balancing_weight: 9, ...of("10.0.0.1") }), [["", 9, 1]]);
  assert.equal(localities({ locality: { region: "a", sub_zone: "c" } }, { locality: { region: "a//c" } }), [
    ["a//c", undefined, 0],
    ["a\\/\\/c", undefined, 0],
  ]);
});

test("EDS keeps the first occurrence of an address, STATIC both", () => {
  const twice = assigned(
    { lb_endpoints: [endpoint("10.0.0.1", 80, { health_status: "UNHEALTHY" }), endpoint("10.0.0.1", 81)] },
    { priority: 1, lb_endpoints: [endpoint("10.0.0.1"), endpoint("10.0.0.2")] },
  );
  const found = one(eds, { c: twice });
  assert.equal(
    found.model.clusters[0]!.priorities.map((p) => p[0]!.endpoints.length),
    [2, 1],
  );
  assert.equal(found.codes("note"), ["KM2410"]);
  assert.equal(
    ok({ load_assignment: twice }).priorities.map((p) => p[0]!.endpoints.length),
    [2, 2],
  );
});

test("duplicates among many addresses", () => {
  const many = Array.from({ length: 40 }, (_, i) => endpoint(`10.0.0.${i % 30}`));
  assert.is(ok(eds, { c: inOne(...many) }).priorities[0]![0]!.endpoints.length, 30);
});

test("endpoints that TCP can't reach", () => {
  const others = [{ pipe: { path: "/s" } }, { envoy_internal_address: { server_listener_name: "l", endpoint_id: "e" } }];
  const resolved = one({ load_assignment: inOne(...others.map((address) => ({ endpoint: { address } }))) });
  const found = [...resolved.model.clusters[0]!.priorities[0]![0]!.endpoints].map((e) => e.address);
  assert.equal(found, [
    { kind: "other", text: "pipe:/s" },
    { kind: "other", text: "internal:l/e" },
  ]);
  assert.equal(resolved.codes("note"), ["KM2412", "KM2412"]);
  assert.equal(errors({ load_assignment: inOne({ endpoint: {} }) }), ["KM2411"]);
});

test("UDP endpoints are connected to by TCP, as Envoy does", () => {
  const socket_address = { address: "10.0.0.1", port_value: 1, protocol: "UDP" as const };
  const found = ok({ load_assignment: inOne({ endpoint: { address: { socket_address } } }) });
  assert.equal(found.priorities[0]![0]!.endpoints.at(0)!.address, { kind: "ip", ip: "10.0.0.1", port: 1 });
});

test("a ring without room has no endpoint", () => {
  const ring = (minimum_ring_size: bigint) =>
    ok({ lb_policy: "RING_HASH", ring_hash_lb_config: { minimum_ring_size }, load_assignment: inOne(endpoint("10.0.0.1")) });
  assert.is(ring(1n).priorities.length, 1);
  assert.equal(ring(0n).priorities, []);
});

test("the assignment's policy", () => {
  const found = ok({
    load_assignment: {
      ...inOne(),
      policy: {
        overprovisioning_factor: 200,
        weighted_priority_health: true,
        drop_overloads: [{ category: "a", drop_percentage: { numerator: 3 } }],
      },
    },
  });
  assert.equal([found.overprovisioning, found.weightedPriorityHealth, found.drop], [200, true, { numerator: 3, denominator: 100 }]);
  const two = [{ category: "a" }, { category: "b" }];
  assert.equal(errors({ load_assignment: { ...inOne(), policy: { drop_overloads: two } } }), ["KM2415"]);
});

test("weights of hash tables fit 32 bits", () => {
  const heavy = inOne(endpoint("10.0.0.1", 80, { load_balancing_weight: 4294967295 }), endpoint("10.0.0.2"));
  assert.equal(errors({ lb_policy: "RING_HASH", load_assignment: heavy }), ["KM2414"]);
  assert.equal(errors({ load_assignment: heavy }), []);
  const byEds = one({ ...eds, lb_policy: "MAGLEV" }, { c: heavy });
  assert.equal([byEds.codes("error"), byEds.model.clusters[0]!.priorities], [["KM2414"], []]);
});

const socket = (type: string) => ({ name: "s", typed_config: opaque(`envoy.extensions.transport_sockets.${type}`) });
const tls = socket("tls.v3.UpstreamTlsContext");

test("a cluster that encrypts is left to a proxy, the mesh's own TLS is not made", () => {
  assert.is(ok({ transport_socket: tls }).punt, "KM2420");
  assert.is(ok({ transport_socket: socket("raw_buffer.v3.RawBuffer") }).punt, undefined);
  const istio = [
    { name: "tlsMode-istio", match: { tlsMode: "istio" }, transport_socket: tls },
    { name: "tlsMode-disabled", match: {}, transport_socket: socket("raw_buffer.v3.RawBuffer") },
  ];
  const mesh = one({ transport_socket_matches: istio });
  assert.is(mesh.model.clusters[0]!.punt, undefined);
  assert.equal(mesh.codes("note"), ["KM2421"]);
  assert.is(ok({ transport_socket_matches: [{ name: "tls", match: { a: "b" }, transport_socket: tls }] }).punt, "KM2420");
  assert.is(ok({ transport_socket_matches: [{ name: "tlsMode-istio", transport_socket: tls }] }).punt, "KM2420");
});

test("subsets, upstream filters", () => {
  assert.is(ok({ lb_subset_config: { subset_selectors: [{ keys: ["v"] }] } }).punt, "KM1433");
  assert.is(ok({ lb_subset_config: {} }).punt, undefined);
  const filter = (type: string): Cluster => ({ filters: [{ name: "f", typed_config: opaque(type) }] });
  assert.is(ok(filter("envoy.tcp.metadataexchange.config.MetadataExchange")).punt, undefined);
  assert.is(ok(filter("envoy.extensions.filters.network.wasm.v3.Wasm")).punt, "KM2408");
});

test.run();
