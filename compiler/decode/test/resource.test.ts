import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Collector } from "../../diag/index.ts";
import { decodeResource, decodeSnapshot, protoFieldId, protoSubset, readRawResources } from "../index.ts";
import { encodeResponse } from "./encoding.ts";

const resource = suite("decode: single resources");

const types = { cluster: "envoy.config.cluster.v3.Cluster", listener: "envoy.config.listener.v3.Listener" } as const;
const any = (kind: keyof typeof types, fields: object): object => ({ "@type": `type.googleapis.com/${types[kind]}`, ...fields });
const address = { socket_address: { address: "0.0.0.0", port_value: 80 } };
const resources = [
  any("cluster", { name: "b", connect_timeout: "1s" }),
  any("cluster", { name: "a" }),
  any("listener", { name: "l", address }),
];

for (const [form, bytes] of [
  ["json", Buffer.from(JSON.stringify(resources))],
  ["protobuf", Buffer.from(encodeResponse(resources))],
] as const) {
  resource(`${form}: taken apart and decoded one by one, they are the snapshot`, () => {
    const files = [{ name: "f", bytes }];
    const raw = readRawResources(files, new Collector());
    assert.equal(
      raw.map(({ kind, name, form: each }) => `${kind} ${name} ${each}`),
      [`cluster a ${form}`, `cluster b ${form}`, `listener l ${form}`],
    );
    const whole = decodeSnapshot(files, new Collector());
    const sink = new Collector();
    assert.equal(
      raw.map((each) => decodeResource(each, sink)),
      [...whole.clusters, ...whole.listeners],
    );
  });
}

resource("a listener without a name is known by its address", () => {
  const files = [{ name: "f", bytes: Buffer.from(JSON.stringify([any("listener", { address })])) }];
  const [raw] = readRawResources(files, new Collector());
  assert.is(raw!.name, "0.0.0.0:80");
  assert.is(decodeResource(raw!, new Collector())!.path, 'listeners["0.0.0.0:80"]');
});

resource("what is broken is told and not used", () => {
  const sink = new Collector();
  assert.is(decodeResource({ kind: "cluster", name: "a", form: "json", bytes: Buffer.from("[]") }, sink), undefined);
  assert.is(decodeResource({ kind: "cluster", name: "a", form: "json", bytes: Buffer.from("{") }, sink), undefined);
  assert.is(decodeResource({ kind: "cluster", name: "a", form: "protobuf", bytes: Buffer.from("0aff", "hex") }, sink), undefined);
  const told = sink.list().map(({ code, path }) => `${code} ${path}`);
  assert.equal(told.slice(0, 3), ['KM1002 clusters["a"]', 'KM1002 clusters["a"]', 'KM1010 clusters["a"]']);
});

resource("a part of the protos has what its messages reach, and no more", () => {
  const discovery = protoSubset(["envoy.service.discovery.v3.DiscoveryRequest"]).nested!["envoy"]!.nested!;
  assert.ok(discovery["service"]!.nested!["discovery"]!.nested!["v3"]!.nested!["DiscoveryRequest"]!.fields);
  assert.ok(discovery["config"]!.nested!["core"]!.nested!["v3"]!.nested!["Node"]!.fields);
  assert.not(discovery["config"]!.nested!["cluster"]);
  assert.throws(() => protoSubset(["no.such.Message"]), /no\.such\.Message/);
  assert.is(protoFieldId("envoy.config.cluster.v3.Cluster", "name"), 1);
  assert.throws(() => protoFieldId("envoy.config.cluster.v3.Cluster", "nope"), /nope/);
});

resource.run();
