import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accepted, openStage, reject, type Stage } from "./fake-plane.ts";
import { cluster, endpoints, listener, route } from "./messages.ts";

const sotw = suite("xds: state of the world");

/** Two clusters, their endpoints, a listener with a route configuration: all accepted. */
async function openMesh(): Promise<Stage> {
  const stage = await openStage();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("a"), cluster("b")] });
  await stage.respond({ kind: "endpoint", version: "v1", nonce: "e1", resources: [endpoints("a"), endpoints("b")] });
  await stage.respond({ kind: "listener", version: "v1", nonce: "l1", resources: [listener("l", ["r"])] });
  await stage.respond({ kind: "route", version: "v1", nonce: "r1", resources: [route("r")] });
  stage.log();
  stage.requests();
  return stage;
}

sotw("subscribes in the order of references, with the node once", async () => {
  const stage = await openStage();
  assert.equal(stage.log(), ["connecting", "node ask cluster"]);
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("b"), cluster("a", { serviceName: "svc" })] });
  assert.equal(stage.log(), ["update cluster +b,a", "ack cluster c1 v1", "ask endpoint b,svc"]);
  await stage.respond({ kind: "endpoint", version: "v1", nonce: "e1", resources: [endpoints("svc"), endpoints("b")] });
  assert.equal(stage.log(), ["update endpoint +svc,b", "ack endpoint e1 v1 b,svc", "ask listener"]);
  await stage.respond({ kind: "listener", version: "v1", nonce: "l1", resources: [listener("l", ["80", "90"])] });
  assert.equal(stage.log(), ["update listener +l", "ack listener l1 v1", "ask route 80,90"]);
  assert.not(stage.client.settled());
  await stage.respond({ kind: "route", version: "v1", nonce: "r1", resources: [route("80"), route("90")] });
  assert.equal(stage.log(), ["update route +80,90", "ack route r1 v1 80,90", "settled"]);
  assert.ok(stage.client.settled());
  const [first] = stage.requests();
  assert.is(first!.node!.id, "sidecar~10.0.0.1~p.ns~ns.svc.cluster.local");
  stage.client.close();
});

sotw("without clusters that need endpoints, listeners are asked for at once", async () => {
  const stage = await openStage();
  stage.log();
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: [cluster("static", { type: 0 })] });
  assert.equal(stage.log(), ["update cluster +static", "ack cluster c1 v1", "ask listener"]);
  await stage.respond({ kind: "listener", version: "v1", nonce: "l1" });
  assert.equal(stage.log(), ["ack listener l1 v1", "settled"]);
});

sotw("identical bytes are acknowledged and not handed out", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("b"), cluster("a")] });
  assert.equal(stage.log(), ["ack cluster c2 v2"]);
  await stage.respond({ kind: "cluster", version: "v3", nonce: "c3", resources: [cluster("a", { seconds: 9 }), cluster("b")] });
  assert.equal(stage.log(), ["update cluster +a", "ack cluster c3 v3"]);
  assert.equal(stage.client.held("cluster").get("a"), cluster("a", { seconds: 9 }));
  assert.is(stage.client.status().kinds.cluster.unchanged, 3);
});

sotw("responses of endpoints and routes are partial", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("b", 81)] });
  await stage.respond({ kind: "endpoint", version: "v3", nonce: "e3" });
  assert.equal(stage.log(), ["update endpoint +b", "ack endpoint e2 v2 a,b", "ack endpoint e3 v3 a,b"]);
  assert.equal([...stage.client.held("endpoint").keys()], ["a", "b"]);
});

sotw("an empty response of clusters or listeners removes all, and what only they needed", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "listener", version: "v2", nonce: "l2" });
  assert.equal(stage.log(), ["update listener -l", "ack listener l2 v2", "ack route r1 v1", "update route -r"]);
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2" });
  assert.equal(stage.log(), ["update cluster -a,b", "ack cluster c2 v2", "ack endpoint e1 v1", "update endpoint -a,b"]);
  for (const kind of ["cluster", "endpoint", "listener", "route"] as const) assert.is(stage.client.held(kind).size, 0, kind);
});

