import { setImmediate as turn } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSentGarbage } from "../sent-garbage.ts";

test("garbage is collected behind every 2 MiB of requests, in a later turn", async () => {
  let collected = 0;
  const sent = createSentGarbage(() => void collected++);
  const after: number[] = [];
  for (const bytes of [2 ** 20, 2 ** 20 - 1, 1, 2 ** 20, 2 ** 21]) {
    sent(bytes);
    after.push(collected);
    await turn();
    after.push(collected);
  }
  assert.equal(after, [0, 0, 0, 0, 0, 1, 1, 1, 1, 2]);
});

test("once for what goes out in one turn", async () => {
  let collected = 0;
  const sent = createSentGarbage(() => void collected++);
  for (let n = 0; n < 5; n++) sent(2 ** 21);
  await turn();
  assert.is(collected, 1);
});

test("a hundred large requests a second leave no more than a few of them", async () => {
  const sent = createSentGarbage();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let n = 0; n < 200; n++) {
    sent(Buffer.allocUnsafeSlow(256 * 2 ** 10).length);
    await turn();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  assert.ok(most < 12 * 2 ** 20, `${most} of ${200 * 256 * 2 ** 10} bytes`);
});

test.run();
