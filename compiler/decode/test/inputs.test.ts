/** Every kind of input, told by its content. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { XdsResource } from "../index.ts";
import { address, assignment, cluster, decodeFiles, decodeResources, decodeText, listener, routeTable } from "./decoding.ts";
import { encodeResponse, field } from "./encoding.ts";

const inputs = suite("inputs");

const names = (resources: readonly XdsResource[]): readonly string[] => resources.map((resource) => resource.name);
const admin = (section: string): string => `type.googleapis.com/envoy.admin.v3.${section}`;
const json = (name: string, value: unknown): { readonly name: string; readonly bytes: Uint8Array } => ({
  name,
  bytes: Buffer.from(JSON.stringify(value)),
});

inputs("a response with resources of all kinds, in any order", () => {
  const all = [assignment({}), cluster({ name: "b" }), cluster({ name: "a" }), routeTable({}), listener({})];
  const got = decodeResources(...all);
  assert.equal(names(got.clusters), ["a", "b"]);
  assert.equal([...names(got.endpoints), ...names(got.routes), ...names(got.listeners)], ["c", "r", "l"]);
  assert.is(got.clusters[0]!.path, 'clusters["a"]');
  const turned = decodeResources(...all.toReversed());
  assert.equal(turned, got);
});

inputs("a response as protobuf, and one that begins like JSON", () => {
  const bytes = encodeResponse([cluster({})]);
  assert.equal(names(decodeFiles({ name: "x", bytes }).clusters), ["c"]);
  const version = `{${"v".repeat(122)}`;
  const odd = Buffer.concat([field(1, version), field(2, cluster10())]);
  assert.is(odd[1], "{".charCodeAt(0), "the length of the version is a brace");
  assert.equal(names(decodeFiles({ name: "x", bytes: odd }).clusters), ["c"]);
});

function cluster10(): Uint8Array {
  return Buffer.concat([field(1, "type.googleapis.com/envoy.config.cluster.v3.Cluster"), field(2, field(1, "c"))]);
}

inputs("a list of responses, a list of resources, a lone resource", () => {
  const response = (...resources: readonly object[]): object => ({ resources });
  assert.equal(names(decodeText(JSON.stringify([response(cluster({})), response(listener({}))])).listeners), ["l"]);
  assert.equal(names(decodeText(JSON.stringify([cluster({}), listener({})])).clusters), ["c"]);
  assert.equal(names(decodeText(`\ufeff ${JSON.stringify(cluster({}))}`).clusters), ["c"]);
});

inputs("resources in their wrapper", () => {
  const wrapped = { "@type": "type.googleapis.com/envoy.service.discovery.v3.Resource", name: "c", version: "1", resource: cluster({}) };
  assert.equal(names(decodeResources(wrapped).clusters), ["c"]);
  const wrapper = Buffer.concat([field(3, "c"), field(2, cluster10())]);
  const any = Buffer.concat([field(1, "type.googleapis.com/envoy.service.discovery.v3.Resource"), field(2, wrapper)]);
  assert.equal(names(decodeFiles({ name: "x", bytes: field(2, any) }).clusters), ["c"]);
});

inputs("a sequence: listeners and clusters are full sets, routes and endpoints are changes", () => {
  const got = decodeFiles(
    json("002", { resources: [cluster({ name: "b" })] }),
    json("001", { resources: [cluster({ name: "a" }), routeTable({ name: "r1" }), assignment({ cluster_name: "e1" })] }),
    json("003", { resources: [routeTable({ name: "r2" }), assignment({ cluster_name: "e1", policy: { overprovisioning_factor: 200 } })] }),
  );
  assert.equal(names(got.clusters), ["b"]);
  assert.equal(names(got.routes), ["r1", "r2"]);
  assert.equal(got.endpoints[0]!.message["policy"], { overprovisioning_factor: 200 });
});

inputs("an empty response of a full kind removes all", () => {
  const type_url = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  assert.equal(decodeFiles(json("1", { resources: [cluster({})] }), json("2", { type_url, resources: [] })).clusters, []);
  assert.equal(names(decodeFiles(json("1", { resources: [cluster({})] }), json("2", { resources: [] })).clusters), ["c"]);
});

inputs("the last good one stays when a later one is refused", () => {
  const bad = cluster({ lb_policy: 99 });
  const got = decodeFiles(json("1", { resources: [cluster({ type: "EDS" })] }), json("2", { resources: [bad, cluster({ name: "d" })] }));
  assert.equal(names(got.clusters), ["c", "d"]);
  assert.is(got.clusters[0]!.message["type"], "EDS");
  assert.equal(got.told, ['error KM1013 clusters["c"].lb_policy']);
  const gone = decodeFiles(json("1", { resources: [bad] }), json("2", { resources: [cluster({ name: "d" })] }));
  assert.equal(gone.told, [], "what is replaced is not judged");
});

inputs("config_dump: static and active resources", () => {
  for (const spell of [(name: string) => name, camel]) {
    const got = decodeText(
      JSON.stringify({
        configs: [
          {
            "@type": admin("BootstrapConfigDump"),
            bootstrap: { [spell("static_resources")]: { clusters: [cluster({ name: "static" })] } },
          },
          {
            "@type": admin("ClustersConfigDump"),
            [spell("dynamic_active_clusters")]: [{ cluster: cluster({ name: "dynamic" }) }],
            [spell("static_clusters")]: [{ cluster: cluster({ name: "static", type: "EDS" }) }],
          },
          {
            "@type": admin("ListenersConfigDump"),
            [spell("static_listeners")]: [{ listener: listener({ name: "static" }) }],
            [spell("dynamic_listeners")]: [{ name: "dynamic", [spell("active_state")]: { listener: listener({ name: "dynamic" }) } }],
          },
          { "@type": admin("RoutesConfigDump"), [spell("dynamic_route_configs")]: [{ [spell("route_config")]: routeTable({}) }] },
          { "@type": admin("EndpointsConfigDump"), [spell("dynamic_endpoint_configs")]: [{ [spell("endpoint_config")]: assignment({}) }] },
        ],
      }),
    );
    assert.equal(names(got.clusters), ["dynamic", "static"]);
    assert.is(got.clusters[1]!.message["type"], "EDS", "from its section, not from the bootstrap");
    assert.equal(names(got.listeners), ["dynamic", "static"]);
    assert.equal(names(got.routes), ["r"]);
    assert.equal(names(got.endpoints), ["c"]);
    assert.equal(got.told, []);
  }
});

function camel(name: string): string {
  return name.replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase());
}

inputs("config_dump: what is not in use, and sections that are not read", () => {
  const got = decodeText(
    JSON.stringify({
      configs: [
        {
          "@type": admin("ListenersConfigDump"),
          dynamic_listeners: [
            { name: "warm", warming_state: { listener: listener({ name: "warm" }) } },
            { name: "drain", draining_state: { listener: listener({ name: "drain" }) } },
            { name: "bad", error_state: { details: "no such filter" } },
            { name: "old", active_state: { listener: listener({ name: "old" }) }, error_state: { details: "no" } },
            {},
            null,
          ],
        },
        {
          "@type": admin("ClustersConfigDump"),
          dynamic_warming_clusters: [{ cluster: cluster({ name: "w" }) }],
          dynamic_active_clusters: 5,
        },
        { "@type": admin("RoutesConfigDump"), static_route_configs: [{ route_config: routeTable({}) }] },
        { "@type": admin("SecretsConfigDump"), static_secrets: [{}] },
        { "@type": "type.googleapis.com/example.Other" },
        {},
        5,
      ],
    }),
  );
  assert.equal(names(got.listeners), ["old"]);
  assert.equal([...got.clusters, ...got.routes], []);
  assert.not(got.diagnostics.some(({ severity }) => severity !== "note"));
  const text = got.told.join("\n");
  for (const path of [
    'listeners["warm"]',
    'listeners["drain"]',
    'listeners["bad"]',
    'listeners["old"]',
    'clusters["w"]',
    'routes["r"]',
    "configs[3]",
    "configs[4]",
  ]) {
    assert.ok(text.includes(path), `${path} in\n${text}`);
  }
});

inputs("config_dump: a locality of weight 0 is one without a weight, as Envoy prints it", () => {
  for (const weight of ["load_balancing_weight", "loadBalancingWeight"]) {
    const endpoints = [
      { locality: {}, [weight]: 0 },
      { locality: { region: "r" }, [weight]: 3 },
    ];
    const dump = (field: string) => ({
      "@type": admin("EndpointsConfigDump"),
      [field]: [{ endpoint_config: { ...assignment({}), endpoints } }],
    });
    for (const field of ["static_endpoint_configs", "dynamic_endpoint_configs"]) {
      const got = decodeText(JSON.stringify({ configs: [dump(field)] }));
      assert.equal(got.told, []);
      assert.equal(got.endpoints[0]!.message["endpoints"], [{ locality: {} }, { locality: { region: "r" }, load_balancing_weight: 3 }]);
    }
    assert.equal(decodeResources({ ...assignment({}), endpoints }).told, [
      'error KM1013 endpoints["c"].endpoints[0].load_balancing_weight',
    ]);
  }
});

inputs("config_dump of a bootstrap alone; single entries of a dump", () => {
  const bootstrap = { static_resources: { clusters: [cluster({})], listeners: [listener({})] } };
  const got = decodeText(JSON.stringify({ configs: [{ "@type": admin("BootstrapConfigDump"), bootstrap }] }));
  assert.equal([...names(got.clusters), ...names(got.listeners)], ["c", "l"]);
  const entry = { "@type": admin("ClustersConfigDump.DynamicCluster"), cluster: cluster({}) };
  assert.equal(names(decodeText(JSON.stringify({ configs: [entry] })).clusters), ["c"]);
});

inputs("a bootstrap", () => {
  const clusters = [{ name: "c" }];
  const listeners = [{ address: address("::1", 80) }];
  for (const text of [
    { static_resources: { clusters, listeners } },
    { staticResources: { clusters, listeners } },
    { bootstrap: { static_resources: { clusters, listeners } } },
  ]) {
    const got = decodeText(JSON.stringify(text));
    assert.equal(names(got.clusters), ["c"]);
    assert.equal(names(got.listeners), ["[::1]:80"]);
    assert.is(got.listeners[0]!.path, 'listeners["[::1]:80"]');
  }
});

inputs("resources without a name", () => {
  const got = decodeResources(
    listener({ name: "" }),
    cluster({ name: "" }),
    routeTable({ name: "" }),
    assignment({ cluster_name: "" }),
    listener({ name: "", address: {} }),
  );
  assert.equal(names(got.listeners), ["10.0.0.1:80"]);
  assert.equal([...got.clusters, ...got.routes, ...got.endpoints], []);
  assert.is(got.diagnostics.filter(({ severity }) => severity === "error").length, 4);
});

inputs("two of one name: the first counts", () => {
  const got = decodeResources(cluster({ type: "EDS" }), cluster({ type: "STRICT_DNS" }));
  assert.is(got.clusters[0]!.message["type"], "EDS");
  assert.equal(got.told, ['error KM1021 clusters["c"]']);
  assert.equal(decodeResources(cluster({}), cluster({})).told, ['note KM1021 clusters["c"]'], "equal ones do no harm");
  assert.equal(
    decodeResources(listener({ name: "" }), listener({ name: "", stat_prefix: "x" })).told.at(0),
    'error KM1021 listeners["10.0.0.1:80"]',
  );
});

inputs("names of any kind stand in paths", () => {
  for (const name of ["*/ int x;", '"', "\\", "\u0000\n", "x".repeat(300), "ü", "__proto__", "constructor", "\ud83d\ude00"]) {
    const got = decodeResources(cluster({ name, lb_policy: 99 }), listener({ name }));
    assert.equal(names(got.listeners), [name]);
    assert.is(got.diagnostics.find(({ code }) => code === "KM1013")!.path, `clusters[${JSON.stringify(name)}].lb_policy`);
  }
});

