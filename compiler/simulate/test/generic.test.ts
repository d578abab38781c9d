/** The generic shape takes every table: on each fixture it answers as the rules do, as the exact shape does. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { listFixtures, readFixture } from "../../../test/conformance/fixture.ts";
import { decodeSnapshot } from "../../decode/index.ts";
import { Collector } from "../../diag/index.ts";
import { resolveSnapshot } from "../../resolve/index.ts";
import { createEngine, validate } from "../index.ts";
import { partsOf } from "./load.ts";

const generic = suite("generic shape");
const questions = 40;
let count = 0;

generic("answers as the rules do, on every fixture", async () => {
  for (const name of listFixtures("fixtures")) {
    if (readFixture("fixtures", name).case.expect !== "ok") continue;
    const bytes = readFileSync(`fixtures/${name}/snapshot.json`);
    const model = resolveSnapshot(decodeSnapshot([{ name, bytes }], new Collector()), new Collector());
    const parts = await partsOf(model, { generic: true });
    count += validate(model, createEngine(parts), parts, { questions }).questions;
  }
  assert.ok(count > 2000, String(count));
});

generic.run();
