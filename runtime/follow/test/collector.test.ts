import { test } from "uvu";
import * as assert from "uvu/assert";
import { createCollector } from "../collector.ts";

test("what makes more garbage comes before, behind large builds alone", () => {
  let count = 0;
  const collect = createCollector(async () => void count++);
  const after = [100, 100, 999, 1000].map((changes) => {
    collect(changes);
    return count;
  });
  assert.equal(after, [1, 1, 1, 2]);
});

test.run();
