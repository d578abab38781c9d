/** The protos' own rules refuse what Envoy refuses: a diagnostic with its path, and the resource alone is rejected. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { messageIn } from "../index.ts";
import { planOf } from "../plan/plan.ts";
import { loadSchema } from "../plan/schema.ts";
import { address, assignment, cluster, decodeFiles, decodeResources, listener, routeTable } from "./decoding.ts";
import { encodeResponse } from "./encoding.ts";

const validation = suite("validation");

validation("a plan can be built for every message: every rule of the protos is known", () => {
  for (const name of loadSchema().messages.keys()) assert.is(planOf(name).name, name);
  for (const name of loadSchema().anyTypes) assert.ok(loadSchema().messages.has(name), name);
});

/** What is refused, by JSON and by the wire alike; the path without the resource. */
function refusals(resource: object): readonly string[] {
  const json = decodeResources(resource);
  const wire = decodeFiles({ name: "in.json", bytes: encodeResponse([JSON.parse(JSON.stringify(resource)) as object]) });
  assert.equal(wire.told, json.told);
  const errors = json.diagnostics.filter(({ severity }) => severity === "error");
  const kept = [...json.clusters, ...json.listeners, ...json.routes, ...json.endpoints];
  assert.is(kept.length, errors.length === 0 ? 1 : 0);
  assert.not(errors.some(({ code }) => code !== "KM1013"));
  return errors.map(({ path, message }) => `${path.replace(/^\w+\["\w+"\]\.?/, "")}: ${message}`);
}

function route(fields: object): object {
  const table = { match: { prefix: "/" }, route: { cluster: "c" }, ...fields };
  return routeTable({ virtual_hosts: [{ name: "v", domains: ["*"], routes: [table] }] });
}

const atRoute = 'virtual_hosts["v"].routes[0]';

validation("texts", () => {
  assert.equal(refusals(cluster({})), []);
  assert.equal(refusals(route({ match: { safe_regex: {} } })), [
    `${atRoute}.match.safe_regex.regex: value length must be at least 1 characters`,
  ]);
  const pattern = 'value does not match regex pattern "^[^?#]+[^?#/]$"';
  for (const bad of ["/", "/a/", "/a?b", "/a#b"]) {
    assert.equal(refusals(route({ match: { path_separated_prefix: bad } })), [`${atRoute}.match.path_separated_prefix: ${pattern}`]);
  }
  assert.equal(refusals(route({ match: { path_separated_prefix: "/a" } })), []);
  assert.equal(refusals(route({ match: { prefix: "/", headers: [{ name: "a\nb" }] } })), [
    `${atRoute}.match.headers[0].name: value does not match regex pattern "^[^\\\\0\\\\n\\\\r]*$"`,
  ]);
});

validation("what is only noted is judged all the same", () => {
  const forward = (action: object): readonly string[] => refusals(route({ route: { cluster: "c", ...action } }));
  assert.equal(forward({ retry_policy: { num_retries: 3, retry_back_off: { base_interval: "1s" } } }), []);
  assert.equal(forward({ retry_policy: { retry_back_off: {} } }), [
    `${atRoute}.route.retry_policy.retry_back_off.base_interval: value is required`,
  ]);
  assert.equal(forward({ hash_policy: [{ connection_properties: { source_ip: true } }, { header: {} }] }), [
    `${atRoute}.route.hash_policy[1].header.header_name: value length must be at least 1 characters`,
  ]);
  assert.equal(forward({ hash_policy: [{ terminal: true }] }), [`${atRoute}.route.hash_policy[0]: one of policy_specifier must be set`]);
  const checks = (check: object): readonly string[] =>
    refusals(cluster({ health_checks: [{ timeout: "1s", interval: "1s", unhealthy_threshold: 1, healthy_threshold: 1, ...check }] }));
  assert.equal(checks({ tcp_health_check: {} }), []);
  assert.equal(checks({ tcp_health_check: {}, interval: "0s" }), ["health_checks[0].interval: value must be greater than 0"]);
  const headers = Array.from({ length: 1001 }, (_, i) => ({ header: { key: `x-${i}`, value: "v" } }));
  assert.equal(refusals(route({ response_headers_to_add: headers.slice(1) })), []);
  assert.equal(refusals(route({ response_headers_to_add: headers })), [
    `${atRoute}.response_headers_to_add: value must contain no more than 1000 item(s)`,
  ]);
});

validation("noted texts are judged also where they are all that tells a message from the ones before it", () => {
  const tables = ["x-a", "x-b", "x-c", "x-d", "x-\n"].map((header_name, i) =>
    Object.assign(route({ route: { cluster: "c", hash_policy: [{ header: { header_name } }] } }), { name: `r${i}` }),
  );
  const json = decodeResources(...tables);
  const wire = decodeFiles({ name: "in.json", bytes: encodeResponse(JSON.parse(JSON.stringify(tables)) as object[]) });
  assert.equal(wire.told, json.told);
  const errors = wire.diagnostics.filter(({ severity }) => severity === "error").map(({ path }) => path);
  assert.equal(errors, [`routes["r4"].${atRoute}.route.hash_policy[0].header.header_name`]);
});

