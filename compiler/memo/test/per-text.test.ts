import { suite } from "uvu";
import * as assert from "uvu/assert";
import { perText } from "../index.ts";

const memo = suite("memo: per text");

/** Counts what is made. */
function counting(limits: Parameters<typeof perText>[0]) {
  const made: string[] = [];
  const ask = perText(limits, (text) => {
    made.push(text);
    return text === "" ? undefined : text.toUpperCase();
  });
  return { ask, made };
}

memo("each text is made once, whatever it gives", () => {
  const { ask, made } = counting({ texts: 10, units: 100 });
  assert.equal(["a", "", "a", "", "b"].map(ask), ["A", undefined, "A", undefined, "B"]);
  assert.equal(made, ["a", "", "b"]);
});

memo("what was not asked for longest is forgotten", () => {
  const { ask, made } = counting({ texts: 2, units: 100 });
  for (const text of ["a", "b", "a", "c", "a", "b"]) ask(text);
  assert.equal(made, ["a", "b", "c", "b"]);
});

memo("long texts push out more; one that is too long is not held at all", () => {
  const { ask, made } = counting({ texts: 10, units: 6 });
  for (const text of ["a", "b", "cccc", "ddd", "cccc", "b"]) ask(text);
  assert.equal(made, ["a", "b", "cccc", "ddd", "cccc", "b"]);
  made.length = 0;
  for (const text of ["eeeeeee", "eeeeeee", "b"]) assert.is(ask(text), text.toUpperCase());
  assert.equal(made, ["eeeeeee", "eeeeeee", "b"]);
});

memo("a value that is large counts as much", () => {
  const made: string[] = [];
  const ask = perText(
    { texts: 10, units: 12 },
    (text) => {
      made.push(text);
      return text === "large" ? 5 : 0;
    },
    (units) => units,
  );
  for (const text of ["a", "b", "large", "a", "large", "b"]) ask(text);
  assert.equal(made, ["a", "b", "large"], "12 units");
  for (const text of ["c", "large", "b", "a"]) ask(text);
  assert.equal(made, ["a", "b", "large", "c", "a"], "one more pushes out what was not asked for longest");
});

memo("texts that never come again take no more and more memory", () => {
  const { ask, made } = counting({ texts: 100, units: 1000 });
  for (let i = 0; i < 10_000; i++) ask(`text ${i}`);
  made.length = 0;
  for (let i = 0; i < 10_000; i++) ask(`text ${9999 - i}`);
  assert.is(made.length, 9900);
});

memo.run();