sotw("a new cluster's endpoints are asked for at once, an old one's given up when the consumer has let it go", async () => {
  const stage = await openMesh();
  stage.hold();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("b"), cluster("c")] });
  assert.equal(stage.log(), ["ack endpoint e1 v1 a,b,c", "update cluster +c -a"], "a stays subscribed while its removal is undecided");
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("c"), endpoints("a", 82)] });
  assert.equal(stage.log(), ["update endpoint +c,a", "settled"], "what is in use is kept up to date");
  await stage.decide(0);
  assert.equal(stage.log(), ["ack cluster c2 v2", "ack endpoint e2 v1 b,c", "update endpoint -a"]);
  await stage.decide(0);
  await stage.decide(0);
  assert.equal(stage.log(), ["ack endpoint e2 v2 b,c"]);
  assert.equal([...stage.client.held("endpoint").keys()].sort(), ["b", "c"]);
});

sotw("late answers for names given up are ignored", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("b")] });
  stage.log();
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("a", 99)] });
  assert.equal(stage.log(), ["ack endpoint e2 v2 b"]);
  assert.is(stage.client.status().kinds.endpoint.ignored, 1);
  assert.not(stage.client.held("endpoint").has("a"));
});

sotw("a rejected update is answered with its diagnostics, and the last good stays", async () => {
  const stage = await openMesh();
  stage.judge(({ changed }) => (changed.has("a") ? reject("no good", ["a"]) : accepted));
  const bad = cluster("a", { seconds: 1 });
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [bad, cluster("b", { seconds: 2 })] });
  assert.equal(stage.log(), ["update cluster +a,b", 'nack cluster c2 v1 "error KM2001 x: no good"']);
  assert.equal(stage.client.held("cluster").get("a"), cluster("a"));
  assert.equal(stage.client.held("cluster").get("b"), cluster("b", { seconds: 2 }), "the rest is taken");
  await stage.respond({ kind: "cluster", version: "v3", nonce: "c3", resources: [bad, cluster("b", { seconds: 2 })] });
  assert.equal(
    stage.log(),
    ["update cluster +a", 'nack cluster c3 v1 "error KM2001 x: no good"'],
    "asked again: what is around it may have changed",
  );
  await stage.respond({ kind: "cluster", version: "v4", nonce: "c4", resources: [cluster("a"), cluster("b", { seconds: 2 })] });
  assert.equal(stage.log(), ["ack cluster c4 v4"]);
  const { acks, nacks, lastRejection } = stage.client.status().kinds.cluster;
  assert.equal([acks, nacks, lastRejection], [2, 2, []]);
});

sotw("a rejection without names takes nothing, removals neither", async () => {
  const stage = await openMesh();
  stage.judge(() => reject("all of it"));
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("b", { seconds: 3 }), cluster("c")] });
  assert.equal(stage.log(), [
    "ack endpoint e1 v1 a,b,c",
    "update cluster +b,c -a",
    'nack cluster c2 v1 "error KM2001 x: all of it"',
    "ack endpoint e1 v1 a,b",
  ]);
  assert.equal([...stage.client.held("cluster").keys()], ["a", "b"]);
});

sotw("what a rejected version would have needed is given up, what the last good needs is kept", async () => {
  const stage = await openMesh();
  stage.judge(() => reject("no", ["a"]));
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("a", { serviceName: "other" }), cluster("b")] });
  assert.equal(stage.log(), [
    "ack endpoint e1 v1 a,b,other",
    "update cluster +a",
    'nack cluster c2 v1 "error KM2001 x: no"',
    "ack endpoint e1 v1 a,b",
  ]);
  assert.ok(stage.client.held("endpoint").has("a"));
});

sotw("updates do not wait for earlier verdicts; answers come in the order of the responses", async () => {
  const stage = await openMesh();
  stage.hold();
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("a", 81)] });
  await stage.respond({ kind: "endpoint", version: "v3", nonce: "e3", resources: [endpoints("b", 82)] });
  await stage.respond({ kind: "endpoint", version: "v4", nonce: "e4", resources: [endpoints("a", 83)] });
  assert.equal(stage.log(), ["update endpoint +a", "update endpoint +b", "update endpoint +a"]);
  assert.is(stage.client.status().kinds.endpoint.inFlight, 3);
  await stage.decide(2);
  await stage.decide(1);
  assert.equal(stage.log(), [], "the first is still open");
  await stage.decide(0, reject("old", ["a"]));
  assert.equal(stage.log(), ['nack endpoint e2 v1 a,b "error KM2001 x: old"', "ack endpoint e3 v3 a,b", "ack endpoint e4 v4 a,b"]);
  assert.equal(stage.client.held("endpoint").get("a"), endpoints("a", 83), "the newest that was accepted");
});

