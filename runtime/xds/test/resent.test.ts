/** A type that is sent once more, whole and in its order: known by its bytes, without reading its resources. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Content, type Held } from "../entry.ts";
import { typeUrls } from "../protocol.ts";
import { createResent } from "../resent.ts";
import { readResponse } from "../response.ts";
import { openStage } from "./fake-plane.ts";
import { cluster, encodeProtocol, endpoints, response } from "./messages.ts";

const resent = suite("xds: resent");

const limits = { resources: 10, nameBytes: 100 };

function held(name: string, bytes: Buffer): Held {
  return { name, accepted: new Content(bytes, "", []) };
}

/** Names of a response that are told by their bytes, and those that are read. */
function split(bytes: Buffer, places: readonly (Held | undefined)[]): readonly [readonly string[], readonly string[]] {
  const of = createResent("cluster", (place) => places[place])(bytes);
  const read = readResponse(bytes, "sotw", limits, of.isNext);
  return [of.found.map(({ name }) => name), read.resources.map(({ name, place }) => `${place} ${name}`)];
}

const [a, b, c] = [cluster("a"), cluster("b", { seconds: 200 }), cluster("c", { serviceName: "x".repeat(300) })];

resent("what is held is told by its bytes, in its place only", () => {
  const bytes = response("sotw", { kind: "cluster", resources: [a, b, c] });
  const all = [held("a", a), held("b", b), held("c", c)];
  assert.equal(split(bytes, all), [["a", "b", "c"], []]);
  assert.equal(split(bytes, [all[1], all[0], all[2]]), [["c"], ["0 a", "1 b"]]);
  assert.equal(split(bytes, [undefined, all[1]]), [["b"], ["0 a", "2 c"]]);
  assert.equal(split(bytes, [undefined, held("b", cluster("b", { seconds: 201 }))])[0], [], "of the same length");
  assert.equal(split(bytes, [held("a", Buffer.concat([a, a])), held("b", b.subarray(1)), held("c", Buffer.alloc(0))]), [
    [],
    ["0 a", "1 b", "2 c"],
  ]);
});

resent("an Any of another type, and one that is encoded in another way, are read", () => {
  const any = (type_url: string, value: Buffer): object => ({ type_url, value });
  const other = encodeProtocol("DiscoveryResponse", { resources: [any(typeUrls.listener, a), any(typeUrls.cluster, b)] });
  assert.equal(split(other, [held("a", a), held("b", b)]), [["b"], ["0 a"]]);
  const near = encodeProtocol("DiscoveryResponse", { resources: [any(typeUrls.cluster.replace("Cluster", "Clusters").slice(1), a)] });
  assert.equal(split(near, [held("a", a)]), [[], ["0 a"]], "of the same length");
  // The value's length in one byte more than it needs.
  const head = Buffer.concat([Buffer.from([0x0a, typeUrls.cluster.length]), Buffer.from(typeUrls.cluster), Buffer.from([0x12])]);
  const odd = Buffer.concat([head, Buffer.from([a.length | 0x80, 0]), a]);
  const bytes = Buffer.concat([Buffer.from([0x12, odd.length]), odd]);
  assert.equal(split(bytes, [held("a", a)])[0].length + split(bytes, [held("a", a)])[1].length, 1, "the same resource either way");
});

resent("whatever comes with it is read, and a full set still removes", async () => {
  const stage = await openStage();
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [a, b, c] });
  stage.log();
  const other = cluster("b", { seconds: 1 });
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: [a, other, c] });
  assert.equal(stage.log(), ["update cluster +b", "ack cluster c2 2"]);
  await stage.respond({ kind: "cluster", version: "3", nonce: "c3", resources: [a, other] });
  assert.equal(stage.log()[0], "update cluster -c");
  await stage.respond({ kind: "cluster", version: "4", nonce: "c4", resources: [a, other, c] });
  assert.equal(stage.log().at(-2), "update cluster +c");
  assert.equal([...stage.client.held("cluster").keys()], ["a", "b", "c"]);
  assert.is(stage.client.status().kinds.cluster.unchanged, 6);
});

resent("one that is told by its bytes, and stands there once more with others", async () => {
  const stage = await openStage();
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [a, b] });
  stage.log();
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: [a, b, a, cluster("b")] });
  assert.match(stage.log().join(), /^nack cluster c2 1 "error KM7014 clusters\["b"\]: stands twice/);
  assert.ok(stage.client.held("cluster").get("b") && b.equals(stage.client.held("cluster").get("b")!));
});

resent("what is rejected, undecided or given up is read again", async () => {
  const stage = await openStage();
  stage.hold();
  for (const nonce of ["c1", "c2"]) await stage.respond({ kind: "cluster", version: "1", nonce, resources: [cluster("a")] });
  await stage.decide(0, { kind: "rejected", diagnostics: [] });
  await stage.respond({ kind: "cluster", version: "1", nonce: "c3", resources: [cluster("a")] });
  assert.is(stage.updates.length, 2, "nothing was accepted");
  await stage.decide(0);
  await stage.respond({ kind: "endpoint", version: "1", nonce: "e1", resources: [endpoints("a")] });
  await stage.decide(0);
  await stage.respond({ kind: "cluster", version: "2", nonce: "c4", resources: [] });
  await stage.decide(0);
  await stage.respond({ kind: "endpoint", version: "1", nonce: "e2", resources: [endpoints("a")] });
  assert.not(stage.client.held("endpoint").has("a"));
  assert.is(stage.client.status().kinds.endpoint.ignored, 1);
});

resent("a response of two types ends the stream", async () => {
  const stage = await openStage();
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [a] });
  await stage.receive(
    Buffer.concat([response("sotw", { kind: "listener", nonce: "l" }), response("sotw", { kind: "cluster", nonce: "c2" })]),
  );
  assert.equal(
    stage.diagnostics.map(({ code }) => code),
    ["KM7005"],
  );
});

resent.run();
