import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openStage, type Stage } from "./fake-plane.ts";
import { cluster, endpoints, listener, route } from "./messages.ts";

const connection = suite("xds: connection");

async function fill(stage: Stage): Promise<void> {
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("a")] });
  await stage.respond({ kind: "endpoint", version: "v1", nonce: "e1", resources: [endpoints("a")] });
  await stage.respond({ kind: "listener", version: "v1", nonce: "l1", resources: [listener("l", ["r"])] });
  await stage.respond({ kind: "route", version: "v1", nonce: "r1", resources: [route("r")] });
  stage.log();
}

connection("the delay doubles up to its maximum, with half of it left to chance", async () => {
  const stage = await openStage({ times: { backoffMs: 500, backoffMaxMs: 4000, credentialRetryMs: 1e9 } });
  stage.log();
  stage.clock.chances.push(0, 0.5, 0.999, 0, 0, 0);
  const seen: string[] = [];
  for (let i = 0; i < 6; i++) {
    await stage.end("KM7001");
    seen.push(...stage.log().filter((line) => line.startsWith("waiting")));
    await stage.clock.advance(4000);
  }
  assert.equal(
    seen,
    [250, 750, 1999, 2000, 2000, 2000].map((ms) => `waiting ${ms} KM7001`),
  );
});

connection("the next attempt comes when its delay is over, not before", async () => {
  const stage = await openStage({ times: { credentialRetryMs: 1e9 } });
  await stage.end();
  await stage.clock.advance(249);
  assert.is(stage.network.connects, 1);
  await stage.clock.advance(1);
  assert.is(stage.network.connects, 2);
});

connection("a stream that answered and lived resets the delay; one that came and went does not", async () => {
  const stage = await openStage({ times: { credentialRetryMs: 1e9, stableMs: 10_000 } });
  const delayAfter = async (life: number, answers: boolean): Promise<number> => {
    if (answers) await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("a")] });
    await stage.clock.advance(life);
    await stage.end();
    const state = stage.client.status().connection;
    await stage.clock.advance(30_000);
    await stage.ready();
    return state.kind === "waiting" ? state.retryMs : -1;
  };
  assert.is(await delayAfter(100, true), 250);
  assert.is(await delayAfter(9_999, true), 500, "too short");
  assert.is(await delayAfter(60_000, false), 1000, "no answer");
  assert.is(await delayAfter(10_000, true), 250, "stable");
  assert.is(await delayAfter(1, false), 500);
});

connection("a stream is connected once it is answered: one that is opened and refused is none, and the delay grows", async () => {
  const stage = await openStage({ times: { credentialRetryMs: 1e9, stableMs: 0 } });
  const seen: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    seen.push(stage.client.status().connection);
    await stage.end("KM7002");
    await stage.clock.advance(30_000);
    await stage.ready();
  }
  assert.equal(
    seen,
    [0, 1, 2].map((attempt) => ({ kind: "connecting", attempt })),
  );
  assert.is(stage.client.status().streams, 0);
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("a")] });
  assert.equal(stage.client.status().connection, { kind: "connected" });
  assert.is(stage.client.status().streams, 1);
  await stage.end();
  assert.match(stage.log().at(-1)!, /^waiting 250 /, "it starts anew after an answer");
});

connection("a new stream starts from what is held: versions and names, all kinds at once", async () => {
  const stage = await openStage();
  await fill(stage);
  await stage.end();
  assert.is(stage.client.held("cluster").size, 1, "what is held stays");
  assert.ok(stage.client.settled());
  await stage.clock.advance(1000);
  stage.log();
  await stage.ready();
  assert.equal(stage.log(), ["node ask cluster v1", "ask endpoint v1 a", "ask listener v1", "ask route v1 r"]);
  assert.is(stage.client.status().streams, 1);
  await stage.respond({ kind: "cluster", version: "v1", nonce: "x1", resources: [cluster("a")] });
  assert.is(stage.client.status().streams, 2);
  assert.equal(stage.log(), ["ack cluster x1 v1"], "nothing has changed");
});

connection("what disappeared in between is removed by the first response", async () => {
  const stage = await openStage();
  await fill(stage);
  await stage.end();
  await stage.clock.advance(1000);
  await stage.ready();
  stage.log();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "x1", resources: [cluster("b")] });
  assert.equal(stage.log(), [
    "ask endpoint v1 a,b",
    "update cluster +b -a",
    "ack cluster x1 v2",
    "ask endpoint v1 b",
    "update endpoint -a",
  ]);
});

