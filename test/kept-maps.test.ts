/** Maps that a newer version takes over from an older one are told apart by name, type and sizes alone: a layout may not change under a name. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { recordTypes } from "../compiler/layout/index.ts";
import { reasons } from "../compiler/lir/verdict.ts";

const kept = suite("kept maps");

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** A struct of a header, without comments and white space. */
function struct(file: string, name: string): string {
  const text = readFileSync(file, "utf8").replaceAll(/\/\*.*?\*\//gs, "");
  return new RegExp(`struct ${name} \\{[^}]*\\}`).exec(text)![0].replaceAll(/\s+/g, " ");
}

const original = "bpf/lib/km_original.h";

for (const [map, layout, known] of [
  ["km_original_p", struct(original, "km_place") + struct(original, "km_original"), "641afed12bbe2781"],
  ["km_original_h", struct(original, "km_original"), "4b994a7bc50ad303"],
  // Reasons that come later take counters that no one has used.
  [
    "km_cpu",
    JSON.stringify([recordTypes.Cpu.fields.map(({ name, offset }) => [name, offset]), Object.entries(reasons).slice(0, 21)]),
    "a269de2fdc3cb256",
  ],
  // Its first cache line: programs of other versions are told by it.
  [
    "km_root",
    JSON.stringify([recordTypes.Root.fields.map(({ name, offset }) => [name, offset]), recordTypes.Control.fields]),
    "808dcc7875a13cc7",
  ],
] as const) {
  kept(`${map} has the layout that its name stands for`, () => {
    assert.is(
      hash(layout),
      known,
      `a running daemon's ${map} has another layout: give the map another name, then put ${hash(layout)} here`,
    );
  });
}

kept.run();
