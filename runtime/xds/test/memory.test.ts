/** A hostile control plane, by the bytes that it makes the client keep: many times more is sent than may stay. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openStage, type Stage, type StageOptions } from "./fake-plane.ts";
import { cluster, encodeProtocol } from "./messages.ts";

const memory = suite("xds: memory");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const MIB = 2 ** 20;

function used(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What the engine itself gives back late, whatever is sent; a leak would be all of it. */
const SLACK = 64;

/** What is kept after `send` was called `times` times, in MiB. */
async function kept(options: StageOptions, times: number, send: (stage: Stage, i: number) => Promise<void>): Promise<number> {
  const stage = await openStage(options);
  const before = used();
  for (let i = 0; i < times; i++) {
    await send(stage, i);
    // What a test keeps of them is not the client's.
    stage.requests();
    stage.log();
    stage.updates.length = 0;
    stage.diagnostics.length = 0;
    await stage.clock.advance(1000);
  }
  const growth = (used() - before) / MIB;
  assert.ok(stage.client.status().connection.kind !== "closed");
  return growth;
}

/** A cluster that differs from all others and takes so many bytes. */
function large(name: string, bytes: number): Buffer {
  return Buffer.concat([cluster(name, { type: 0 }), encodeProtocol("DiscoveryResponse", {}), unknownField(bytes)]);
}

/** Field 15000, length-delimited: decoders skip it. */
function unknownField(length: number): Buffer {
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]);
  return Buffer.concat([Buffer.from([...varint(15_000 * 8 + 2), ...varint(length)]), Buffer.alloc(length, 1)]);
}

memory("bytes: 160 MiB of new clusters where 8 may be held", async () => {
  const growth = await kept({ mode: "delta", limits: { heldBytes: 8 * MIB } }, 160, (stage, i) =>
    stage.respond({ kind: "cluster", version: "1", nonce: `n${i}`, resources: { [`c${i}`]: large(`c${i}`, MIB) } }),
  );
  assert.ok(growth < 8 + SLACK, `${growth} MiB`);
});

memory("responses: of 160, each of a MiB, one small cluster stays", async () => {
  const growth = await kept({ mode: "delta" }, 160, (stage, i) => {
    const resources = { [`c${i}`]: cluster(`c${i}`, { type: 0 }), big: large("big", MIB + i) };
    return stage.respond({ kind: "cluster", version: "1", nonce: `n${i}`, resources });
  });
  assert.ok(growth < SLACK, `${growth} MiB`);
});

memory("count: 100,000 new names where 1000 may be held", async () => {
  const growth = await kept({ mode: "delta", limits: { resources: 1000 } }, 100, (stage, i) => {
    const names = Array.from({ length: 1000 }, (_, j) => `${i}-${j}-${"n".repeat(200)}`);
    const resources = Object.fromEntries(names.map((name) => [name, cluster(name, { type: 0 })]));
    return stage.respond({ kind: "cluster", version: "1", nonce: `n${i}`, resources });
  });
  assert.ok(growth < 16, `${growth} MiB`);
});

memory("names: 100 MiB of names that are too long", async () => {
  const growth = await kept({}, 100, (stage, i) =>
    stage.respond({ kind: "cluster", version: `v${i}`, nonce: `n${i}`, resources: [cluster(`${i}${"n".repeat(MIB)}`)] }),
  );
  assert.ok(growth < SLACK, `${growth} MiB`);
});

memory("nonces and versions that are too long close the stream", async () => {
  for (const long of ["nonce", "version"] as const) {
    const stage = await openStage();
    await stage.respond({ kind: "cluster", version: "v", nonce: "n", resources: [], [long]: "x".repeat(5000) });
    assert.equal(
      stage.diagnostics.map(({ code }) => code),
      ["KM7005"],
    );
  }
});

memory("rate: responses while the consumer is busy are remembered up to the limit, then the stream is closed", async () => {
  const stage = await openStage({ mode: "delta", limits: { unansweredBytes: MIB } });
  stage.hold();
  const codes = (): readonly string[] => stage.diagnostics.map(({ code }) => code);
  let sent = 0;
  while (!codes().includes("KM7022") && sent < 1000) {
    const name = `c${sent}-${"n".repeat(4000)}`;
    await stage.respond({ kind: "cluster", version: "1", nonce: `n${sent}`, resources: { [name]: cluster(name, { type: 0 }) } });
    sent++;
  }
  assert.ok(sent > 200 && sent < 300, String(sent));
  assert.is(stage.client.status().connection.kind, "waiting");
});

memory.run();
