import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openStage, reject, type Stage, type StageOptions } from "./fake-plane.ts";
import { cluster, endpoints } from "./messages.ts";

const pace = suite("xds: pace of acknowledgements");

/** Together 64 KiB and more in each request: a pause of 4 ms, of 128 while responses keep coming. */
const names = Array.from({ length: 64 }, (_, i) => `${String(i).padStart(4, "0")}${"n".repeat(1020)}`);
const first = names[0]!;

/** All names are asked for and answered, and the pauses after both are over. */
async function openEndpoints(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options);
  await stage.respond({ kind: "cluster", version: "c1", nonce: "c1", resources: names.map((name) => cluster(name)) });
  await stage.respond({ kind: "endpoint", version: "v1", nonce: "e1", resources: names.map((name) => endpoints(name)) });
  await stage.clock.advance(200);
  stage.requests();
  return stage;
}

const change = (stage: Stage, n: number): Promise<void> =>
  stage.respond({ kind: "endpoint", version: `v${n}`, nonce: `e${n}`, resources: [endpoints(first, n)] });

/** Answers. */
const sent = (stage: Stage): string[] =>
  stage
    .requests()
    .filter(({ response_nonce }) => response_nonce !== undefined)
    .map(({ response_nonce: nonce, version_info: version, error_detail: error }) =>
      `${nonce} ${version ?? ""}${error ? " nack" : ""}`.trim(),
    );

pace("the newest of large ones stands for all that come in the pause after one", async () => {
  const stage = await openEndpoints();
  await change(stage, 2);
  assert.equal(sent(stage), ["e2 v2"], "nothing went before it");
  for (const n of [3, 4, 5]) await change(stage, n);
  assert.equal(sent(stage), []);
  assert.is(stage.updates.length, 6, "what came is handed out at once");
  await stage.clock.advance(4);
  assert.equal(sent(stage), ["e5 v5"]);
  await stage.clock.advance(100);
  assert.equal(sent(stage), []);
  await change(stage, 6);
  assert.equal(sent(stage), ["e6 v6"]);
});

pace("the pause is longer while responses keep coming, and over when they stop", async () => {
  const stage = await openEndpoints();
  await change(stage, 2);
  assert.equal(sent(stage), ["e2 v2"]);
  for (let n = 3; n <= 44; n++) {
    await stage.clock.advance(3);
    await change(stage, n);
  }
  assert.equal(sent(stage), [], "126 ms");
  await stage.clock.advance(2);
  assert.equal(sent(stage), ["e44 v44"]);
  await change(stage, 45);
  await stage.clock.advance(3);
  await change(stage, 46);
  await stage.clock.advance(3);
  assert.equal(sent(stage), []);
  await stage.clock.advance(1);
  assert.equal(sent(stage), ["e46 v46"]);
});

pace("a rejection waits for nothing, and says what was accepted before", async () => {
  const stage = await openEndpoints();
  await change(stage, 2);
  await change(stage, 3);
  stage.judge(() => reject("no"));
  await change(stage, 4);
  assert.equal(sent(stage), ["e2 v2", "e4 v3 nack"]);
  await stage.clock.advance(100);
  assert.equal(sent(stage), [], "the rejection said that v3 was accepted");
});

pace("other names are asked for at once", async () => {
  const stage = await openEndpoints();
  await change(stage, 2);
  await change(stage, 3);
  stage.requests();
  await stage.respond({ kind: "cluster", version: "c2", nonce: "c2", resources: [...names, "more"].map((name) => cluster(name)) });
  const [asked] = stage.requests().filter(({ resource_names }) => resource_names?.includes("more"));
  assert.equal([asked?.response_nonce, asked?.version_info], ["e3", "v3"]);
  await stage.clock.advance(100);
  assert.equal(sent(stage), []);
});

pace("nothing of an old stream goes out on a new one", async () => {
  const stage = await openEndpoints();
  await change(stage, 2);
  await change(stage, 3);
  await stage.end();
  stage.requests();
  await stage.clock.advance(100_000);
  await stage.ready();
  assert.ok(stage.requests().every(({ response_nonce }) => response_nonce === undefined));
});

pace("small ones do not wait, and in delta each is sent", async () => {
  const small = await openStage();
  await small.respond({ kind: "cluster", version: "c1", nonce: "c1", resources: [cluster("a")] });
  small.requests();
  for (const n of [1, 2]) await small.respond({ kind: "endpoint", version: `v${n}`, nonce: `e${n}`, resources: [endpoints("a", n)] });
  assert.equal(sent(small), ["e1 v1", "e2 v2"]);
  const delta = await openStage({ mode: "delta" });
  await delta.respond({
    kind: "cluster",
    version: "c1",
    nonce: "c1",
    resources: Object.fromEntries(names.map((name) => [name, cluster(name)])),
  });
  delta.requests();
  for (const n of [1, 2]) {
    await delta.respond({ kind: "endpoint", version: `v${n}`, nonce: `e${n}`, resources: { [first]: endpoints(first, n) } });
  }
  assert.equal(sent(delta), ["e1", "e2"]);
});

pace.run();