sotw("a response with the bytes of an undecided update shares its fate", async () => {
  const stage = await openMesh();
  stage.hold();
  const bad = endpoints("a", 81);
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [bad] });
  await stage.respond({ kind: "endpoint", version: "v3", nonce: "e3", resources: [bad, endpoints("b")] });
  await stage.respond({ kind: "endpoint", version: "v4", nonce: "e4", resources: [endpoints("b")] });
  assert.equal(stage.log(), ["update endpoint +a"]);
  await stage.decide(0, reject("bad", ["a"]));
  assert.equal(stage.log(), [
    'nack endpoint e2 v1 a,b "error KM2001 x: bad"',
    'nack endpoint e3 v1 a,b "error KM2001 x: bad"',
    "ack endpoint e4 v4 a,b",
  ]);
});

sotw("a consumer that fails has rejected", async () => {
  const stage = await openMesh();
  stage.judge(() => {
    throw new Error("boom");
  });
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("a", 81)] });
  assert.equal(stage.log(), ["update endpoint +a", 'nack endpoint e2 v1 a,b "error KM7021 endpoints: boom"']);
  assert.equal(
    stage.diagnostics.map(({ code }) => code),
    ["KM7021"],
  );
  assert.equal(stage.client.held("endpoint").get("a"), endpoints("a"));
});

sotw("names with control characters do not reach the other side's log", async () => {
  const stage = await openMesh();
  stage.judge(() => reject("evil\nname\u001b[2J"));
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("a", 81)] });
  assert.match(stage.log()[1]!, "evil\\x0aname\\x1b[2J");
});

sotw("a response of another type than asked for is not acknowledged", async () => {
  const stage = await openStage();
  stage.log();
  await stage.respond({ kind: "route", nonce: "r1", resources: [route("r")] });
  await stage.respond({ kind: "route", nonce: "x1", typeUrl: "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig" });
  assert.equal(stage.log(), []);
  assert.equal(
    stage.diagnostics.map(({ code }) => code),
    ["KM7010"],
  );
});

sotw("two resources of one name: the first counts, and the response is rejected", async () => {
  const stage = await openStage();
  stage.log();
  const twins = [cluster("a", { type: 0 }), cluster("a", { seconds: 5 }), cluster("b", { type: 0 }), cluster("b", { type: 0 })];
  await stage.respond({ kind: "cluster", version: "v1", nonce: "c1", resources: twins });
  assert.match(stage.log()[1]!, /^nack cluster c1 "error KM7014 clusters\["a"\]: stands twice/);
  assert.equal(stage.client.held("cluster").get("a"), cluster("a", { type: 0 }));
});

sotw("a resource of another type is left out, and its last good stays", async () => {
  const stage = await openMesh();
  const { encodeProtocol } = await import("./messages.ts");
  const { typeUrls } = await import("../protocol.ts");
  const resources = [
    { type_url: typeUrls.listener, value: cluster("a") },
    { type_url: typeUrls.cluster, value: cluster("b") },
  ];
  await stage.receive(encodeProtocol("DiscoveryResponse", { version_info: "v2", nonce: "c2", type_url: typeUrls.cluster, resources }));
  assert.match(stage.log().join(), /^update cluster !a,nack cluster c2 v1 "error KM7011 clusters\["a"\]: is of type/);
  assert.equal([...stage.client.held("cluster").keys()], ["a", "b"]);
});

sotw("a name that is given up and asked for again while a response is under way is asked for until it is answered", async () => {
  const stage = await openMesh();
  const without = { kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("b")] } as const;
  await stage.respond(without);
  stage.log();
  await stage.respond({ ...without, version: "v3", nonce: "c3", resources: [cluster("a"), cluster("b")] });
  assert.equal(stage.log(), ["ack endpoint e1 v1 b", "ack endpoint e1 v1 a,b", "update cluster +a", "ack cluster c3 v3"]);
  // It crossed a response: the control plane saw neither request, and thinks that the endpoints of a are held.
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("b", 2)] });
  assert.equal(stage.log(), ["update endpoint +b", "ack endpoint e2 v2 a,b", "ack endpoint e2 v2 b", "ack endpoint e2 v2 a,b"]);
  await stage.clock.advance(1000);
  assert.equal(stage.log(), ["ack endpoint e2 v2 b", "ack endpoint e2 v2 a,b"], "once a second");
  await stage.respond({ kind: "endpoint", version: "v3", nonce: "e3", resources: [endpoints("a", 3)] });
  assert.equal(stage.log(), ["update endpoint +a", "ack endpoint e3 v3 a,b", "settled"]);
  await stage.clock.advance(5000);
  assert.equal(stage.log(), []);
});

