import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { collectGarbage, collectYoung } from "../collect.ts";

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")!.physical_space_size;
}

test("what a thread needed on the way is given back, also the room of the young generation", async () => {
  let objects: object[] | undefined = Array.from({ length: 1_000_000 }, (_, number) => ({ number }));
  const [young, whole] = [youngBytes(), getHeapStatistics().total_physical_size];
  assert.ok(young > 4 * 2 ** 20, `it grew to ${young} bytes`);
  assert.is(objects.length, 1_000_000);
  objects = undefined;
  collectGarbage();
  for (let turns = 0; turns < 10_000 && youngBytes() === young; turns++) await turn();
  assert.ok(youngBytes() < young / 4, `${youngBytes()} bytes of ${young} are left`);
  assert.ok(getHeapStatistics().total_physical_size < whole - 16 * 2 ** 20);
  // Its session is over: a second one can begin, and the process ends.
  await turn();
  collectGarbage();
});

test("young garbage goes, what lies outside of the heap too", async () => {
  const before = process.memoryUsage().arrayBuffers;
  const held = (): number => process.memoryUsage().arrayBuffers - before;
  for (let n = 0; n < 64; n++) Buffer.allocUnsafeSlow(64 * 2 ** 10);
  assert.ok(held() > 2 * 2 ** 20, `${held()} bytes`);
  collectYoung();
  for (let turns = 0; turns < 10_000 && held() > 2 ** 20; turns++) await turn();
  assert.ok(held() < 2 ** 20, `${held()} bytes`);
});

test("threads collect at the same time", async () => {
  const file = JSON.stringify(new URL("./collecting-thread.ts", import.meta.url).href);
  const code = `import("tsx/esm/api").then(({ register }) => (register(), import(${file})))`;
  const ended = Array.from({ length: 4 }, () => once(new Worker(code, { eval: true }), "exit"));
  assert.equal((await Promise.all(ended)).flat(), [0, 0, 0, 0]);
});

test.run();
