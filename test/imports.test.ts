/** Who may import whom (ARCHITECTURE.md, "The rooms"): a wall that is only written down falls. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rooms } from "./rooms.ts";

const imports = suite("imports");

const sources = ["compiler", "runtime"]
  .flatMap((d) => readdirSync(d, { recursive: true, encoding: "utf8" }).map((f) => join(d, f)))
  .filter((f) => f.endsWith(".ts") && !/(^|\/)test\//.test(f) && !f.endsWith(".test.ts"))
  .sort();

function roomOf(file: string): string {
  const parts = dirname(file).split("/");
  return parts.length === 1 ? parts[0]! : `${parts[0]}/${parts[1]}`;
}

for (const file of sources) {
  const room = roomOf(file);
  const text = readFileSync(file, "utf8");
  const targets = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map((m) => normalize(join(dirname(file), m[1]!)));
  for (const target of targets) {
    const to = roomOf(target);
    if (to === room) continue;
    imports(`${file} -> ${target}`, () => {
      const rule = rooms[room];
      assert.ok(rule, `${room} is not a declared room: add it to test/rooms.ts and to ARCHITECTURE.md`);
      const allowed = rule.mayImport.some((a) => a === to || a === target);
      assert.ok(allowed, `${room} may not import ${target}. ${rule.remedy}`);
    });
  }
}

imports("only the kernel room names koffi", () => {
  const offenders = sources.filter((f) => roomOf(f) !== "runtime/kernel" && /from "koffi"/.test(readFileSync(f, "utf8")));
  assert.equal(offenders, [], "call the kernel through runtime/kernel");
});

imports("only the cli rooms print or read the process", () => {
  const offenders = sources.filter(
    (f) =>
      f.startsWith("compiler/") &&
      !/^compiler\/(cli|toolchain|package-root|bundle)/.test(f) &&
      /\bprocess\.(stdout|stderr|argv|exit)|console\.(log|error)/.test(readFileSync(f, "utf8")),
  );
  assert.equal(offenders, [], "return data or diagnostics; compiler/cli prints");
});

imports.run();
