/**
 * Every fixture through every stage, compared byte for byte with golden/. `make golden` (UPDATE_GOLDEN=1) rewrites what differs.
 *
 * golden/<case>/ holds what the case's own rules give: 0-diagnostics.txt, 1-hir.txt, 2-lir.txt, 3-tables.txt and 4-programs.txt, which names
 * the C. The C of a shape is the same for every case that has it, so it stands once, in golden/shapes/<shape>/.
 * A case that expects a rejection and keeps nothing has only its diagnostics.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stagesOf } from "./stages.ts";

const update = process.env["UPDATE_GOLDEN"] === "1";
if (update && process.env["CI"]) throw new Error("UPDATE_GOLDEN is refused under CI");

const cases = list("fixtures");
const shapes = new Map<string, string>();
const changed = new Set<string>();
const golden = suite("golden");

function list(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir).sort() : [];
}

function writeAtomic(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function compare(dir: string, files: ReadonlyMap<string, string>): void {
  if (!update) {
    assert.equal(list(dir), [...files.keys()].sort(), `files in ${dir}; read the difference, then: make golden`);
    for (const [file, text] of files)
      assert.fixture(text, readFileSync(join(dir, file), "utf8"), `${dir}/${file} differs; read it, then: make golden`);
    return;
  }
  for (const file of list(dir).filter((f) => !files.has(f))) {
    rmSync(join(dir, file), { recursive: true });
    changed.add(dir);
  }
  for (const [file, text] of files) {
    const path = join(dir, file);
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    writeAtomic(path, text);
    changed.add(dir);
  }
}

golden("every fixture has a golden and the reverse", () => {
  const folders = list("golden").filter((d) => d !== "shapes");
  if (!update) return assert.equal(folders, cases);
  for (const orphan of folders.filter((d) => !cases.includes(d))) {
    rmSync(join("golden", orphan), { recursive: true });
    changed.add(join("golden", orphan));
  }
});

for (const name of cases) {
  golden(name, () => {
    const about = JSON.parse(readFileSync(join("fixtures", name, "case.json"), "utf8")) as { about?: string };
    assert.ok(about.about, `fixtures/${name}/case.json says nothing in "about"`);
    const { files, sources } = stagesOf(join("fixtures", name));
    for (const [file, text] of sources) {
      const before = shapes.get(file);
      assert.ok(before === undefined || before === text, `two cases print ${file} differently: its folder must name the shape`);
      shapes.set(file, text);
    }
    compare(join("golden", name), files);
  });
}

golden("the C of every shape", () => {
  const folders = new Map<string, Map<string, string>>();
  for (const [path, text] of shapes) {
    const files = folders.get(dirname(path)) ?? new Map<string, string>();
    folders.set(dirname(path), files.set(path.slice(dirname(path).length + 1), text));
  }
  if (!update) assert.equal(list("golden/shapes"), [...folders.keys()].sort());
  else for (const stale of list("golden/shapes").filter((d) => !folders.has(d))) rmSync(join("golden/shapes", stale), { recursive: true });
  for (const [folder, files] of folders) compare(join("golden/shapes", folder), files);
});

golden.after(() => {
  if (update) console.log(changed.size > 0 ? `changed:\n${[...changed].sort().join("\n")}` : "no case changed");
});

golden.run();
