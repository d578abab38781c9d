/** The table of refusals that a real Envoy is asked by `make conformance`, asked of us. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openOurs } from "../random/ours.ts";
import { askRefusals } from "../refusals/ask.ts";

const refusals = suite("conformance: refusals");

refusals("all rows", async () => {
  const { asked, wrong } = await askRefusals(async (resources) => (await openOurs({ resources: [...resources] }, "hir")).errors.length > 0);
  assert.equal(wrong, []);
  assert.ok(asked > 200);
});

refusals.run();