validation("what Envoy refuses of noted fields beyond the protos' rules", () => {
  const added = (option: object): readonly string[] => refusals(route({ response_headers_to_add: [option] }));
  assert.equal(added({ header: { key: "x-a", value: "v" }, append_action: "ADD_IF_ABSENT" }), []);
  assert.equal(added({ header: { key: "Host", value: "v" } }), [
    `${atRoute}.response_headers_to_add[0]: :-prefixed or host headers may not be modified`,
  ]);
  assert.equal(added({ header: { key: "x-a", value: "v" }, append: true, append_action: "ADD_IF_ABSENT" }), [
    `${atRoute}.response_headers_to_add[0]: append and append_action are both set`,
  ]);
  assert.equal(refusals(route({ response_headers_to_remove: ["x-a", ":status"] })), [
    `${atRoute}.response_headers_to_remove[1]: :-prefixed or host headers may not be removed`,
  ]);
  const forward = (action: object): readonly string[] => refusals(route({ route: { cluster: "c", ...action } }));
  assert.equal(forward({ request_mirror_policies: [{ cluster: "d" }] }), []);
  for (const bad of [{}, { cluster: "d", cluster_header: "x" }]) {
    assert.equal(forward({ request_mirror_policies: [bad] }), [
      `${atRoute}.route.request_mirror_policies[0]: one of cluster and cluster_header must be set, and not both`,
    ]);
  }
  assert.equal(forward({ retry_policy: { retry_back_off: { base_interval: "2s", max_interval: "1s" } } }), [
    `${atRoute}.route.retry_policy.retry_back_off: max_interval is below base_interval`,
  ]);
  const perHost = (limit: object): readonly string[] => refusals(cluster({ circuit_breakers: { per_host_thresholds: [limit] } }));
  assert.equal(perHost({ max_connections: 1 }), []);
  assert.equal(perHost({ max_requests: 1 }), ["circuit_breakers.per_host_thresholds[0]: per_host_thresholds take max_connections only"]);
});

validation("numbers and their bounds", () => {
  const port = (port_value: number): readonly string[] => refusals(listener({ address: address("10.0.0.1", port_value) }));
  assert.equal(port(0), []);
  assert.equal(port(65535), []);
  assert.equal(port(65536), ["address.socket_address.port_value: value must be less than or equal to 65535"]);
  const status = (code: number): readonly string[] => refusals(route({ route: undefined, direct_response: { status: code } }));
  assert.equal(status(200), []);
  assert.equal(status(199), [`${atRoute}.direct_response.status: value must be greater than or equal to 200`]);
  assert.equal(status(600), [`${atRoute}.direct_response.status: value must be less than 600`]);
  assert.equal(refusals(assignment({ policy: { overprovisioning_factor: 0 } })), [
    "policy.overprovisioning_factor: value must be greater than 0",
  ]);
  assert.equal(refusals(assignment({ endpoints: [{ priority: 129 }] })), [
    "endpoints[0].priority: value must be less than or equal to 128",
  ]);
  assert.equal(refusals(cluster({ common_lb_config: { healthy_panic_threshold: { value: 100.5 } } })), [
    "common_lb_config.healthy_panic_threshold.value: value must be less than or equal to 100",
  ]);
});

validation("enums, wrappers, durations, also of fields that have no effect here", () => {
  assert.equal(refusals(cluster({ connect_timeout: "0s" })), ["connect_timeout: value must be greater than 0"]);
  assert.equal(refusals(cluster({ connect_timeout: "0.000000001s" })), []);
  const weight = { lb_endpoints: [{ endpoint: { address: address("10.0.0.1", 1) }, load_balancing_weight: 0 }] };
  assert.equal(refusals(assignment({ endpoints: [weight] })), [
    "endpoints[0].lb_endpoints[0].load_balancing_weight: value must be greater than or equal to 1",
  ]);
  const json = decodeResources(cluster({ lb_policy: 99 }));
  assert.equal(json.told, ['error KM1013 clusters["c"].lb_policy']);
});

