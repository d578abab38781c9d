/** Wire bytes and JSON give the same messages and the same diagnostics. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Collector } from "../../diag/index.ts";
import { packageRoot } from "../../package-root.ts";
import type { XdsFile, XdsMessage, XdsSnapshot } from "../index.ts";
import { readJsonMessage } from "../json/message.ts";
import { newJsonReader } from "../json/reader.ts";
import { memoryOf } from "../memory.ts";
import { planOf } from "../plan/plan.ts";
import { startResource } from "../reading.ts";
import { newState, type ReadState } from "../state.ts";
import { newReader } from "../wire/bytes.ts";
import { readMessage } from "../wire/message.ts";
import { cluster, type Decoded, decodeFiles, decodeResources } from "./decoding.ts";
import { encodeJson, encodeResponse, field, responseOf } from "./encoding.ts";

const wireJson = suite("wire and json");

const waypoint = join(packageRoot, "compiler/decode/test/data/waypoint");

function waypointFiles(pattern: RegExp): readonly XdsFile[] {
  const names = readdirSync(waypoint).filter((name) => pattern.test(name));
  return names.map((name) => ({ name: name.replace(/\..*/, ""), bytes: readFileSync(join(waypoint, name)) }));
}

function textOf({ listeners, routes, clusters, endpoints }: XdsSnapshot): string {
  return comparable({ listeners, routes, clusters, endpoints });
}

