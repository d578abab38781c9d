/** Input that wants to break the reader: a diagnostic, no exception, and time and memory in proportion to the input. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../package-root.ts";
import { cluster, decodeFiles, decodeResources, decodeText, routeTable } from "./decoding.ts";
import { encodeResponse, field, responseOf, varint } from "./encoding.ts";

const hostile = suite("hostile");

const waypoint = join(packageRoot, "compiler/decode/test/data/waypoint");
const samples = readdirSync(waypoint).map((name) => ({ name, bytes: readFileSync(join(waypoint, name)) }));

/** The same numbers on every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function mutate(bytes: Uint8Array, next: () => number): Uint8Array {
  const at = (): number => Math.floor(next() * bytes.length);
  const kind = Math.floor(next() * 4);
  if (kind === 0) return bytes.subarray(0, at());
  const copy = Buffer.from(bytes);
  if (kind === 1) return Buffer.concat([copy.subarray(0, at()), copy.subarray(at())]);
  for (let i = Math.floor(next() * 8); i >= 0; i--) copy[at()] = kind === 2 ? Math.floor(next() * 256) : 0x30 + Math.floor(next() * 80);
  return copy;
}

hostile("mutated captures never throw", () => {
  const next = random(1);
  for (let i = 0; i < 600; i++) {
    const { name, bytes } = samples[i % samples.length]!;
    const got = decodeFiles({ name, bytes: mutate(bytes, next) });
    for (const { path, code } of got.diagnostics) assert.ok(path.length > 0 && /^KM1\d\d\d$/.test(code));
  }
});

hostile("mutated resources never throw", () => {
  const next = random(2);
  const lds = samples.find(({ name }) => name === "003-lds.pb")!.bytes;
  // Past the response's frame, so that a change hits a resource.
  const listener = lds.subarray(lds.indexOf("envoy.config.listener.v3.Listener") + "envoy.config.listener.v3.Listener".length + 4);
  for (let i = 0; i < 600; i++) {
    const from = Math.floor(next() * 200);
    decodeFiles({ name: "x", bytes: responseOf("envoy.config.listener.v3.Listener", mutate(listener.subarray(from, from + 2000), next)) });
  }
});

/** JSON with values swapped for others of any type. */
function distort(value: unknown, next: () => number): unknown {
  if (next() < 0.02)
    return [null, true, -1, 1e300, "", "x", [], {}, [[]], { value: {} }, "99999999999999999999", 1.5][Math.floor(next() * 12)];
  if (Array.isArray(value)) return value.map((item) => distort(item, next));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [next() < 0.01 ? "__proto__" : key, distort(inner, next)]));
}

hostile("distorted JSON never throws", () => {
  const next = random(3);
  const documents = samples.filter(({ name }) => name.endsWith(".json")).map(({ bytes }) => JSON.parse(bytes.toString()) as unknown);
  for (let i = 0; i < 200; i++) decodeText(JSON.stringify(distort(documents[i % documents.length], next)));
});

hostile("truncated at every byte", () => {
  const bytes = Buffer.from(
    encodeResponse([
      routeTable({ virtual_hosts: [{ name: "v", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "c" } }] }] }),
    ]),
  );
  assert.is(decodeFiles({ name: "x", bytes }).routes.length, 1);
  for (let length = 1; length < bytes.length; length++) {
    const got = decodeFiles({ name: "x", bytes: bytes.subarray(0, length) });
    assert.is(got.routes.length, 0);
  }
  const any = bytes.indexOf("RouteConfiguration") + "RouteConfiguration".length + 2;
  for (let length = 1; length < bytes.length - any; length++) {
    const got = decodeFiles({
      name: "x",
      bytes: responseOf("envoy.config.route.v3.RouteConfiguration", bytes.subarray(any, any + length)),
    });
    assert.ok(got.routes.length === 0 ? got.diagnostics.length > 0 : true, `${length} bytes: nothing said`);
  }
});

hostile("nested as deep as you like, in JSON", () => {
  const depth = 200_000;
  const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
  assert.ok(decodeText(deep).diagnostics.length > 0);
  const struct = `{"resources":[{"@type":"x/envoy.config.cluster.v3.Cluster","name":"c","load_assignment":${deep},"lb_subset_config":{"subset_selectors":${deep}}}]}`;
  assert.is(decodeText(struct).clusters.length, 0);
  let any = "{}";
  for (let i = 0; i < 5000; i++) any = `{"@type":"x/envoy.config.route.v3.FilterConfig","config":${any}}`;
  const table = `{"resources":[{"@type":"x/envoy.config.route.v3.RouteConfiguration","name":"r","typed_per_filter_config":{"a":${any}}}]}`;
  assert.ok(decodeText(table).told.every((line) => line.includes("KM1012") || line.startsWith("note")));
});

hostile("nested as deep as you like, on the wire", () => {
  // envoy.config.core.v3.Metadata stands nowhere that is kept: a chain of FilterConfigs in Anys does.
  let inner: Uint8Array = Buffer.alloc(0);
  for (let i = 0; i < 3000; i++) inner = Buffer.concat([field(1, "x/envoy.config.route.v3.FilterConfig"), field(2, field(1, inner))]);
  const entry = field(16, Buffer.concat([field(1, "a"), field(2, inner)]));
  const got = decodeFiles({
    name: "x",
    bytes: responseOf("envoy.config.route.v3.RouteConfiguration", Buffer.concat([field(1, "r"), entry])),
  });
  assert.ok(got.routes.length === 1 || got.told.some((line) => line.includes("KM1012")));
  const groups = Buffer.alloc(1_000_000, (200 << 3) | 3);
  decodeFiles({ name: "x", bytes: responseOf("envoy.config.route.v3.RouteConfiguration", groups) });
});

hostile("lengths and numbers that lie", () => {
  const type = "envoy.config.cluster.v3.Cluster";
  for (const bytes of [
    Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    Buffer.from([0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
    Buffer.from([0x00, 0x01]),
    Buffer.from([0x0e]),
    Buffer.from([0x0c]),
    Buffer.concat([field(1, "c"), varint((4 << 3) | 7)]),
  ]) {
    assert.is(decodeFiles({ name: "x", bytes: responseOf(type, bytes) }).clusters.length, 0);
  }
  const latin = Buffer.concat([field(1, Buffer.from([0x63, 0xe4]))]);
  const got = decodeFiles({ name: "x", bytes: responseOf(type, latin) });
  assert.is(got.clusters.length, 0);
  assert.ok(got.told[0]!.startsWith("error KM1010"));
});

hostile("many errors, unknown fields and names stay few diagnostics", () => {
  const fields: Record<string, number> = {};
  for (let i = 0; i < 1000; i++) fields[`unknown_${i}`] = i;
  const got = decodeResources(cluster(fields));
  assert.is(got.clusters.length, 1);
  assert.is(got.diagnostics.length, 1000, "each unknown field is a kind of its own");
  const many = decodeResources(...Array.from({ length: 1000 }, (_item, i) => cluster({ name: `c${i}`, nope: i })));
  assert.is(many.diagnostics.length, 1);
  assert.is(many.diagnostics[0]!.count, 1000);
});

hostile("the input is not changed and not kept", () => {
  const bytes = Buffer.from(encodeResponse([cluster({ lb_policy: "MAGLEV" })]));
  const before = Buffer.from(bytes);
  const first = decodeFiles({ name: "x", bytes });
  assert.ok(bytes.equals(before));
  bytes.fill(0);
  assert.is(first.clusters[0]!.message["lb_policy"], "MAGLEV");
});

hostile.run();