inputs("virtual hosts are named in paths, from the wire too", () => {
  const table = routeTable({ virtual_hosts: [{ domains: ["*"], routes: [{ match: { prefix: "/" } }], name: 'a"b' }] });
  const path = 'routes["r"].virtual_hosts["a\\"b"].routes[0]';
  assert.equal(decodeResources(table).told, [`error KM1013 ${path}`]);
  assert.equal(decodeFiles({ name: "x", bytes: encodeResponse([table]) }).told, [`error KM1013 ${path}`]);
});

inputs("resources of other types", () => {
  const got = decodeResources(
    { "@type": "x/envoy.api.v2.Cluster" },
    { "@type": "x/envoy.extensions.transport_sockets.tls.v3.Secret", name: "s" },
    cluster({}),
  );
  assert.equal(names(got.clusters), ["c"]);
  assert.equal(got.told, ["note KM1022 in.json resources[0]", "note KM1022 in.json resources[1]"]);
  assert.equal(decodeResources({ name: "no type" }).told, ["error KM1015 in.json resources[0]"]);
});

inputs("what is none of these", () => {
  const told = (bytes: Uint8Array | string): string => decodeFiles({ name: "f", bytes: Buffer.from(bytes as string) }).told.join();
  assert.is(told(""), "error KM1001 f");
  assert.is(told("static_resources:\n  clusters: []\n"), "error KM1001 f");
  assert.is(told('{"a": 1}'), "error KM1001 f");
  assert.is(told("[1]"), "error KM1001 f");
  assert.is(told('{"resources": ['), "error KM1002 f");
  assert.is(told(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])), "error KM1002 f");
  assert.is(told(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0])), "error KM1004 f");
  assert.is(told(Buffer.from([0x1f, 0x8b, 8, 0])), "error KM1004 f");
  assert.is(told('{"system_version_info": "1", "resources": []}'), "error KM1025 f");
  const delta = field(2, Buffer.concat([field(1, "v"), field(3, "name"), field(2, cluster10())]));
  assert.is(told(delta), "error KM1025 f");
  assert.is(told(encodeResponse([cluster({})]).subarray(0, 20)), "error KM1010 f");
  assert.is(told(Buffer.alloc(100, 0xff)), "error KM1001 f");
});