validation("what must be there", () => {
  assert.equal(refusals(routeTable({ virtual_hosts: [{ domains: ["*"] }] })), [
    "virtual_hosts[0].name: value length must be at least 1 characters",
  ]);
  assert.equal(refusals(routeTable({ virtual_hosts: [{ name: "v" }] })), [
    'virtual_hosts["v"].domains: value must contain at least 1 item(s)',
  ]);
  assert.equal(refusals(route({ match: undefined })), [`${atRoute}.match: value is required`]);
  assert.equal(refusals(route({ match: {} })), [`${atRoute}.match: one of path_specifier must be set`]);
  assert.equal(refusals(route({ route: undefined })), [`${atRoute}: one of action must be set`]);
  assert.equal(refusals(route({ route: {} })), [`${atRoute}.route: one of cluster_specifier must be set`]);
  assert.equal(refusals(listener({ address: { socket_address: { address: "10.0.0.1" } } })), [
    "address.socket_address: one of port_specifier must be set",
  ]);
});

validation("inside an Any, but not of a load balancing policy, as in Envoy", () => {
  const any = (type: string, fields: object = {}): object => ({ "@type": `type.googleapis.com/envoy.extensions.${type}`, ...fields });
  const hcm = any("filters.network.http_connection_manager.v3.HttpConnectionManager", {
    rds: { config_source: { ads: {} }, route_config_name: "r" },
  });
  const chain = { filters: [{ name: "hcm", typed_config: hcm }] };
  assert.equal(refusals(listener({ filter_chains: [chain] })), [
    "filter_chains[0].filters[0].typed_config.stat_prefix: value length must be at least 1 characters",
  ]);
  const policy = (typed_config: object): object =>
    cluster({ load_balancing_policy: { policies: [{ typed_extension_config: { name: "n", typed_config } }] } });
  assert.equal(refusals(policy(any("load_balancing_policies.least_request.v3.LeastRequest", { choice_count: 1 }))), []);
  assert.equal(refusals(policy(any("load_balancing_policies.round_robin.v3.RoundRobin", { locality_lb_config: {} }))), []);
});

validation("what resolve relies on", () => {
  const tcp = (weighted_clusters: object): readonly string[] => {
    const type = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
    const filter = { name: "tcp", typed_config: { "@type": type, stat_prefix: "s", weighted_clusters } };
    return refusals(listener({ filter_chains: [{ filters: [filter] }] })).map((text) => text.replace(/^.*weighted_clusters/, ""));
  };
  assert.equal(tcp({}), [".clusters: value must contain at least 1 item(s)"]);
  for (const weight of [0, undefined])
    assert.equal(tcp({ clusters: [{ name: "c", weight }] }), [".clusters[0].weight: value must be greater than or equal to 1"]);

  const texts = (string_match: object): readonly string[] =>
    refusals(route({ match: { prefix: "/", headers: [{ name: "a", string_match }] } })).map((text) => text.replace(/^.*string_match/, ""));
  assert.equal(texts({}), [": one of match_pattern must be set"]);
  for (const kind of ["prefix", "suffix", "contains"])
    assert.equal(texts({ [kind]: "" }), [`.${kind}: value length must be at least 1 characters`]);

  const both = decodeResources(cluster({ type: "STATIC", cluster_type: { name: "envoy.cluster.static" } }));
  assert.equal(both.told, ['error KM1014 clusters["c"].cluster_type']);
});

validation("lists", () => {
  const additional = Array.from({ length: 2 }, (_item, i) => ({ address: address("10.0.0.2", i) }));
  assert.equal(refusals(listener({ additional_addresses: additional })), []);
  const headers = Array.from({ length: 1001 }, () => ({ header: { key: "a", value: "b" } }));
  assert.equal(refusals(route({ request_headers_to_add: headers })), [
    `${atRoute}.request_headers_to_add: value must contain no more than 1000 item(s)`,
  ]);
});

validation("only the resource with the error is rejected, with all its errors", () => {
  const got = decodeResources(cluster({ name: "bad", lb_policy: 99, connect_timeout: "0s" }), cluster({ name: "good" }));
  assert.equal(
    got.clusters.map(({ name }) => name),
    ["good"],
  );
  const errors = got.told.filter((line) => line.startsWith("error"));
  assert.equal(errors, ['error KM1013 clusters["bad"].connect_timeout', 'error KM1013 clusters["bad"].lb_policy']);
});

validation("the number of errors told is bounded", () => {
  const virtual_hosts = Array.from({ length: 1000 }, () => ({}));
  const got = decodeResources(routeTable({ virtual_hosts }));
  assert.ok(got.diagnostics.length <= 20, String(got.diagnostics.length));
  assert.ok(got.diagnostics.some(({ message }) => message.includes("left out")));
});

validation("messageIn gives the typed message of an Any", () => {
  const any = { any: "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", value: { cluster: "c" } } as const;
  assert.is(messageIn(any, "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy")?.cluster, "c");
  assert.is(messageIn(any, "envoy.extensions.filters.http.router.v3.Router"), undefined);
  assert.is(messageIn(undefined, "envoy.extensions.filters.http.router.v3.Router"), undefined);
});

validation.run();
