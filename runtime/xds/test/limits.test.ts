import { suite } from "uvu";
import * as assert from "uvu/assert";
import { typeUrls } from "../protocol.ts";
import { openStage, reject, type Stage, type StageOptions } from "./fake-plane.ts";
import { cluster, encodeProtocol, endpoints, listener } from "./messages.ts";

const limits = suite("xds: limits");

const plain = (name: string, seconds = 1): Buffer => cluster(name, { type: 0, seconds });

async function openEndpoints(options: StageOptions, names: readonly string[]): Promise<Stage> {
  const stage = await openStage(options);
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: names.map((name) => cluster(name)) });
  await stage.respond({ kind: "endpoint", version: "v1", nonce: "e1", resources: names.map((name) => endpoints(name)) });
  stage.log();
  return stage;
}

limits("a response of too many resources is rejected whole", async () => {
  const stage = await openStage({ limits: { resources: 2 } });
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [plain("a"), plain("b")] });
  stage.log();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [plain("c"), plain("d"), plain("e")] });
  assert.match(stage.log().join(), /^nack cluster c2 v1 "error KM7016 /);
  assert.equal([...stage.client.held("cluster").keys()], ["a", "b"], "nothing is removed by what was not read");
});

limits("partial responses can't hold more than the limit either", async () => {
  const stage = await openStage({ mode: "delta", limits: { resources: 2 } });
  await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: { a: plain("a"), b: plain("b") } });
  stage.log();
  await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: { b: plain("b", 2), c: plain("c") } });
  const log = stage.log();
  assert.is(log[0], "update cluster +b");
  assert.match(log[1]!, /^nack cluster c2 "error KM7016 clusters\["c"\]: 2 clusters are held already/);
});

limits("a million empty resources in a small response are counted, not made", async () => {
  const stage = await openStage();
  stage.log();
  const one = encodeProtocol("DiscoveryResponse", { resources: [{}] });
  const head = encodeProtocol("DiscoveryResponse", { version_info: "v1", nonce: "c1", type_url: typeUrls.cluster });
  await stage.receive(Buffer.concat([head, Buffer.alloc(one.length * 1_000_000, one)]));
  assert.match(stage.log()[0]!, /^nack cluster c1 "error KM7016 /);
});

limits("a name that is too long is left out", async () => {
  const stage = await openStage({ limits: { nameBytes: 8 } });
  stage.log();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [plain("fine"), plain("n".repeat(9))] });
  const log = stage.log();
  assert.is(log[0], "update cluster +fine");
  assert.match(log[1]!, /^nack cluster c1 "error KM7013 clusters\["n+"\]: its name has more than 8 bytes/);
});

limits("a reference that is too long is not asked for", async () => {
  const stage = await openStage({ limits: { nameBytes: 8 } });
  stage.log();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("a", { serviceName: "s".repeat(9) })] });
  assert.equal(stage.log(), ["update cluster +a", "ack cluster c1 v1", "ask listener"]);
  assert.equal(
    stage.diagnostics.map(({ code }) => code),
    ["KM7013"],
  );
});

limits("a resource without a name is left out", async () => {
  const stage = await openStage();
  stage.log();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [plain("a"), Buffer.alloc(0), Buffer.from("ff", "hex")] });
  const log = stage.log();
  assert.is(log[0], "update cluster +a");
  assert.match(log[1]!, /KM7012/);
});

limits("bytes held are bounded, and what fits is taken", async () => {
  const size = plain("a").length;
  const stage = await openStage({ limits: { heldBytes: size * 2 } });
  stage.log();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [plain("a"), plain("b"), plain("c")] });
  const log = stage.log();
  assert.is(log[0], "update cluster +a,b");
  assert.match(log[1]!, /^nack cluster c1 "error KM7017 clusters\["c"\]/);
  assert.is(stage.client.status().kinds.cluster.heldBytes, size * 2);
});

limits("names to ask for are bounded", async () => {
  const stage = await openStage({ limits: { resources: 3 } });
  stage.log();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1" });
  await stage.respond({ kind: "listener", version: "v1", nonce: "l1", resources: [listener("l", ["r1", "r2", "r3", "r4"])] });
  assert.ok(stage.log().some((line) => line === "ask route r1,r2,r3"));
  assert.equal(
    stage.diagnostics.map(({ code }) => code),
    ["KM7018"],
  );
});

limits("flapping is merged: a minute at 100 changes a second, 10 of them handed out", async () => {
  const stage = await openEndpoints({ limits: { updatesPerSecond: 10 } }, ["a", "b"]);
  await stage.clock.advance(1000);
  const before = stage.updates.length;
  for (let i = 0; i < 6000; i++) {
    await stage.respond({ kind: "endpoint", version: `v${i}`, nonce: `f${i}`, resources: [endpoints("a", 1000 + i)] });
    await stage.clock.advance(10);
  }
  await stage.clock.advance(1000);
  const updates = stage.updates.length - before;
  assert.ok(updates >= 600 && updates <= 611, String(updates));
  assert.equal(stage.client.held("endpoint").get("a"), endpoints("a", 6999), "the newest is there");
  const { acks, nacks } = stage.client.status().kinds.endpoint;
  assert.equal([acks, nacks], [6001, 0], "every response is answered");
  const told = stage.diagnostics.filter(({ code }) => code === "KM7020");
  assert.ok(told.length >= 6 && told.length <= 7, "told every ten seconds");
  assert.ok(stage.client.status().kinds.endpoint.heldBytes < 1000);
});