inputs("a dump of other sections alone is no mesh without resources", () => {
  const secrets = { "@type": admin("SecretsConfigDump") };
  const got = decodeFiles(json("in.json", { configs: [secrets, 5] }));
  assert.equal([...got.told].sort(), ["error KM1001 in.json", "note KM1023 in.json configs[0]", "note KM1023 in.json configs[1]"]);
  assert.equal(decodeFiles(json("in.json", { configs: [] })).told, []);
  const listeners = { "@type": admin("ListenersConfigDump") };
  assert.equal(decodeFiles(json("in.json", { configs: [secrets, listeners] })).told, ["note KM1023 in.json configs[0]"]);
});

inputs("what is none of these has a remedy", () => {
  const hintOf = (text: string): string => decodeText(text).diagnostics[0]?.hint ?? "";
  for (const text of ['{"a": 1}', "[1]", "3", "clusters: []"]) assert.match(hintOf(text), /istioctl proxy-config all/);
  assert.match(hintOf('{"resources": ['), /capture it again/);
  assert.match(hintOf('{"removed_resources": []}'), /state-of-the-world/);
});

inputs("one file that is none does not spoil the others", () => {
  const got = decodeFiles({ name: "a", bytes: Buffer.from("?") }, json("b", { resources: [cluster({})] }));
  assert.equal(names(got.clusters), ["c"]);
  assert.equal(got.told, ["error KM1001 a"]);
});

inputs.run();
