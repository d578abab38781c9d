/** The same is said once in ten minutes. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createNews } from "../news.ts";

const news = suite("log: news");

news("of each thing by itself; again after ten minutes, after something else, or once it was forgotten", () => {
  let now = 0;
  const { isNews, forget } = createNews(() => now);
  assert.equal([isNews("a", "full"), isNews("a", "full"), isNews("b", "full")], [true, false, true]);
  assert.equal([isNews("a", "gone"), isNews("a", "full"), isNews("a", "full")], [true, true, false]);
  now = 599_999;
  assert.not(isNews("a", "full"));
  now = 600_000;
  assert.ok(isNews("a", "full"));
  assert.not(isNews("a", "full"));
  forget("a");
  assert.ok(isNews("a", "full"));
});

news("a thousand things are remembered, those that were said last", () => {
  const { isNews } = createNews(() => 0);
  for (let i = 0; i < 1025; i++) isNews(`${i}`, "bad");
  assert.equal([isNews("1024", "bad"), isNews("1", "bad"), isNews("0", "bad")], [false, false, true]);
});

news.run();
