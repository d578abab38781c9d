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

fallback("delta: a new stream does not say that it is held, so that the control plane sends what it has", async () => {
  const stage = await restarted("delta");
  assert.equal(stage.log(), ["update cluster +a,b", 'nack cluster c1 "error KM2001 x: no"', "ask endpoint +good"]);
  await stage.end();
  await stage.clock.advance(60_000);
  stage.log();
  await stage.ready();
  assert.equal(stage.log(), ["node ask cluster b@1", "ask endpoint +good"]);
});

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
