/** A restart in which the control plane still has what was rejected before: the consumer goes back to what the earlier process accepted. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { XdsFallback } from "../types.ts";
import { accepted, openStage, reject, type Stage } from "./fake-plane.ts";
import { cluster, endpoints } from "./messages.ts";

const fallback = suite("xds: fallback");

const good = cluster("a", { serviceName: "good" });
const bad = cluster("a", { serviceName: "bad" });

const left: XdsFallback = (kind, name) => (kind === "cluster" && name === "a" ? { kind, name, form: "protobuf", bytes: good } : undefined);

/** Cluster `a` has come with what is rejected; `b` is fine. */
async function restarted(mode: "sotw" | "delta", lost: readonly string[] = []): Promise<Stage> {
  const stage = await openStage({ mode, fallback: left });
  stage.judge(({ changed }) => (changed.has("a") ? { ...reject("no", ["a"]), lost } : accepted));
  stage.log();
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: { a: bad, b: cluster("b", { type: 0 }) } });
  return stage;
}

fallback("sotw: its endpoints are asked for beside those of the new version, and in its place", async () => {
  const stage = await openStage({ fallback: left });
  stage.hold();
  stage.log();
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [bad] });
  assert.equal(stage.log(), ["update cluster +a", "ask endpoint bad,good"]);
  assert.not(stage.client.held("cluster").has("a"));
  await stage.decide(0, reject("no", ["a"]));
  assert.equal(stage.log(), ['nack cluster c1 "error KM2001 x: no"', "ask endpoint good"]);
  assert.equal(stage.client.held("cluster").get("a"), good);
});

fallback(
  "delta: a new stream says that it is held in no version, so that the control plane sends what it has, or that it is gone",
  async () => {
    const stage = await restarted("delta");
    assert.equal(stage.log(), ["update cluster +a,b", 'nack cluster c1 "error KM2001 x: no"', "ask endpoint +good"]);
    await stage.end();
    await stage.clock.advance(60_000);
    stage.log();
    await stage.ready();
    assert.equal(stage.log(), ["node ask cluster a@,b@1", "ask endpoint +good"]);
    await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: {}, removed: ["a"] });
    assert.match(stage.log()[0]!, "update cluster -a");
  },
);

fallback("what is accepted first ends it", async () => {
  const stage = await openStage({ fallback: left });
  stage.hold();
  stage.log();
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [bad] });
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: [cluster("a", { serviceName: "third" })] });
  await stage.decide(1);
  await stage.decide(0, reject("no", ["a"]));
  assert.equal(stage.log().slice(-4), [
    "ask endpoint bad,third",
    'nack cluster c1 "error KM2001 x: no"',
    "ack cluster c2 2",
    "ask endpoint third",
  ]);
  assert.is(stage.client.status().kinds.cluster.heldBytes, cluster("a", { serviceName: "third" }).length);
});

fallback("a name that goes before the consumer was told of it leaves nothing", async () => {
  const stage = await openStage({ fallback: left, limits: { updatesInFlight: 1 } });
  const b = cluster("b", { type: 0 });
  stage.hold();
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [b] });
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: [b, bad] });
  assert.is(stage.client.status().kinds.endpoint.subscribed, 2);
  await stage.respond({ kind: "cluster", version: "3", nonce: "c3", resources: [b] });
  assert.is(stage.client.status().kinds.endpoint.subscribed, 0);
  assert.is(stage.client.status().kinds.cluster.heldBytes, b.length);
});

fallback("the bytes of the earlier process are news to the consumer, until it has gone back to them", async () => {
  const fresh = await openStage({ fallback: left });
  fresh.log();
  await fresh.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [good] });
  assert.equal(fresh.log().slice(0, 2), ["update cluster +a", "ack cluster c1 1"]);
  const stage = await restarted("sotw");
  stage.log();
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: [good, cluster("b", { type: 0 })] });
  assert.equal(stage.log(), ["ack cluster c2 2"]);
});

fallback("a removal reaches the consumer, which holds it", async () => {
  const stage = await restarted("sotw");
  stage.log();
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: [] });
  assert.equal(stage.log()[0], "update cluster -a,b");
  assert.is(stage.client.status().kinds.cluster.heldBytes, 0);
});

