/** Messages of one form in JSON are put together from their strings: as if each was read by itself, whatever differs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Random, random } from "../../../test/shuffle.ts";
import { Collector } from "../../diag/index.ts";
import { packageRoot } from "../../package-root.ts";
import { createDecoder, type XdsKind, type XdsRawResource } from "../index.ts";
import { compare } from "./alike.ts";

const stencils = suite("decode: stencils of JSON");

function text(kind: XdsKind, json: string): XdsRawResource {
  return { kind, name: "r", form: "json", bytes: Buffer.from(json) };
}

function resource(kind: XdsKind, fields: object): XdsRawResource {
  return text(kind, JSON.stringify(fields, null, 1));
}

function cluster(name: string, fields: object = {}): XdsRawResource {
  return resource("cluster", { name, alt_stat_name: name, eds_cluster_config: { service_name: name }, ...fields });
}

stencils("names differ, of any length", () => {
  assert.is(compare(["a", "bbbb", "cc", "ddddddd"].map((name) => cluster(name, { connect_timeout: "1s" }))), 3);
});

stencils("letters of any script; escapes are read as always", () => {
  const names = ["a", "b", "\u00e9t\u00e9", "\u{1f600}", 'a"b', "a\\b", "c"];
  assert.is(compare(names.map((name) => cluster(name))), 4);
  // A surrogate that stands alone is refused wherever it is met.
  const alone = ["a", "b", "\\ud800", "c"].map((name) => text("cluster", `{"name":"${name}","alt_stat_name":"${name}"}`));
  assert.is(compare(alone), 2);
});

stencils("a text without characters is one that is not set", () => {
  const decode = createDecoder();
  const raws = ["a", "b", "", "c"].map((region) =>
    resource("endpoint", { cluster_name: "c", endpoints: [{ locality: { region, zone: "z" } }] }),
  );
  const localities = raws.map((raw) => {
    const message = decode(raw, new Collector())!.message as { readonly endpoints: readonly { readonly locality: object }[] };
    return Object.keys(message.endpoints[0]!.locality);
  });
  assert.equal(localities, [["region", "zone"], ["region", "zone"], ["zone"], ["region", "zone"]]);
  assert.ok(compare(raws) > 0);
});

stencils("a text that breaks a rule is told of as always", () => {
  // So many that virtual hosts are no longer looked up, but routes are.
  const virtual_hosts = Array.from({ length: 100 }, (_, i) => ({
    name: `v${i}`,
    domains: [`d${i}`],
    routes: [i, i, i === 90 ? "a?b" : i].map((path) => ({ match: { path_separated_prefix: `/${path}` }, non_forwarding_action: {} })),
  }));
  const table = (hosts: readonly object[]): XdsRawResource => resource("route", { name: "r", virtual_hosts: hosts });
  assert.ok(compare([table(virtual_hosts), table(virtual_hosts.slice(0, 80)), table(virtual_hosts)]) > 300);
});

stencils("numbers, words, enums and keys are a part of the form", () => {
  const raws = [1, 2, 1, 2, "3", true, null].map((weight) =>
    resource("endpoint", { cluster_name: "c", endpoints: [{ lb_endpoints: [{ load_balancing_weight: weight }] }] }),
  );
  compare(raws);
  compare(["STATIC", "EDS", "STATIC", "LOGICAL_DNS", "static"].map((type) => cluster("c", { type })));
  const hash = (key: string): XdsRawResource => cluster("c", { typed_extension_protocol_options: { [key]: { "@type": `x/${key}` } } });
  compare(["a", "b", "a", "b", "c"].map(hash));
});

stencils("what is noted differs: it is told of each time, and not kept", () => {
  const noted = (workload: string): XdsRawResource =>
    resource("endpoint", {
      cluster_name: "c",
      endpoints: [{ lb_endpoints: [{ metadata: { filter_metadata: { istio: { workload, list: [workload, 1] } } } }] }],
    });
  assert.is(compare(["a", "bb", 'c"', "", "ddd"].map(noted)), 2);
});

stencils("a Struct that is kept is a part of the form", () => {
  const subset = (version: string): XdsRawResource => {
    const route = { match: { prefix: "/" }, route: { cluster: "c", metadata_match: { filter_metadata: { "envoy.lb": { version } } } } };
    return resource("route", { name: "r", virtual_hosts: [{ name: "v", domains: ["*"], routes: [route, route] }] });
  };
  compare(["v1", "v2", "v1", "v3"].map(subset));
});

stencils("a field that is set twice, in one spelling or in both", () => {
  const twice = (a: string, b: string): XdsRawResource => text("cluster", `{"name":"${a}","alt_stat_name":"${a}","name":"${b}"}`);
  compare([twice("a", "b"), twice("c", "d"), twice("e", "e"), twice("f", "g")]);
  const both = (a: string, b: string): XdsRawResource =>
    text("cluster", `{"name":"c","eds_cluster_config":{"service_name":"${a}"},"edsClusterConfig":{"service_name":"${b}"}}`);
  compare([both("a", "b"), both("c", "d"), both("e", "e"), both("a", "d")]);
});

stencils("the space between, and the order of fields, are a part of the form", () => {
  const spaces = ["", " ", "\n ", "\t"];
  const raws = [0, 1, 2, 3, 0, 1, 2, 3].map((i, n) =>
    text("cluster", `{${spaces[i]}"name":${spaces[i]}"n${n}"${spaces[i]},${spaces[i]}"alt_stat_name":"s${n}"}`),
  );
  assert.is(compare(raws), 4);
});

stencils("parts that are the same are one object, others are not", () => {
  const decode = createDecoder();
  const [, b, c] = ["a", "b", "c"].map(
    (name) => decode(cluster(name, { lb_policy: "MAGLEV", maglev_lb_config: { table_size: 5 } }), new Collector())!.message,
  );
  assert.is(b!["maglev_lb_config"], c!["maglev_lb_config"]);
  assert.is.not(b!["eds_cluster_config"], c!["eds_cluster_config"]);
});

stencils("resources of the fixtures, their strings changed at random", () => {
  const next = random(1);
  let found = 0;
  for (const { kind, json } of fixtureResources()) {
    const changed = Array.from({ length: 6 }, (_, i) => resource(kind, distorted(json, next, i % 2 === 0) as object));
    found += compare([resource(kind, json), resource(kind, json), ...changed, resource(kind, json)]);
  }
  assert.ok(found > 1000, `${found} messages were put together`);
});

function* fixtureResources(): Generator<{ readonly kind: XdsKind; readonly json: object }> {
  const fixtures = join(packageRoot, "fixtures");
  const kinds: Readonly<Record<string, XdsKind>> = {
    Listener: "listener",
    RouteConfiguration: "route",
    Cluster: "cluster",
    ClusterLoadAssignment: "endpoint",
  };
  for (const name of readdirSync(fixtures)) {
    const path = join(fixtures, name, "snapshot.json");
    if (!existsSync(path)) continue;
    const { resources } = JSON.parse(readFileSync(path, "utf8")) as { resources?: readonly { readonly "@type"?: string }[] };
    for (const json of resources ?? []) {
      const kind = kinds[json["@type"]?.split(".").at(-1) ?? ""];
      if (kind) yield { kind, json };
    }
  }
}

/** Some strings are others: letters only, or of any kind. */
function distorted(value: unknown, next: Random, lettersOnly: boolean): unknown {
  if (typeof value === "string" && next() < 0.2) {
    if (lettersOnly)
      return value.replace(/[a-z]/g, (letter) => (next() < 0.3 ? String.fromCharCode(0x61 + Math.floor(next() * 26)) : letter));
    return ["", "x", "\u00e9", 'q"', "a\nb", "0", "*", ":path"][Math.floor(next() * 8)];
  }
  if (Array.isArray(value)) return value.map((item) => distorted(item, next, lettersOnly));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === "@type" ? inner : distorted(inner, next, lettersOnly)]),
  );
}

stencils.run();
