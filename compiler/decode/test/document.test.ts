/** Where JSON values end, and how resources are cut out of a document: JSON.parse is the judge. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { random } from "../../../test/shuffle.ts";
import { jsonOf, readDocument } from "../input/document.ts";
import { compactJson } from "../json/compact.ts";
import { endOfValue } from "../json/valid.ts";
import { memoryOf } from "../memory.ts";
import { assignment, cluster, decodeFiles, decodeText, listener } from "./decoding.ts";

const document = suite("decode: JSON documents");

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isValue(text: string): boolean {
  const bytes = Buffer.from(text);
  const start = text.length - text.trimStart().length;
  const end = endOfValue(memoryOf(bytes), start);
  return end !== -1 && bytes.subarray(end).toString().trim() === "";
}

document("values, and what is none", () => {
  const words = [
    "0",
    "-0",
    "01",
    "-",
    "1.",
    ".5",
    "1.5",
    "1e5",
    "1e",
    "1e+",
    "1E-7",
    "+1",
    "0x1",
    "1e5.5",
    "NaN",
    "tru",
    "true",
    "truefalse",
    "nul",
    "null",
  ];
  const strings = [
    '""',
    '"a',
    '"\\""',
    '"\\x"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\u00E9"',
    '"\u00e9"',
    '"a\nb"',
    '"\t"',
    '"\\b\\f\\n\\r\\t\\/\\\\"',
    '"\u007f"',
  ];
  const lists = ["[]", "[1]", "[1,]", "[,1]", "[1 2]", "[[]", "[]]", "[1}", "[ 1 , [ ] ]", "[\u00a0]", "[\f1]"];
  const objects = [
    '{"a":1}',
    "{}",
    '{"a"}',
    '{"a":}',
    "{a:1}",
    '{"a":1,}',
    '{"a":1 "b":2}',
    '{"a":1]',
    "{1:1}",
    '{"a" : { "b" : [ { } ] } }',
    '{"a":{"b":1}}}',
  ];
  for (const text of [...words, ...strings, ...lists, ...objects, "", " ", "\n[\r\n\t]\n"])
    assert.is(isValue(text), isJson(text), JSON.stringify(text));
});

document("texts that are changed at random", () => {
  const next = random(1);
  const text = JSON.stringify({ a: [1, -2.5e3, true, null, "x\u00e9\n\\", { b: {} }, []], c: { d: "" } });
  const letters = '{}[]",:\\ \n0123eE.+-truefalsn\u0000ubx';
  let valid = 0;
  for (let i = 0; i < 20_000; i++) {
    let changed = text;
    for (let n = Math.floor(next() * 3); n >= 0; n--) {
      const at = Math.floor(next() * changed.length);
      changed = changed.slice(0, at) + letters[Math.floor(next() * letters.length)]! + changed.slice(at + Math.floor(next() * 3));
    }
    assert.is(isValue(changed), isJson(changed), changed);
    valid += isJson(changed) ? 1 : 0;
  }
  assert.ok(valid > 500, `${valid} are JSON`);
});

document("a resource is a range of the document; where it does not begin with its type it is printed anew", () => {
  const text = `\n{"resources": [ {"@type" : "x/envoy.config.cluster.v3.Cluster", "name":"a"} , {"name":"b","@type":"x/envoy.config.cluster.v3.Cluster"}]}`;
  const bytes = Buffer.from(text);
  const { outline, contentOf } = readDocument(bytes, 0)!;
  const [a, b] = (outline as { resources: [object, object] }).resources.map((value) => contentOf(value as Record<string, unknown>));
  assert.is(a!.bytes.buffer, bytes.buffer);
  assert.is(text.slice(a!.start, a!.end), '{"@type" : "x/envoy.config.cluster.v3.Cluster", "name":"a"}');
  assert.equal(jsonOf(b!), { name: "b", "@type": "x/envoy.config.cluster.v3.Cluster" });
  assert.equal(
    decodeText(text).clusters.map(({ name }) => name),
    ["a", "b"],
  );
});

document("a resource's type within strings, and in places where no resource is looked for", () => {
  const tricky = '{"@type":"x/envoy.config.cluster.v3.Cluster"';
  const named = decodeText(JSON.stringify({ resources: [cluster({ type: "EDS", eds_cluster_config: { service_name: tricky } })] }));
  assert.equal(named.clusters[0]!.message["eds_cluster_config"], { service_name: tricky });
  const inner = { name: "inner", ...cluster({ type: "STATIC" }) };
  const filter = { name: "f", typed_config: inner };
  const bootstrap = { static_resources: { listeners: [{ ...listener({}), filter_chains: [{ filters: [filter] }] }] } };
  const { "@type": _, ...untyped } = bootstrap.static_resources.listeners[0] as Record<string, unknown>;
  const cut = decodeText(JSON.stringify({ static_resources: { listeners: [untyped] } }));
  const whole = decodeText(JSON.stringify({ resources: [{ "@type": "x/envoy.config.listener.v3.Listener", ...untyped }] }));
  assert.equal(
    cut.listeners.map(({ message }) => message),
    whole.listeners.map(({ message }) => message),
  );
});

document("what is wrong is told by JSON.parse, of the whole document", () => {
  const good = JSON.stringify({ resources: [cluster({ name: "a" }), cluster({ name: "b" })] });
  for (const bad of [
    good.slice(0, -1),
    good.replace('"b"', '"b'),
    good.replace('"a"', "a"),
    good.replace("}", "}}"),
    `${good}x`,
    good.replace('"a"', '"\\q"'),
  ]) {
    let message = "";
    try {
      JSON.parse(bad);
    } catch (error) {
      ({ message } = error as Error);
    }
    const { diagnostics, clusters } = decodeText(bad);
    assert.is(clusters.length, 0);
    assert.equal(
      diagnostics.map((d) => [d.code, d.message]),
      [["KM1002", message]],
    );
  }
});

document("without the space between its words: the same JSON", () => {
  for (const value of [{}, [], { a: [1, 'b " c', { "d \\": " \n " }], f: null }, "\u00e9 \\"]) {
    const text = `  ${JSON.stringify(value, null, "\t\r\n ")} `;
    const bytes = compactJson(memoryOf(Buffer.from(` x${text}x`)), 2, 2 + Buffer.byteLength(text));
    assert.is(Buffer.from(bytes).toString(), JSON.stringify(value));
  }
});

document("a byte order mark; a text that is no UTF-8", () => {
  const text = JSON.stringify({ resources: [cluster({ name: "\u00e9" })] });
  assert.is(decodeText(`\ufeff${text}`).clusters[0]!.name, "\u00e9");
  const bytes = Buffer.from(text);
  bytes[bytes.indexOf(0xc3)] = 0xff;
  assert.equal(decodeFiles({ name: "x", bytes }).told, ["error KM1002 x"]);
});

document("nested deep in a bootstrap: a diagnostic, no exception", () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  assert.equal(decodeText(`{"static_resources":{"clusters":[{"name":"c","load_assignment":${deep}}]}}`).told, ["error KM1012 in.json"]);
});

document("localities that a dump prints with a weight of 0 have none, in either spelling and with any space", () => {
  const dump = (weight: string): string => {
    const endpoints = `[{"lb_endpoints":[{"endpoint":{"address":{"socket_address":{"address":"10.0.0.1","port_value":80}}}}],${weight}}]`;
    const config = JSON.stringify(assignment({})).replace(/\}$/, `,"endpoints":${endpoints}}`);
    return `{"configs":[{"@type":"x/envoy.admin.v3.EndpointsConfigDump","dynamic_endpoint_configs":[{"endpoint_config":${config}}]}]}`;
  };
  for (const weight of [
    '"load_balancing_weight":0',
    '"loadBalancingWeight" :\n0',
    '"load_balancing_weight": -0.0',
    '"load_balancing_weight":0e5',
  ]) {
    const { endpoints, told } = decodeText(dump(weight));
    assert.is(endpoints.length, 1, `${weight} ${told.join()}`);
    assert.not.ok("load_balancing_weight" in (endpoints[0]!.message["endpoints"] as readonly object[])[0]!);
  }
  assert.is(decodeText(dump('"load_balancing_weight":7')).endpoints.length, 1);
});

document.run();
