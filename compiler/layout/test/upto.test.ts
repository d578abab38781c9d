import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cumulative } from "../upto.ts";

const test = suite("upto");
const draws = (upto: Uint32Array) => [...upto].map((end, i) => end - (i === 0 ? -1 : upto[i - 1]!));

test("shares of 2^32 draws, to the draw", () => {
  for (const weights of [[1], [1, 1], [1, 1, 1], [50, 30, 20], [1, 99], [7, 11, 13, 17], [100, 250, 50]]) {
    const total = weights.reduce((a, b) => a + b, 0);
    const upto = cumulative(weights);
    assert.is(upto.at(-1), 0xffffffff);
    for (const [i, n] of draws(upto).entries())
      assert.ok(Math.abs(n - (weights[i]! / total) * 2 ** 32) <= 1, `${weights}: entry ${i} has ${n}`);
  }
});

test("the smallest weight has a draw, wherever it stands", () => {
  const huge = 2 ** 52;
  for (const weights of [
    [1, huge],
    [huge, 1],
    [1, huge, 1, 1],
    [huge, 1, 1, 1],
  ])
    for (const n of draws(cumulative(weights))) assert.ok(n >= 1, `${weights}`);
  const many = cumulative(Array.from({ length: 65_535 }, () => 1));
  assert.ok(draws(many).every((n) => n === 65_537 || n === 65_538));
});

test("a run without entries is empty", () => assert.is(cumulative([]).length, 0));

test.run();