connection("a verdict that comes after its stream has gone is booked, and answered to nobody", async () => {
  const stage = await openStage();
  await fill(stage);
  stage.hold();
  const changed = cluster("a", { seconds: 7 });
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [changed] });
  await stage.end();
  await stage.clock.advance(1000);
  await stage.ready();
  stage.log();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "x1", resources: [changed] });
  assert.equal(stage.log(), [], "the bytes of the undecided update");
  await stage.decide(0);
  assert.equal(stage.log(), ["ack cluster x1 v2"]);
  assert.equal(stage.client.held("cluster").get("a"), changed);
});

connection("what an old stream still says is not heard", async () => {
  const stage = await openStage();
  await stage.end();
  stage.log();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("a")] });
  await stage.end();
  assert.equal(stage.log(), []);
});

connection("new credentials end the wait", async () => {
  const stage = await openStage({ times: { backoffMs: 30_000 } });
  await stage.end("KM7002");
  await stage.clock.advance(3000);
  assert.is(stage.network.connects, 1);
  stage.network.credentialsChanged = "token";
  await stage.clock.advance(1000);
  assert.is(stage.network.connects, 2);
  stage.network.credentialsChanged = "none";
  await stage.clock.advance(60_000);
  assert.is(stage.network.connects, 2, "the old timer is gone");
});

connection("a new root certificate makes a new connection, a new token does not", async () => {
  const stage = await openStage();
  await fill(stage);
  stage.network.credentialsChanged = "token";
  await stage.clock.advance(60_000);
  assert.is(stage.network.connects, 1);
  stage.network.credentialsChanged = "certificate";
  await stage.clock.advance(30_000);
  assert.equal(stage.log(), ["close", "connecting"]);
  await stage.ready();
  assert.is(stage.client.held("cluster").size, 1);
});

connection("bytes that are no response end the stream", async () => {
  const stage = await openStage();
  await fill(stage);
  await stage.receive(Buffer.from("0aff", "hex"));
  assert.equal(stage.log(), ["close", "waiting 250 KM7005"]);
  assert.is(stage.client.held("cluster").size, 1);
});

connection("a kind without an answer does not hold up the others", async () => {
  const stage = await openStage();
  stage.log();
  await stage.clock.advance(15_000);
  assert.equal(stage.log(), ["ask listener"], "no clusters: no endpoints to ask for");
  await stage.clock.advance(15_000);
  assert.equal(stage.log(), ["settled"]);
  assert.equal(
    stage.diagnostics.map(({ code, path }) => `${code} ${path}`),
    ["KM7007 clusters", "KM7007 listeners"],
  );
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("a")] });
  assert.equal(stage.log(), ["ask endpoint a", "update cluster +a", "ack cluster c1 v1"], "an answer still counts");
});

connection("a first answer that comes late settles once more, as there may be nothing in it", async () => {
  const stage = await openStage();
  await stage.clock.advance(30_000);
  stage.log();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1" });
  assert.equal(stage.log(), ["ack cluster c1 v1", "settled"]);
  assert.ok(stage.client.expects("listener", "l"));
  await stage.respond({ kind: "listener", version: "v1", nonce: "l1" });
  assert.equal(stage.log().slice(0, 2), ["ack listener l1 v1", "settled"]);
  assert.not(stage.client.expects("listener", "l"));
});

connection("endpoints without an answer do not hold up the listeners, and settle after a time", async () => {
  const stage = await openStage();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("a"), cluster("b")] });
  await stage.clock.advance(5_000);
  await stage.respond({ kind: "endpoint", version: "v1", nonce: "e1", resources: [endpoints("a")] });
  await stage.respond({ kind: "listener", version: "v1", nonce: "l1" });
  stage.log();
  assert.not(stage.client.settled());
  await stage.clock.advance(9_999);
  assert.not(stage.client.settled());
  await stage.clock.advance(1);
  assert.equal(stage.log(), ["settled"]);
  assert.equal(
    stage.diagnostics.map(({ path }) => path),
    ['endpoints["b"]'],
  );
});

connection("after close nothing happens any more", async () => {
  const stage = await openStage();
  await fill(stage);
  stage.hold();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("b")] });
  stage.log();
  stage.client.close();
  await stage.decide(0);
  await stage.respond({ kind: "cluster", version: "v3", nonce: "c3", resources: [cluster("c")] });
  await stage.clock.advance(120_000);
  assert.equal(stage.log(), ["close"]);
  assert.is(stage.clock.pending(), 0);
  assert.is(stage.client.status().connection.kind, "closed");
});

connection.run();
