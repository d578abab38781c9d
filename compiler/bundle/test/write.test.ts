import { spawn } from "node:child_process";
import { once } from "node:events";
import fs, { lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { InternalError } from "../../diag/index.ts";
import { packageRoot } from "../../package-root.ts";
import { packBundle, readBundle, writeBundle } from "../index.ts";
import { bundleFolders } from "./folders.ts";
import { parts } from "./parts.ts";

const test = suite("bundle folder");
const { root, folder, written, remove } = bundleFolders();
test.after(remove);

test("a bundle replaces a bundle, and nothing else", () => {
  const dir = written();
  writeBundle(dir, packBundle(parts({ diagnostics: [] })));
  assert.equal(readBundle(dir).bundle?.diagnostics, []);
  assert.equal(
    readdirSync(root).filter((f) => f.startsWith(".")),
    [],
    "no temporary folder is left",
  );
  const other = folder();
  mkdirSync(other);
  writeFileSync(join(other, "precious"), "x");
  assert.throws(
    () => writeBundle(other, packBundle(parts())),
    (e: unknown) => e instanceof InternalError,
  );
  assert.ok(statSync(join(other, "precious")));
});

test("a link stays, and the bundle that it leads to is replaced", () => {
  const dir = written();
  const link = folder();
  symlinkSync(dir, link);
  writeBundle(link, packBundle(parts({ diagnostics: [] })));
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readBundle(dir).bundle?.diagnostics, []);
});

test("processes that write one bundle at the same time", async () => {
  const place = join(root, "shared");
  const dir = join(place, "bundle");
  const write = `
    import { writeBundle } from "./compiler/bundle/index.ts";
    const files = new Map([["manifest.json", "{}"], ["tables/svc4.bin", "x"]]);
    for (let turn = 0; turn < 300; turn++) writeBundle(process.argv[1], { files });`;
  const ends = await Promise.all(
    Array.from({ length: 3 }, () => {
      const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", write, dir], { cwd: packageRoot });
      return Promise.all([text(child.stderr), once(child, "close")]);
    }),
  );
  for (const [stderr, [code]] of ends) assert.equal([code, stderr], [0, ""]);
  assert.equal(readdirSync(place), ["bundle"], "nothing is left beside it");
  assert.equal(readdirSync(dir).sort(), ["manifest.json", "tables"]);
});

test("of a bundle that is replaced the manifest goes last: whoever lists it finds a bundle or nothing", () => {
  const dir = written();
  const seen: string[][] = [];
  const removed = fs.rmSync;
  fs.rmSync = (path, options) => {
    removed(path, options);
    for (const name of readdirSync(dirname(dir)).filter((n) => n.endsWith(".old"))) seen.push(readdirSync(join(dirname(dir), name)));
  };
  syncBuiltinESMExports();
  try {
    writeBundle(dir, packBundle(parts({ diagnostics: [] })));
  } finally {
    fs.rmSync = removed;
    syncBuiltinESMExports();
  }
  assert.ok(seen.length > 1);
  for (const names of seen) assert.ok(names.length === 0 || names.includes("manifest.json"), `${names}`);
});

test.run();
