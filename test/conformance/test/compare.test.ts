import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareOutcomes, compareShares, drawsFor } from "../compare.ts";
import type { Row } from "../fixture.ts";
import type { Outcome } from "../outcome.ts";

const test = suite("conformance compare");
const half = new Map([
  ["a", 0.5],
  ["b", 0.5],
]);
const times = (name: string, count: number): string[] => Array.from({ length: count }, () => name);
const forward = (cluster: string): Outcome => ({ verdict: "forward", cluster, endpoint: "10.0.0.1:80", said: "" });
const row = (want: Row["want"], more: Partial<Row> = {}): Row => ({ to: "10.0.0.1:80", want, ...more });

test("shares within chance pass, shares outside fail", () => {
  assert.is(compareShares("cluster", half, [...times("a", 210), ...times("b", 190)], 400, 0), undefined);
  assert.match(compareShares("cluster", half, [...times("a", 300), ...times("b", 100)], 400, 0) ?? "", /a: want 200\.0 got 300/);
});

test("a name outside the support fails at its first draw", () => {
  assert.match(compareShares("endpoint", half, [...times("a", 200), ...times("b", 199), "c"], 400, 0) ?? "", /endpoint c is not wanted/);
});

test("a share that never comes fails", () => {
  assert.match(compareShares("cluster", half, times("a", 400), 400, 0) ?? "", /b: want 200\.0 got 0/);
});

test("tolerance widens the allowed share and no further", () => {
  const drawn = [...times("a", 2600), ...times("b", 1400)];
  assert.is.not(compareShares("cluster", half, drawn, 4000, 0), undefined);
  assert.is(compareShares("cluster", half, drawn, 4000, 0.15), undefined);
  assert.is.not(compareShares("cluster", half, [...times("a", 3200), ...times("b", 800)], 4000, 0.15), undefined);
});

test("certain rows are asked twice, shares by drawing", () => {
  assert.is(drawsFor(row({ verdict: "forward", clusters: [{ name: "a", probability: 1 }] })), 2);
  assert.is(drawsFor(row({ verdict: "forward", clusters: [{ name: "a", probability: 0.9 }] })), 400);
  assert.is(drawsFor(row({ verdict: "forward" }, { draws: 7 })), 7);
});

test("each stated field must agree", () => {
  const want = row({ verdict: "respond", why: "no_route", status: 404 });
  assert.is(compareOutcomes(want, [{ verdict: "respond", why: "no_route", status: 404, said: "" }]), undefined);
  assert.match(compareOutcomes(want, [{ verdict: "respond", why: "no_route", status: 503, said: "" }]) ?? "", /status: want 404/);
  assert.match(compareOutcomes(want, [{ verdict: "respond", why: "no_cluster", status: 404, said: "" }]) ?? "", /why: want no_route/);
  assert.match(compareOutcomes(want, [forward("a")]) ?? "", /verdict: want respond/);
});

test("a share that ends otherwise is matched by its own verdict", () => {
  const gone = { name: "gone", probability: 0.5, verdict: "respond", why: "no_cluster", status: 503 };
  const want = row({ verdict: "forward", clusters: [{ name: "a", probability: 0.5 }, gone] });
  const failed: Outcome = { verdict: "respond", why: "no_cluster", status: 503, said: "NC" };
  const drawn = Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? forward("a") : failed));
  assert.is(compareOutcomes(want, drawn), undefined);
  const wrongStatus = drawn.map((outcome) => (outcome === failed ? { ...failed, status: 404 } : outcome));
  assert.match(compareOutcomes(want, wrongStatus) ?? "", /status: want 503/);
});

test("a redirect is a response with a location", () => {
  const want = row({ verdict: "redirect", status: 301, location: "http://b/" });
  const seen: Outcome = { verdict: "respond", why: "direct_response", status: 301, location: "http://b/", said: "" };
  assert.is(compareOutcomes(want, [seen]), undefined);
  assert.match(compareOutcomes(want, [{ ...seen, location: "http://c/" }]) ?? "", /location: want/);
});

test("upstream headers are compared name by name, in order", () => {
  const upstream = {
    address: "",
    method: "GET",
    path: "/",
    authority: "a",
    headers: [
      ["x", "1"],
      ["x", "2"],
    ] as const,
  };
  const seen: Outcome = { ...forward("a"), upstream };
  assert.is(
    compareOutcomes(
      row({
        verdict: "forward",
        upstream: {
          headers: [
            ["x", "1"],
            ["x", "2"],
          ],
        },
      }),
      [seen],
    ),
    undefined,
  );
  assert.match(compareOutcomes(row({ verdict: "forward", upstream: { headers: [["x", "1"]] } }), [seen]) ?? "", /upstream header x/);
  assert.match(compareOutcomes(row({ verdict: "forward" }, { upstream_without: ["x"] }), [seen]) ?? "", /must not see x/);
});

test.run();