/** uvu's equal knows neither bigint nor objects without prototype. */
function comparable(value: unknown): string {
  return JSON.stringify(value, (_key, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

wireJson("a captured waypoint: responses as protobuf, as JSON, and the dump", () => {
  const wire = decodeFiles(...waypointFiles(/\.pb$/));
  const json = decodeFiles(...waypointFiles(/^\d.*\.json$/));
  const dump = decodeFiles(...waypointFiles(/^config_dump/));
  assert.is(wire.listeners.length, 5);
  assert.is(wire.clusters.length, 8);
  assert.is(wire.endpoints.length, 3);
  assert.not(wire.diagnostics.some((diagnostic) => diagnostic.severity === "error"));
  assert.is(textOf(json), textOf(wire));
  assert.is(textOf(dump), textOf(wire));
  assert.equal(json.diagnostics, wire.diagnostics);
  // A dump has the bootstrap, too.
  const ofResources = dump.diagnostics.filter(({ path }) => !path.includes(" bootstrap."));
  assert.equal(ofResources, wire.diagnostics);
  assert.ok(dump.diagnostics.length > ofResources.length);
});

wireJson("fixtures that protobufjs can encode", () => {
  const fixtures = join(packageRoot, "fixtures");
  let compared = 0;
  for (const name of readdirSync(fixtures)) {
    const path = join(fixtures, name, "snapshot.json");
    // What only JSON can get wrong.
    if (!existsSync(path) || name.startsWith("reject-json")) continue;
    const { resources } = JSON.parse(readFileSync(path, "utf8")) as { resources?: readonly object[] };
    if (!resources) continue;
    let bytes: Uint8Array;
    try {
      bytes = encodeResponse(resources);
    } catch {
      // It has forms or types that only Envoy's own reader takes.
      continue;
    }
    const json = decodeResources(...resources);
    const wire = decodeFiles({ name: "in.json", bytes });
    assert.is(textOf(wire), textOf(json), name);
    // An unknown field is known by its number on the wire, and does not exist there in JSON's sense.
    const known = (decoded: Decoded): readonly string[] =>
      decoded.told.filter((line) => !line.includes("KM1016") && !line.includes("KM1017"));
    assert.equal(known(wire), known(json), name);
    compared++;
  }
  assert.ok(compared > 20, `${compared} fixtures compared`);
});

wireJson("every kind of value", () => {
  const resource = cluster({
    type: "EDS",
    lb_policy: "RING_HASH",
    ring_hash_lb_config: { minimum_ring_size: "7", maximum_ring_size: "8388608" },
    common_lb_config: { healthy_panic_threshold: { value: 0.1 }, locality_weighted_lb_config: {} },
    lb_subset_config: {
      default_subset: { a: null, b: true, c: 1.5, d: "text", e: [1, [], {}], f: { g: {} }, ["__proto__"]: 1 },
      subset_selectors: [{ keys: ["ä", ""], fallback_policy: "DEFAULT_SUBSET" }, {}],
      list_as_any: true,
    },
    load_assignment: {
      cluster_name: "c",
      endpoints: [{ priority: 0, load_balancing_weight: 4294967295, lb_endpoints: [{ health_status: "UNKNOWN", endpoint: {} }] }],
      policy: { drop_overloads: [{ category: "x", drop_percentage: { numerator: 7, denominator: "MILLION" } }] },
    },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: { http_protocol_options: {} },
      },
    },
  });
  const json = decodeResources(resource);
  const wire = decodeFiles({ name: "in.json", bytes: encodeResponse([resource]) });
  assert.is(json.clusters.length, 1, json.told.join("\n"));
  assert.is(textOf(wire), textOf(json));
  assert.equal(wire.diagnostics, json.diagnostics);
});

const roundRobin = "type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin";

wireJson("a TypedStruct on the wire is the type it names", () => {
  const weight = { slow_start_config: { min_weight_percent: { value: 5 }, slow_start_window: "1.5s" } };
  const typedStruct = Buffer.concat([field(1, roundRobin), field(2, encodeJson("google.protobuf.Struct", weight))]);
  const any = Buffer.concat([field(1, "type.googleapis.com/xds.type.v3.TypedStruct"), field(2, typedStruct)]);
  const extension = Buffer.concat([field(1, "n"), field(2, any)]);
  const policies = field(1, field(4, extension));
  const bytes = responseOf("envoy.config.cluster.v3.Cluster", Buffer.concat([field(1, "c"), field(41, policies)]));
  const typed_config = { "@type": "type.googleapis.com/xds.type.v3.TypedStruct", type_url: roundRobin, value: weight };
  const json = decodeResources(cluster({ load_balancing_policy: { policies: [{ typed_extension_config: { name: "n", typed_config } }] } }));
  const wire = decodeFiles({ name: "in.pb", bytes });
  assert.is(wire.clusters.length, 1, wire.told.join());
  assert.match(textOf(wire), "RoundRobin");
  assert.is(textOf(wire), textOf(json));
});

/** Reads `bytes` and `json` as a message of `type`, past the tables of the resources. */
function both(type: string, bytes: Uint8Array, json: unknown): { readonly wire: string; readonly json: string } {
  const read = (from: (state: ReadState) => XdsMessage): string => {
    const sink = new Collector();
    const state = newState(sink);
    startResource(state, () => "x", "note");
    return comparable([from(state), sink.list()]);
  };
  return {
    wire: read((state) => readMessage(newReader(memoryOf(bytes)), planOf(type), state)),
    json: read((state) => readJsonMessage(newJsonReader(memoryOf(Buffer.from(JSON.stringify(json)))), planOf(type), state)),
  };
}

wireJson("an Any without a type is a value where it may be, and refused elsewhere", () => {
  const own = both("envoy.config.route.v3.FilterConfig", field(1, ""), { config: {} });
  assert.is(own.wire, own.json);
  assert.is(own.json, comparable([{ config: { any: "" } }, []]));
  const other = both("envoy.config.core.v3.TypedExtensionConfig", Buffer.concat([field(1, "n"), field(2, "")]), {
    name: "n",
    typed_config: {},
  });
  for (const told of [other.wire, other.json]) assert.match(told, "KM1015");
});

wireJson("structs", () => {
  const json = { filter_metadata: { a: { n: null, t: true, d: 1.5, s: "ü", l: [1, [], {}, null], o: { p: {} } }, b: {} } };
  const text = JSON.stringify(json).replace('"p"', '"__proto__"');
  const type = "envoy.config.core.v3.Metadata";
  const parsed: unknown = JSON.parse(text);
  const got = both(type, encodeJson(type, parsed), parsed);
  assert.is(got.wire, got.json);
  assert.match(got.wire, "__proto__");
});

wireJson("64-bit numbers, bytes, defaults in a oneof", () => {
  for (const [type, json] of [
    ["envoy.type.v3.Int64Range", { start: "-9223372036854775808", end: "9223372036854775807" }],
    ["envoy.type.v3.Int64Range", { start: "0", end: 5 }],
    ["envoy.config.core.v3.DataSource", { inline_bytes: "AAECAw==" }],
    ["envoy.config.core.v3.DataSource", { inline_string: "" }],
    ["envoy.config.core.v3.SocketOption", { level: "-1", name: "5", int_value: "-3", state: "STATE_BOUND" }],
    ["envoy.type.matcher.v3.DoubleMatcher", { exact: 0 }],
    ["envoy.config.core.v3.RuntimeDouble", { default_value: 0.1, runtime_key: "k" }],
  ] as const) {
    const got = both(type, encodeJson(type, json), json);
    assert.is(got.wire, got.json, type);
  }
});

wireJson.run();
