/** Every diagnostic about a resource has a fixture that shows it, or a reason here why none can. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { codes } from "../compiler/diag/codes/index.ts";
import { packageRoot } from "../compiler/package-root.ts";

const golden = join(packageRoot, "golden");

/** About the input's form, which a fixture's snapshot.json can't have: see the tests of decode, cli and hostile.test.ts. */
const ofInput = ["KM1001", "KM1002", "KM1003", "KM1004", "KM1010", "KM1012", "KM1020", "KM1023", "KM1024", "KM1025"];
/** Twice by one name is said by decode (KM1021); more than a million combinations are no fixture's size. */
const ofSnapshots = ["KM2001", "KM2115"];
/** Reasons of answers, no diagnostics of a compilation: see the tests of hir and simulate. */
const ofAnswers = ["KM2900", "KM2901", "KM2902", "KM3501"];

const shown = suite("shown codes");

shown("by the golden diagnostics of a fixture", () => {
  const found = new Set<string>();
  for (const name of readdirSync(golden)) {
    if (name === "shapes") continue;
    const text = readFileSync(join(golden, name, "0-diagnostics.txt"), "utf8");
    for (const [, code] of text.matchAll(/^(?:error|punt|note) (KM\d{4})/gm)) found.add(code!);
  }
  const excused = new Set([...ofInput, ...ofSnapshots, ...ofAnswers]);
  const aboutResources = Object.keys(codes).filter((code) => code < "KM4000");
  assert.equal(
    aboutResources.filter((code) => !found.has(code) && !excused.has(code)),
    [],
    "declared, shown by no fixture",
  );
  assert.equal(
    [...excused].filter((code) => found.has(code)),
    [],
    "excused, and shown",
  );
});

shown.run();
