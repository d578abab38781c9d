/** The forms of JSON that Envoy 1.40's own reader takes and refuses: each was tried on it (`--mode validate`). */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Cluster, RouteConfiguration } from "../gen/types.ts";
import { cluster, decodeResources, decodeText, listener, readCluster, readMatch } from "./decoding.ts";

const forms = suite("json forms");

/** overprovisioning_factor: a UInt32Value that is kept. */
function factor(value: unknown): unknown {
  const message = readCluster({ load_assignment: { cluster_name: "c", policy: { overprovisioning_factor: value } } });
  const policy = (message?.["load_assignment"] as { policy?: { overprovisioning_factor?: number } } | undefined)?.policy;
  return message && (policy?.overprovisioning_factor ?? "unset");
}

/** A plain uint32, port_value. */
function port(value: unknown): unknown {
  const endpoint = { address: { socket_address: { address: "10.0.0.1", port_value: value } } };
  const message = readCluster({ load_assignment: { cluster_name: "c", endpoints: [{ lb_endpoints: [{ endpoint }] }] } });
  return (
    message && JSON.parse(JSON.stringify(message)).load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value
  );
}

function lbPolicy(value: unknown): unknown {
  const message = readCluster({ lb_policy: value });
  return message && (message["lb_policy"] ?? "unset");
}

function threshold(value: unknown): unknown {
  const message = readCluster({ common_lb_config: { healthy_panic_threshold: { value } } });
  return (
    message && ((message["common_lb_config"] as { healthy_panic_threshold: { value?: number } }).healthy_panic_threshold.value ?? "unset")
  );
}

function caseSensitive(value: unknown): unknown {
  const match = readMatch({ prefix: "/", case_sensitive: value });
  return match && (match["case_sensitive"] ?? "unset");
}

/** A plain bool. */
function invert(value: unknown): unknown {
  const match = readMatch({ prefix: "/", headers: [{ name: "x", invert_match: value }] });
  return match && ((match["headers"] as readonly { invert_match?: boolean }[])[0]!.invert_match ?? "unset");
}

function timeout(value: unknown): boolean {
  return readCluster({ connect_timeout: value }) !== undefined;
}

const refused = undefined;

forms("integers", () => {
  for (const [json, want] of [
    [80, 80],
    ["80", 80],
    [80.0, 80],
    ["80.0", 80],
    ["8e1", 80],
    ["+80", 80],
    ["080", 80],
    ["0x50", 80],
    ["0x5p4", 80],
    [".8e2", 80],
    ["80.", 80],
    ["-0", 0],
    [0, 0],
    [80.5, refused],
    [true, refused],
    [-1, refused],
    ["", refused],
    [" 80", refused],
    ["80 ", refused],
    ["8_0", refused],
    ["0b1", refused],
    ["1e400", refused],
    [65536, refused],
    [{}, refused],
    [{ value: 80 }, refused],
    [[80], refused],
    [null, refused],
  ] as const) {
    assert.is(port(json), want, JSON.stringify(json));
  }
});

forms("wrappers: bare, as text, as a message", () => {
  for (const [json, want] of [
    [5, 5],
    ["5", 5],
    [{ value: 5 }, 5],
    [{ value: "5" }, 5],
    [null, "unset"],
    [4294967295, 4294967295],
    [4294967296, refused],
    [[5], refused],
    [true, refused],
    [{ value: { value: 5 } }, refused],
  ] as const) {
    assert.is(factor(json), want, JSON.stringify(json));
  }
  assert.is(caseSensitive({}), false, "a wrapper without value is its default");
  assert.is(caseSensitive({ value: null }), false);
  assert.is(caseSensitive("true"), true);
});

forms("strings: no surrogate stands alone", () => {
  for (const name of ["\ud800", "a\udc00", "\udc00\ud800"])
    assert.equal(decodeText(JSON.stringify({ resources: [cluster({ name })] })).told, [
      `error KM1011 clusters[${JSON.stringify(name)}].name`,
    ]);
  assert.is(decodeResources(cluster({ name: "\ud83d\ude00" })).clusters.length, 1);
  const settings = {
    "@type": "x/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: { http_protocol_options: {} },
  };
  const keyed = decodeResources(cluster({ typed_extension_protocol_options: { "\ud800": settings } }));
  assert.ok(keyed.told.includes('error KM1011 clusters["c"].typed_extension_protocol_options["\\ud800"]'));
});

forms("booleans", () => {
  for (const yes of [true, "true", "True", "TRUE", "t", "yes", "y", "1"]) assert.is(invert(yes), true, String(yes));
  for (const no of [false, "false", "f", "no", "n", "0", null]) assert.is(invert(no), "unset", String(no));
  for (const bad of [1, 0, "on", " true", "truee", "", {}, []]) assert.is(invert(bad), refused, JSON.stringify(bad));
});