fallback("one that the consumer can't use either is not held", async () => {
  const stage = await restarted("sotw", ["a"]);
  assert.not(stage.client.held("cluster").has("a"));
  assert.is(stage.client.status().kinds.endpoint.subscribed, 0);
});

const huge = cluster("a", { serviceName: "x".repeat(1000) });
const anotherA: Readonly<Record<string, Buffer>> = { a: cluster("not a"), b: cluster("b", { type: 0 }) };

fallback("sotw: what the client refuses itself has its fallback in its place, and is rejected", async () => {
  const stage = await openStage({ fallback: left, limits: { heldBytes: 500 } });
  stage.log();
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [huge, cluster("b", { type: 0 })] });
  const log = stage.log();
  assert.is(log[0], "update cluster +a,b !a");
  assert.match(log[1]!, /^nack cluster c1 "error KM7017 clusters\["a"\]/);
  assert.is(log[2], "ask endpoint good");
  assert.equal(stage.updates[0]!.changed.get("a")!.bytes(), good);
  assert.equal(stage.client.held("cluster").get("a"), good);
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: [huge, cluster("b", { type: 0 })] });
  assert.match(stage.log().join("\n"), /^nack cluster c2 "error KM7017 [^\n]*$/, "nothing is new");
  await stage.respond({ kind: "cluster", version: "3", nonce: "c3", resources: [cluster("b", { type: 0 })] });
  assert.is(stage.log()[0], "update cluster -a");
});

fallback("delta: the same, and a new stream says that it is held in no version", async () => {
  const stage = await openStage({ mode: "delta", fallback: left });
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: anotherA });
  assert.match(stage.log().join("\n"), /KM7015/);
  assert.equal(stage.client.held("cluster").get("a"), good);
  await stage.end();
  await stage.clock.advance(60_000);
  await stage.ready();
  assert.match(stage.log().join("\n"), "node ask cluster a@,b@1\n");
});

fallback("a name that is known, and whose newest version the client refuses, is told once", async () => {
  const stage = await openStage({ mode: "delta" });
  const told = (): readonly string[] => stage.log().filter((line) => line.startsWith("update"));
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: { a: good } });
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: anotherA });
  await stage.respond({ kind: "cluster", version: "3", nonce: "c3", resources: anotherA });
  assert.equal(told(), ["update cluster +a", "update cluster +b !a"]);
  await stage.respond({ kind: "cluster", version: "4", nonce: "c4", resources: { a: good } });
  await stage.respond({ kind: "cluster", version: "5", nonce: "c5", resources: { a: cluster("not a") } });
  assert.equal(told(), ["update cluster !a"], "it was good in between");
});

fallback("what the client refuses and nobody has a version of is not there", async () => {
  const stage = await openStage({ mode: "delta" });
  stage.log();
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: anotherA });
  assert.is(stage.log()[0], "update cluster +b");
  assert.is(stage.client.status().kinds.cluster.heldBytes, cluster("b", { type: 0 }).length);
});

fallback("a first response that is refused as a whole does not say what there is", async () => {
  const stage = await openStage({ limits: { resources: 2 } });
  const [a, b, c] = ["a", "b", "c"].map((name) => cluster(name, { type: 0 })) as [Buffer, Buffer, Buffer];
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [a, b, c] });
  await stage.respond({ kind: "listener", version: "1", nonce: "l1", resources: [Buffer.alloc(0)] });
  assert.ok(stage.client.expects("cluster", "a") && stage.client.expects("listener", "l"));
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: [a, Buffer.alloc(0)] });
  await stage.respond({ kind: "listener", version: "2", nonce: "l2", resources: [] });
  assert.not(stage.client.expects("cluster", "b") || stage.client.expects("listener", "l"));
});

fallback("what may still come is expected", async () => {
  const stage = await openStage({ fallback: left });
  assert.ok(stage.client.expects("cluster", "z") && stage.client.expects("endpoint", "good") && stage.client.expects("route", "r"));
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [good] });
  assert.not(stage.client.expects("cluster", "z"), "it was not among them");
  assert.ok(stage.client.expects("endpoint", "good"), "it is referred to");
  assert.not(stage.client.expects("endpoint", "z"));
  await stage.respond({ kind: "endpoint", version: "1", nonce: "e1", resources: [endpoints("good")] });
  await stage.respond({ kind: "listener", version: "1", nonce: "l1", resources: [] });
  assert.not(stage.client.expects("route", "r"));
});

fallback.run();
