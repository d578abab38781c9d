/** Assignments that are resolved as soon as they are there mean what they mean in their snapshot. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { listFixtures } from "../../../test/conformance/fixture.ts";
import { decodeSnapshot, type XdsResource } from "../../decode/index.ts";
import { Collector } from "../../diag/index.ts";
import { packageRoot } from "../../package-root.ts";
import { resolveAhead, resolveSnapshot } from "../index.ts";

const assignments = suite("assignments");

assignments("of each fixture", () => {
  const folder = join(packageRoot, "fixtures");
  let ahead = 0;
  for (const fixture of listFixtures(folder)) {
    const files = [{ name: "snapshot.json", bytes: readFileSync(join(folder, fixture, "snapshot.json")) }];
    if (files[0]!.bytes.length > 200_000) continue;
    for (const strict of [false, true]) {
      const run = (onDecoded?: (resource: XdsResource) => void) => {
        const sink = new Collector({ everyNote: true });
        const model = resolveSnapshot(decodeSnapshot(files, sink, onDecoded), sink, { strict });
        return { model, told: sink.list() };
      };
      const found = run((resource) => {
        resolveAhead(resource, strict);
        if (resource.kind === "endpoint") ahead++;
      });
      assert.equal(found, run(), `${fixture}, strict ${strict}`);
    }
  }
  assert.ok(ahead >= 100, String(ahead));
});

assignments.run();
