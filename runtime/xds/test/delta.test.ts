import { suite } from "uvu";
import * as assert from "uvu/assert";
import { typeUrls } from "../protocol.ts";
import { accepted, openStage, reject, type Stage } from "./fake-plane.ts";
import { cluster, encodeProtocol, endpoints, listener, route } from "./messages.ts";

const delta = suite("xds: delta");

async function openMesh(): Promise<Stage> {
  const stage = await openStage({ mode: "delta" });
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: { a: cluster("a"), b: cluster("b") } });
  await stage.respond({ kind: "endpoint", version: "2", nonce: "e1", resources: { a: endpoints("a"), b: endpoints("b") } });
  await stage.respond({ kind: "listener", version: "3", nonce: "l1", resources: { l: listener("l", ["r"]) } });
  await stage.respond({ kind: "route", version: "4", nonce: "r1", resources: { r: route("r") } });
  stage.log();
  return stage;
}

delta("subscribes in the order of references; requests tell only what changes", async () => {
  const stage = await openStage({ mode: "delta" });
  assert.equal(stage.log(), ["connecting", "node ask cluster"]);
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: { b: cluster("b"), a: cluster("a") } });
  assert.equal(stage.log(), ["update cluster +b,a", "ack cluster c1", "ask endpoint +a,+b"]);
  await stage.respond({ kind: "endpoint", version: "1", nonce: "e1", resources: { a: endpoints("a"), b: endpoints("b") } });
  assert.equal(stage.log(), ["update endpoint +a,b", "ack endpoint e1", "ask listener"]);
  await stage.respond({ kind: "listener", version: "1", nonce: "l1", resources: { l: listener("l", ["r"]) } });
  assert.equal(stage.log(), ["update listener +l", "ack listener l1", "ask route +r"]);
  await stage.respond({ kind: "route", version: "1", nonce: "r1", resources: { r: route("r") } });
  assert.equal(stage.log(), ["update route +r", "ack route r1", "settled"]);
});

delta("an empty response removes nothing, removed_resources do", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "cluster", version: "5", nonce: "c2", resources: {} });
  assert.equal(stage.log(), ["ack cluster c2"]);
  await stage.respond({ kind: "cluster", version: "6", nonce: "c3", resources: { c: cluster("c") }, removed: ["a", "never-known"] });
  assert.equal(stage.log(), ["ask endpoint +c", "update cluster +c -a", "ack cluster c3", "ask endpoint -a", "update endpoint -a"]);
  assert.equal([...stage.client.held("cluster").keys()], ["b", "c"]);
});

delta("a rejection names the bad resources; the others are taken", async () => {
  const stage = await openMesh();
  stage.judge(({ changed }) => (changed.has("a") ? reject("a is no good", ["a"]) : accepted));
  const resources = { a: cluster("a", { seconds: 1 }), b: cluster("b", { seconds: 2 }) };
  await stage.respond({ kind: "cluster", version: "5", nonce: "c2", resources });
  assert.equal(stage.log(), ["update cluster +a,b", 'nack cluster c2 "error KM2001 x: a is no good"']);
  assert.equal(stage.client.held("cluster").get("a"), cluster("a"));
  assert.equal(stage.client.held("cluster").get("b"), resources.b);
});

delta("a new stream says which versions are held", async () => {
  const stage = await openMesh();
  stage.judge(({ changed }) => (changed.has("a") ? reject("no", ["a"]) : accepted));
  await stage.respond({ kind: "cluster", version: "5", nonce: "c2", resources: { a: cluster("a", { seconds: 1 }), b: cluster("b") } });
  await stage.end();
  await stage.clock.advance(60_000);
  stage.log();
  await stage.ready();
  assert.equal(stage.log(), ["node ask cluster a@1,b@5", "ask endpoint +a,+b a@2,b@2", "ask listener l@3", "ask route +r r@4"]);
});

