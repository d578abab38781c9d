/** What `trace -n` draws from is all of an answer. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Answer } from "../../hir/index.ts";
import { countDraws } from "../commands/draws.ts";

const draws = suite("draws");

/** Outcome -> share. */
const shares = (answer: Answer): ReadonlyMap<string, number> =>
  new Map(countDraws(answer, 10_000).map(({ outcome, count }) => [outcome, count / 10_000]));

draws("a share without endpoints that ends as the answer does is drawn, too", () => {
  const drawn = shares({
    verdict: "respond",
    why: "dropped",
    status: 503,
    clusters: [
      { name: "a", probability: 0.75 },
      { name: "", probability: 0.25, verdict: "respond", why: "dropped", status: 404 },
    ],
  });
  assert.is(drawn.size, 2);
  assert.ok(Math.abs(drawn.get("respond 503 dropped (a)")! - 0.75) < 0.05);
  assert.ok(Math.abs(drawn.get("respond 404 dropped (no cluster)")! - 0.25) < 0.05);
});

draws("endpoints stand for their cluster", () => {
  const drawn = shares({
    verdict: "forward",
    clusters: [
      { name: "a", probability: 0.5 },
      { name: "b", probability: 0.5, verdict: "close", why: "no_endpoint" },
    ],
    endpoints: [{ address: "10.0.0.1:80", cluster: "a", probability: 0.5 }],
  });
  assert.equal([...drawn.keys()].sort(), ["10.0.0.1:80 (a)", "close no_endpoint (b)"]);
});

draws("one end is all of them", () => {
  assert.equal(countDraws({ verdict: "close", why: "no_filter_chain" }, 5), [{ outcome: "close no_filter_chain", count: 5 }]);
  assert.equal(countDraws({ verdict: "pass", why: "passthrough", clusters: [{ name: "p", probability: 1 }] }, 5), [
    { outcome: "pass passthrough", count: 5 },
  ]);
});

draws.run();