forms("enums", () => {
  for (const same of ["LEAST_REQUEST", "least_request", "Least_Request", 1, 1.0, "1", "+1", "01", " 1"]) {
    assert.is(lbPolicy(same), "LEAST_REQUEST", String(same));
  }
  for (const unset of ["ROUND_ROBIN", 0, null]) assert.is(lbPolicy(unset), "unset", String(unset));
  for (const bad of [99, "99", -1, 1.5, true, {}, []]) assert.is(lbPolicy(bad), refused, JSON.stringify(bad));
});

forms("an unknown enum name is an unknown field: ignored from xDS, refused in a bootstrap", () => {
  const resource = cluster({ lb_policy: "LEAST-REQUEST" });
  const { clusters, told } = decodeResources(resource);
  assert.equal(clusters[0]?.message, { name: "c" });
  assert.equal(told, ['note KM1017 clusters["c"].lb_policy']);
  const bootstrap = decodeText(JSON.stringify({ static_resources: { clusters: [{ name: "c", lb_policy: "1.0" }] } }));
  assert.equal(bootstrap.told, ['error KM1017 clusters["c"].lb_policy']);
});

forms("doubles", () => {
  for (const [json, want] of [
    [0.5, 0.5],
    ["0.5", 0.5],
    ["+0.5", 0.5],
    ["5.", 5],
    [" 5", 5],
    ["0x1", 1],
    [100, 100],
    [null, "unset"],
    ["NaN", refused],
    ["nan", refused],
    ["Infinity", refused],
    ["-inf", refused],
    ["1e400", refused],
    ["5f", refused],
    [100.5, refused],
  ] as const) {
    assert.is(threshold(json), want, JSON.stringify(json));
  }
});

forms("durations", () => {
  for (const good of [
    "0.25s",
    "0.250s",
    "1s",
    "01s",
    "0.000000001s",
    { seconds: 1 },
    { seconds: "1" },
    { seconds: 1, nanos: "5" },
    { seconds: 1, nanos: null },
    "9223372035.999999999s",
  ]) {
    assert.ok(timeout(good), JSON.stringify(good));
  }
  for (const bad of [
    "1",
    "1000ms",
    "1.5e0s",
    " 1s",
    "1.0000000000s",
    "-1s",
    "1.s",
    ".5s",
    "+1s",
    1,
    ["1s"],
    { seconds: 1.5 },
    { seconds: 1, nanos: 1e9 },
    "9223372036s",
    {},
  ]) {
    assert.not.ok(timeout(bad), JSON.stringify(bad));
  }
});

forms("durations become milliseconds", () => {
  const { listeners } = decodeResources(listener({ listener_filters_timeout: "0.2505s" }));
  assert.is(listeners[0]?.message["listener_filters_timeout"], 250.5);
});

forms("both spellings", () => {
  assert.equal(readMatch({ pathSeparatedPrefix: "/a", caseSensitive: false }), { path_separated_prefix: "/a", case_sensitive: false });
  assert.equal(
    readMatch({ prefix: "/", case_sensitive: false, caseSensitive: true }),
    { prefix: "/", case_sensitive: true },
    "the later one counts",
  );
  const both = readMatch({ prefix: "/", query_parameters: [{ name: "a" }], queryParameters: [{ name: "b" }] });
  assert.equal(both?.["query_parameters"], [{ name: "a" }, { name: "b" }]);
});

forms("map keys are not respelled", () => {
  const message = readCluster({ typedExtensionProtocolOptions: { "some_key.someKey": { "@type": "type.googleapis.com/x.Y" } } });
  assert.equal(Object.keys(message!["typed_extension_protocol_options"] as object), ["some_key.someKey"]);
});

forms("null is unset", () => {
  assert.equal(readCluster({ lb_policy: null, load_assignment: null, transport_socket_matches: null, type: null }), { name: "c" });
});

forms("a lone value is a list of one, a list in a list is one list, null in a list is an empty message", () => {
  const subset = (selectors: unknown): unknown => {
    const message = readCluster({ lb_subset_config: { subset_selectors: selectors } });
    return message && (message["lb_subset_config"] as { subset_selectors?: unknown }).subset_selectors;
  };
  assert.equal(subset({ keys: "a" }), [{ keys: ["a"] }]);
  assert.equal(subset([[{ keys: [["a"]] }]]), [{ keys: ["a"] }]);
  assert.equal(subset([null]), [{}]);
  assert.equal(subset([{ keys: [null] }]), [{ keys: [""] }]);
});

