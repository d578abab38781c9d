/** What is accepted lies in a file: it is known, compared and counted as in memory, and asked for again where it is lost. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { XdsMode } from "../types.ts";
import { type Disk, openDisk } from "./disk.ts";
import { accepted, openStage, reject, type Stage } from "./fake-plane.ts";
import { cluster, endpoints } from "./messages.ts";

const spilled = suite("xds: spilled");

async function withStage(mode: XdsMode, action: (stage: Stage, disk: Disk) => Promise<void>): Promise<void> {
  let stage: Stage | undefined;
  const disk = openDisk(() => stage!.client.startOver("lost"));
  try {
    stage = await openStage({ mode, spill: disk });
    await action(stage, disk);
  } finally {
    stage?.client.close();
    disk.close();
  }
}

const isWritten = (stage: Stage, at: number, name: string): boolean => stage.updates[at]!.changed.get(name)!.file() !== undefined;

spilled("what is sent again is known, what differs is told, and a rejection goes back to what lies there", () =>
  withStage("sotw", async (stage, disk) => {
    const [a, b] = [cluster("a"), cluster("b")];
    await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [a, b] });
    const before = stage.client.status().kinds.cluster;
    await disk.settle();
    assert.ok(isWritten(stage, 0, "a") && isWritten(stage, 0, "b"));
    stage.log();
    await stage.respond({ kind: "cluster", version: "2", nonce: "c2", resources: [a, b] });
    await stage.respond({ kind: "cluster", version: "3", nonce: "c3", resources: [b, a] });
    assert.equal(stage.log(), ["ack cluster c2 2", "ack cluster c3 3"]);
    assert.is(stage.client.status().kinds.cluster.heldBytes, before.heldBytes);
    stage.judge(() => reject("no", ["b"]));
    await stage.respond({ kind: "cluster", version: "4", nonce: "c4", resources: [a, cluster("b", { seconds: 9 })] });
    assert.match(stage.log().join(), /^update cluster \+b,nack cluster c4 3/);
    assert.equal(
      [...stage.client.held("cluster")],
      [
        ["a", a],
        ["b", b],
      ],
    );
    stage.judge(() => accepted);
    await stage.respond({ kind: "cluster", version: "5", nonce: "c5", resources: [a, b, a] });
    assert.equal(stage.log(), ["ack cluster c5 5"], "once more in one response");
  }),
);

spilled("only what was accepted goes there", () =>
  withStage("sotw", async (stage, disk) => {
    stage.hold();
    await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [cluster("a")] });
    await disk.settle();
    assert.not(isWritten(stage, 0, "a"));
    await stage.decide(0);
    await disk.settle();
    assert.ok(isWritten(stage, 0, "a"));
  }),
);

spilled("where it is lost everything is asked for again, and handed out again", () =>
  withStage("sotw", async (stage, disk) => {
    await stage.respond({ kind: "cluster", version: "1", nonce: "c1", resources: [cluster("a"), cluster("b")] });
    await stage.respond({ kind: "endpoint", version: "1", nonce: "e1", resources: [endpoints("a"), endpoints("b")] });
    await disk.settle();
    await disk.cut();
    stage.log();
    await stage.respond({ kind: "endpoint", version: "2", nonce: "e2", resources: [endpoints("a")] });
    assert.equal(stage.log(), ["update endpoint +a", "ack endpoint e2 2 a,b"]);
    assert.not(stage.client.settled());
    await stage.clock.advance(1000);
    assert.match(stage.log().join(), /^close,waiting/);
    await stage.clock.advance(60_000);
    await stage.ready();
    stage.log();
    await stage.respond({ kind: "cluster", version: "3", nonce: "c3", resources: [cluster("a"), cluster("b")] });
    assert.is(stage.log()[0], "update cluster +a,b");
    await stage.respond({ kind: "endpoint", version: "3", nonce: "e3", resources: [endpoints("a"), endpoints("b")] });
    assert.ok(stage.log().includes("update endpoint +b"), "a has come since");
    assert.equal(stage.client.held("cluster").get("b"), cluster("b"));
  }),
);

spilled("in delta, what is lost is not said to be held in a version", () =>
  withStage("delta", async (stage, disk) => {
    await stage.respond({ kind: "cluster", version: "7", nonce: "c1", resources: { a: cluster("a") } });
    await disk.settle();
    await stage.end();
    await stage.clock.advance(60_000);
    stage.log();
    await stage.ready();
    assert.match(stage.log().join(), /ask cluster a@7/);
    await disk.cut();
    assert.throws(() => stage.client.held("cluster").get("a"));
    await stage.clock.advance(61_000);
    stage.log();
    await stage.ready();
    assert.match(stage.log().join(), /ask cluster a@$/);
  }),
);

spilled.run();