sotw("empty answers to a name in doubt do not make a loop", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("b")] });
  await stage.respond({ kind: "cluster", version: "v3", nonce: "c3", resources: [cluster("a"), cluster("b")] });
  stage.log();
  for (let i = 0; i < 10; i++) await stage.respond({ kind: "endpoint", version: "v3", nonce: `x${i}` });
  assert.is(stage.log().length, 14, "ten answers, two of them with another try");
  await stage.clock.advance(60_000);
  assert.ok(stage.log().length <= 14, "and each time after twice as long");
});

sotw("a name in doubt is asked for when nobody waits for it any more: the control plane may be late by more", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("b")] });
  await stage.respond({ kind: "cluster", version: "v3", nonce: "c3", resources: [cluster("a"), cluster("b")] });
  await stage.clock.advance(20_000);
  assert.equal(
    stage.diagnostics.map(({ code }) => code),
    ["KM7007"],
  );
  stage.log();
  await stage.clock.advance(20_000);
  assert.equal(stage.log(), ["ack endpoint e1 v1 b", "ack endpoint e1 v1 a,b"]);
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("a", 2)] });
  assert.equal(stage.log(), ["update endpoint +a", "ack endpoint e2 v2 a,b"]);
  await stage.clock.advance(1_000_000);
  assert.equal(stage.log(), []);
});

sotw("names that are not answered yet are told once more after a rejection, whose names istiod does not look at", async () => {
  const stage = await openMesh();
  await stage.respond({ kind: "cluster", version: "v2", nonce: "c2", resources: [cluster("a"), cluster("b"), cluster("c")] });
  stage.log();
  stage.judge(() => reject("no", ["a"]));
  await stage.respond({ kind: "endpoint", version: "v2", nonce: "e2", resources: [endpoints("a", 2)] });
  assert.equal(stage.log(), ["update endpoint +a", 'nack endpoint e2 v1 a,b,c "error KM2001 x: no"', "ack endpoint e2 v1 a,b,c"]);
  await stage.respond({ kind: "endpoint", version: "v3", nonce: "e3", resources: [endpoints("a", 3), endpoints("c")] });
  assert.equal(stage.log(), ["update endpoint +a,c", 'nack endpoint e3 v1 a,b,c "error KM2001 x: no"', "settled"]);
});

sotw("names whose request crossed a response are asked for again at once where its verdict waits, which may wait for them", async () => {
  const stage = await openMesh();
  stage.hold();
  await stage.respond({ kind: "listener", version: "v2", nonce: "l2", resources: [listener("l", ["r", "new"])] });
  assert.equal(stage.log(), ["ack route r1 v1 new,r", "update listener +l"]);
  // It was on its way already: the control plane does not look at the request before.
  await stage.respond({ kind: "route", version: "v2", nonce: "r2", resources: [route("r", "other")] });
  assert.equal(stage.log(), ["update route +r", "ack route r2 v1 new,r"]);
  await stage.respond({ kind: "route", version: "v2", nonce: "r3", resources: [route("new")] });
  assert.equal(stage.log(), ["update route +new", "settled"]);
});

sotw("answers without the names that were asked for again do not make a loop", async () => {
  const stage = await openMesh();
  stage.hold();
  await stage.respond({ kind: "listener", version: "v2", nonce: "l2", resources: [listener("l", ["r", "new"])] });
  stage.log();
  for (let i = 0; i < 10; i++) await stage.respond({ kind: "route", version: "v2", nonce: `x${i}`, resources: [route("r", "other")] });
  assert.equal(stage.log(), ["update route +r", "ack route x0 v1 new,r", "ack route x1 v1 new,r", "ack route x2 v1 new,r"]);
});

sotw("resources in wrappers are unwrapped", async () => {
  const stage = await openStage();
  stage.log();
  const { encodeProtocol } = await import("./messages.ts");
  const { protocolType, typeUrls } = await import("../protocol.ts");
  const wrapper = protocolType("DeltaDiscoveryResponse").root.lookupType("envoy.service.discovery.v3.Resource");
  const value = wrapper
    .encode({ name: "a", version: "7", resource: { type_url: typeUrls.cluster, value: cluster("a", { type: 0 }) } })
    .finish();
  const resources = [{ type_url: "type.googleapis.com/envoy.service.discovery.v3.Resource", value }];
  await stage.receive(encodeProtocol("DiscoveryResponse", { version_info: "v1", nonce: "c1", type_url: typeUrls.cluster, resources }));
  assert.equal(stage.log().slice(0, 2), ["update cluster +a", "ack cluster c1 v1"]);
  assert.equal(stage.client.held("cluster").get("a"), cluster("a", { type: 0 }));
});

sotw.run();