forms("bytes", () => {
  const body = (inline_bytes: unknown): unknown => {
    const route = { match: { prefix: "/" }, direct_response: { status: 200, body: { inline_bytes } } };
    const { routes } = decodeResources({
      "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
      name: "r",
      virtual_hosts: [{ name: "v", domains: ["*"], routes: [route] }],
    });
    const [table] = routes;
    const read = table && (table.message as RouteConfiguration).virtual_hosts?.[0]?.routes?.[0]?.direct_response?.body?.inline_bytes;
    return read && Buffer.from(read).toString("hex");
  };
  for (const [json, want] of [
    ["/+8=", "ffef"],
    ["_-8=", "ffef"],
    ["_-8", "ffef"],
    ["AA==", "00"],
    ["AA", "00"],
    ["AA=", refused],
    ["A", refused],
    ["AA= =", refused],
    ["AAAA====", refused],
    ["***", refused],
    [5, refused],
  ] as const) {
    assert.is(body(json), want, JSON.stringify(json));
  }
});

const roundRobin = "envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin";

function policy(typed_config: unknown): unknown {
  const message = readCluster({ load_balancing_policy: { policies: [{ typed_extension_config: { name: "any name", typed_config } }] } });
  return (message as Cluster | undefined)?.load_balancing_policy?.policies?.[0]?.typed_extension_config?.typed_config;
}

forms("Any: what follows the last slash", () => {
  assert.equal(policy({ "@type": `type.googleapis.com/${roundRobin}` }), { any: roundRobin, value: {} });
  assert.equal(policy({ "@type": `example.com/a/b/${roundRobin}` }), { any: roundRobin, value: {} });
  assert.equal(policy({ locality_lb_config: {}, "@type": `x/${roundRobin}` }), { any: roundRobin, value: { locality_lb_config: {} } });
  assert.equal(policy({ "@type": "x/un.known.Type", y: 1 }), { any: "un.known.Type" });
  for (const bad of [{}, { "@type": roundRobin }, { "@type": `/${roundRobin}` }, { "@type": "x/" }, { "@type": 5 }, "x", []]) {
    assert.is(policy(bad), refused, JSON.stringify(bad));
  }
});

forms("TypedStruct round a known type is that type", () => {
  for (const type of ["xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct"]) {
    for (const url of ["type_url", "typeUrl"]) {
      const struct = {
        "@type": `type.googleapis.com/${type}`,
        [url]: `type.googleapis.com/${roundRobin}`,
        value: { localityLbConfig: {} },
      };
      assert.equal(policy(struct), { any: roundRobin, value: { locality_lb_config: {} } });
    }
    assert.equal(policy({ "@type": `x/${type}`, type_url: roundRobin }), { any: roundRobin, value: {} }, "no slash, no value");
    assert.equal(policy({ "@type": `x/${type}`, type_url: "x/un.known", value: {} }), { any: "un.known" });
    assert.equal(policy({ "@type": `x/${type}`, value: {} }), { any: type });
  }
});

forms("two fields of one oneof are refused", () => {
  const { clusters, told } = decodeResources(cluster({ type: "STATIC", cluster_type: { name: "x" } }));
  assert.equal(clusters, []);
  assert.equal(told, ['error KM1014 clusters["c"].cluster_type']);
  assert.ok(readCluster({ type: "STATIC", cluster_type: null }), "null is not set");
  assert.ok(readMatch({ pathSeparatedPrefix: "/a", path_separated_prefix: "/b" }), "both spellings are one field");
});

forms("a oneof keeps a default value, other scalars do not", () => {
  assert.equal(readCluster({ type: "STATIC", lb_policy: "ROUND_ROBIN", alt_stat_name: "" }), { name: "c", type: "STATIC" });
  assert.equal(readMatch({ prefix: "" }), { prefix: "" });
});

forms("an unknown field is a note from xDS, also with null, and an error in a bootstrap", () => {
  const xds = decodeResources(cluster({ nope: 1, nothing: null }));
  assert.is(xds.clusters.length, 1);
  assert.equal(xds.told, ['note KM1016 clusters["c"].nope', 'note KM1016 clusters["c"].nothing']);
  const bootstrap = decodeText(JSON.stringify({ static_resources: { clusters: [{ name: "c", nope: 1 }] } }));
  assert.is(bootstrap.clusters.length, 0);
  assert.equal(bootstrap.told, ['error KM1016 clusters["c"].nope']);
});

forms("__proto__ is a key like others", () => {
  const text = `{"resources":[{"@type":"x/envoy.config.cluster.v3.Cluster","name":"c","__proto__":{"type":"EDS"},
    "typed_extension_protocol_options":{"__proto__":{"@type":"x/un.known"}},
    "lb_subset_config":{"default_subset":{"__proto__":{"a":1}}}}]}`;
  const { clusters, told } = decodeText(text);
  assert.is(clusters[0]?.message["type"], undefined);
  assert.ok(told.includes('note KM1016 clusters["c"].__proto__'));
  assert.is(Object.keys(clusters[0]!.message["typed_extension_protocol_options"] as object)[0], "__proto__");
  assert.is(({} as Record<string, unknown>)["a"], undefined);
});

forms.run();