limits("what flaps back before it was handed out is no change", async () => {
  const stage = await openEndpoints({ limits: { updatesPerSecond: 1 } }, ["a"]);
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("a", 2)] });
  await stage.respond({ kind: "endpoint", version: "v3", nonce: "e3", resources: [endpoints("a")] });
  assert.equal(stage.log(), ["ack endpoint e2 v2 a", "ack endpoint e3 v3 a"]);
  await stage.clock.advance(10_000);
  assert.equal(stage.log(), []);
});

limits("what waits for verdicts does not keep a generation waiting that would give them", async () => {
  const stage = await openEndpoints({ limits: { updatesInFlight: 2 } }, ["a"]);
  await stage.respond({ kind: "listener", version: "v1", nonce: "l1", resources: [listener("l")] });
  assert.ok(stage.client.settled());
  stage.hold();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("a"), cluster("b")] });
  for (const n of [2, 3, 4])
    await stage.respond({ kind: "listener", version: `v${n}`, nonce: `l${n}`, resources: [listener("l", [], `s${n}`)] });
  assert.not(stage.client.settled(), "endpoints of b are awaited");
  stage.log();
  await stage.clock.advance(15_000);
  assert.ok(stage.log().includes("settled"));
  assert.ok(stage.client.settled());
});

limits("without verdicts, updates are merged and no more than the limit are under way", async () => {
  const stage = await openEndpoints({ limits: { updatesInFlight: 2 } }, ["a", "b"]);
  stage.hold();
  for (let i = 1; i <= 5; i++) {
    await stage.respond({
      kind: "endpoint",
      version: `v${i}`,
      nonce: `e${i}`,
      resources: [endpoints("a", i), endpoints("b", 10 + Math.min(i, 2))],
    });
  }
  assert.equal(stage.log(), ["update endpoint +a,b", "update endpoint +a,b"]);
  await stage.decide(0);
  assert.equal(stage.log(), ["ack endpoint e1 v1 a,b", "update endpoint +a"]);
  assert.equal(stage.updates.at(-1)!.changed.get("a")!.bytes(), endpoints("a", 5));
  assert.is(stage.updates.at(-1)!.version, "v5");
  await stage.decide(0);
  await stage.decide(0);
  assert.equal(
    stage.log(),
    ["e2 v2", "e3 v3", "e4 v4", "e5 v5"].map((answer) => `ack endpoint ${answer} a,b`),
  );
});

limits("a control plane that sends too fast is not read for a while", async () => {
  const stage = await openEndpoints({ limits: { responsesPerSecond: 10 } }, ["a"]);
  for (let i = 0; i < 9; i++) await stage.respond({ kind: "endpoint", version: "v1", nonce: `n${i}`, resources: [endpoints("a")] });
  assert.ok(stage.network.paused);
  await stage.clock.advance(99);
  assert.ok(stage.network.paused);
  await stage.clock.advance(1);
  assert.not(stage.network.paused);
});

limits("to a control plane that does not read, only the newest request of a kind is kept", async () => {
  const stage = await openEndpoints({}, ["a"]);
  stage.network.reads = false;
  for (let i = 2; i < 100; i++) await stage.respond({ kind: "endpoint", version: `v${i}`, nonce: `e${i}`, resources: [endpoints("a", i)] });
  const sent = stage.log().filter((line) => line.startsWith("ack"));
  assert.equal(sent, ["ack endpoint e2 v2 a"]);
  stage.network.reads = true;
  stage.network.drain();
  assert.equal(stage.log(), ["ack endpoint e99 v99 a"]);
});

limits("a control plane that answers every rejection with the same is not played ball with", async () => {
  const stage = await openEndpoints({ limits: { rejectionsPerSecond: 10 } }, ["a"]);
  stage.judge(() => reject("no"));
  let sent = 0;
  for (let ms = 0; ms < 5000; ms += 10) {
    const requests = stage.requests().filter(({ error_detail }) => error_detail);
    sent += requests.length;
    if (ms === 0 || requests.length > 0)
      await stage.respond({ kind: "endpoint", version: "v2", nonce: `n${ms}`, resources: [endpoints("a", 2)] });
    await stage.clock.advance(10);
  }
  assert.ok(sent >= 50 && sent <= 65, String(sent));
});

limits("in delta they are counted, and the stream ends at the limit", async () => {
  const stage = await openStage({ mode: "delta", limits: { unsentRequests: 5 } });
  stage.network.reads = false;
  for (let i = 0; i < 8; i++) await stage.respond({ kind: "cluster", version: "1", nonce: `c${i}`, resources: {} });
  assert.ok(stage.log().includes("waiting 250 KM7008"));
});

limits("a NACK is short, however much there is to say", async () => {
  const stage = await openEndpoints({}, ["a"]);
  const diagnostics = Array.from(
    { length: 10_000 },
    (_, i) => ({ code: "KM2001", severity: "error", path: `clusters["c${i}"]`, message: "x".repeat(i === 0 ? 10_000 : 50) }) as const,
  );
  stage.judge(() => ({ kind: "rejected", diagnostics }));
  stage.requests();
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("a", 2)] });
  const { message } = stage.requests().at(-1)!.error_detail!;
  assert.ok(message.length < 5000);
  assert.match(message, /\(and \d+ more\)$/);
});

limits.run();