delta("a new stream names what is held without versions: only so is its removal told by a control plane that gives none", async () => {
  const stage = await openStage({ mode: "delta" });
  await stage.respond({ kind: "cluster", nonce: "c1", resources: { a: cluster("a"), b: cluster("b") } });
  await stage.end();
  await stage.clock.advance(60_000);
  stage.log();
  await stage.ready();
  assert.equal(stage.log(), ["node ask cluster a@,b@", "ask endpoint +a,+b"]);
  await stage.respond({ kind: "cluster", nonce: "c2", resources: { a: cluster("a") }, removed: ["b"] });
  assert.equal([...stage.client.held("cluster").keys()], ["a"]);
});

delta("starts over: everything is asked for again, and it is not settled before it has come", async () => {
  const stage = await openStage({ mode: "delta" });
  stage.judge(() => reject("nothing fits"));
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: { a: cluster("a") } });
  await stage.respond({ kind: "listener", version: "1", nonce: "l1", resources: { l: listener("l") } });
  stage.client.startOver("nothing fits");
  stage.client.startOver("nothing fits either");
  assert.not(stage.client.settled());
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: { b: cluster("b") } });
  assert.not(stage.client.settled());
  stage.log();
  await stage.clock.advance(1000);
  assert.match(stage.log().join(), /^close,waiting/);
  assert.equal(
    stage.diagnostics.filter(({ code }) => code === "KM7023").map(({ message }) => message),
    ["nothing fits; all of it is asked for again"],
  );
  stage.judge(() => accepted);
  await stage.clock.advance(60_000);
  await stage.ready();
  assert.equal(stage.log().slice(-2), ["connecting", "node ask cluster"]);
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: { a: cluster("a") } });
  assert.not(stage.client.settled());
  await stage.respond({ kind: "endpoint", version: "1", nonce: "e1", resources: { a: endpoints("a") } });
  assert.not(stage.client.settled());
  await stage.respond({ kind: "listener", version: "1", nonce: "l1", resources: { l: listener("l") } });
  assert.ok(stage.client.settled());
});

delta("removal of endpoints in use is not obeyed, and not claimed to be held", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "endpoint", version: "5", nonce: "e2", resources: {}, removed: ["a", "unknown"] });
  assert.equal(stage.log(), ["ack endpoint e2"]);
  assert.equal(stage.client.held("endpoint").get("a"), endpoints("a"));
  assert.equal(
    stage.diagnostics.map(({ code }) => code),
    ["KM7019"],
  );
  await stage.end();
  await stage.clock.advance(60_000);
  await stage.ready();
  assert.ok(stage.log().includes("ask endpoint +a,+b b@2"));
});

delta("a name answered by a removal is not waited for", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "cluster", version: "5", nonce: "c2", resources: { c: cluster("c") } });
  assert.not(stage.client.settled());
  await stage.respond({ kind: "endpoint", version: "5", nonce: "e2", resources: {}, removed: ["c"] });
  assert.ok(stage.client.settled());
});

delta("a resource under another name is left out", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "cluster", version: "5", nonce: "c2", resources: { a: cluster("other") } });
  assert.match(stage.log().join(), /^update cluster !a,nack cluster c2 "error KM7015 clusters\["a"\]: the resource in it is named "other"/);
  assert.equal(stage.client.held("cluster").get("a"), cluster("a"));
});

delta("a wrapper without a resource says that the held one still holds", async () => {
  const stage = await openMesh();
  const bytes = encodeProtocol("DeltaDiscoveryResponse", {
    nonce: "c2",
    type_url: typeUrls.cluster,
    resources: [{ name: "a", version: "1" }],
  });
  await stage.receive(bytes);
  assert.equal(stage.log(), ["ack cluster c2"]);
  assert.equal(stage.client.held("cluster").get("a"), cluster("a"));
});

delta("the same bytes under a new version: no update, and the new version is what is held", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "listener", version: "9", nonce: "l2", resources: { l: listener("l", ["r"]) } });
  assert.equal(stage.log(), ["ack listener l2"]);
  await stage.end();
  await stage.clock.advance(60_000);
  await stage.ready();
  assert.ok(stage.log().includes("ask listener l@9"));
});

delta.run();
