/** Which errors and punts `diff` tells of one side alone. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "../../diag/index.ts";
import { saidOnlyBy } from "../said-only-by.ts";

const said = suite("said by one side only");

const punt = (path: string, message = "left to a proxy"): Diagnostic => ({ code: "KM2219", severity: "punt", path, message });
const pathsOf = (these: readonly Diagnostic[], others: readonly Diagnostic[]): readonly string[] =>
  saidOnlyBy(these, others).map(({ path }) => path);

said("what is new, and no note", () => {
  assert.equal(pathsOf([punt("a"), punt("b"), { ...punt("c"), severity: "note" }], [punt("a")]), ["b"]);
  assert.equal(pathsOf([punt("a", "x")], [punt("a", "y")]), ["a"]);
});

said("what moved within a list is said by both", () => {
  const at = (...places: readonly number[]) => places.map((n) => punt(`routes["r"].routes[${n}]`));
  assert.equal(pathsOf(at(1), at(0)), []);
  assert.equal(pathsOf(at(0, 1), at(0)), ['routes["r"].routes[1]']);
  assert.equal(pathsOf(at(1, 2, 3), at(0, 1)), ['routes["r"].routes[3]']);
  assert.equal(pathsOf([punt('routes["r"].routes[0]')], [punt('routes["q"].routes[0]')]), ['routes["r"].routes[0]']);
});

said("each of several as often as it is there", () => {
  assert.is(pathsOf([punt("routes[3]"), punt("routes[4]")], [punt("routes[0]")]).length, 1);
});

said.run();
