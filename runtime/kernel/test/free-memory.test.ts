import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { collectOnce } from "../../heap/index.ts";
import { returnFreeMemory } from "../index.ts";

const MiB = 2 ** 20;

/** Some hundred buffers from which the last ones stay: what is freed lies below them. */
function fragments(): readonly Uint8Array[] {
  return Array.from({ length: 3000 }, () => new Uint8Array(40_000).fill(1)).slice(-50);
}

test("what was freed below what is in use goes back to the system", async () => {
  const kept = fragments();
  collectOnce();
  await sleep(200);
  const before = process.memoryUsage.rss();
  returnFreeMemory();
  for (let turns = 0; turns < 100 && process.memoryUsage.rss() > before - 60 * MiB; turns++) await sleep(20);
  const after = process.memoryUsage.rss();
  assert.ok(after < before - 60 * MiB, `${before} bytes before, ${after} after`);
  assert.ok(kept.every((bytes) => bytes.every((byte) => byte === 1)));
});

test.run();
