/** What a bootstrap sets for all resources is told, as it is not obeyed. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cluster, decodeText } from "./decoding.ts";

const settings = suite("decode: settings of a bootstrap");

function toldOf(bootstrap: object): readonly string[] {
  const { diagnostics } = decodeText(JSON.stringify({ ...bootstrap, static_resources: { clusters: [cluster({ type: "STATIC" })] } }));
  return diagnostics
    .filter(({ code }) => code === "KM1026")
    .map(({ path, message, count }) => `${path}: ${message}${count ? ` x${count}` : ""}`);
}

settings("none", () => assert.equal(toldOf({}), []));

settings("runtime: keys of static layers, as names or nested, and layers that are not there", () => {
  const layers = [
    {
      name: "global config",
      static_layer: {
        "envoy.reloadable_features.http_reject_path_with_fragment": false,
        routing: { traffic: { reviews: 20, fraction: { numerator: 1, denominator: "MILLION" } } },
        "re2.max_program_size.error_level": "32768",
      },
    },
    { name: "admin", admin_layer: {} },
    { disk_layer: { symlink_root: "/srv" } },
  ];
  const at = "in.json.layered_runtime.layers";
  const isNotLookedUp = "is not looked up: there is no runtime, the default value holds";
  assert.equal(toldOf({ layered_runtime: { layers } }), [
    `${at}["global config"].static_layer["envoy.reloadable_features.http_reject_path_with_fragment"]: is not obeyed: this feature is as Envoy has it by itself`,
    `${at}["global config"].static_layer["routing.traffic.fraction"]: ${isNotLookedUp}`,
    `${at}["global config"].static_layer["routing.traffic.reviews"]: ${isNotLookedUp}`,
    `${at}[2].disk_layer: is not read: what it sets is as if it was not set`,
  ]);
  const small = { name: "a", static_layer: { re2: { max_program_size: { error_level: 100 } } } };
  assert.equal(toldOf({ layeredRuntime: { layers: [small] } }), [
    `${at}["a"].static_layer["re2.max_program_size.error_level"]: is not obeyed: a regular expression may have 32768 instructions`,
  ]);
});

settings("what concerns traffic by name, the rest together", () => {
  const told = toldOf({
    admin: {},
    statsConfig: {},
    node: { id: "a" },
    headerPrefix: "x-foo",
    cluster_manager: { local_cluster_name: "c", upstream_bind_config: { source_address: { address: "10.0.0.9", port_value: 0 } } },
  });
  assert.equal(told, [
    "in.json.admin: is not read: it is about the proxy's own process x3",
    "in.json.cluster_manager.upstream_bind_config: is not obeyed: a connection keeps the source address of the client",
    "in.json.header_prefix: is not obeyed: Envoy's own headers begin with x-envoy here",
  ]);
});

settings("in a dump, whose resources stand in other sections", () => {
  const text = JSON.stringify({
    configs: [
      { "@type": "x/envoy.admin.v3.BootstrapConfigDump", bootstrap: { overload_manager: {}, static_resources: {} } },
      { "@type": "x/envoy.admin.v3.ClustersConfigDump", static_clusters: [{ cluster: cluster({ type: "STATIC" }) }] },
    ],
  });
  assert.equal(
    decodeText(text).told.filter((line) => line.includes("KM1026")),
    ["note KM1026 in.json bootstrap.overload_manager"],
  );
});

settings("a resource where a bootstrap should be has none", () => {
  const dump = { configs: [{ "@type": "x/envoy.admin.v3.BootstrapConfigDump", bootstrap: cluster({}) }] };
  assert.equal(decodeText(JSON.stringify(dump)).told, []);
});

settings("values of any type", () => {
  for (const value of [null, 1, "a", [], [null, 1], { layers: 1 }, { layers: [null, [], { name: 1, static_layer: [1] }] }]) {
    toldOf({ layered_runtime: value, cluster_manager: value, ["__proto__"]: value });
  }
});

settings.run();
