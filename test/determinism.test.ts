/** One sorted, deterministic output: the same snapshot in any order gives the same bytes; no time, host or path is in them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeBundle } from "../compiler/bundle/index.ts";
import { type InputFile, openInput } from "../compiler/cli/input.ts";
import { resolveFiles } from "../compiler/cli/session.ts";
import { inflateZstd, isZstd } from "../compiler/decode/input/zstd.ts";
import { Collector } from "../compiler/diag/index.ts";
import { buildBundle } from "../compiler/index.ts";
import { packageRoot } from "../compiler/package-root.ts";
import { forgetMemory } from "../compiler/toolchain/cache.ts";
import { findClang } from "../compiler/toolchain/index.ts";
import { type Compiled, differences, dumpOf, rawOf, withTables } from "./captured.ts";
import { setEnvironment } from "./environment.ts";
import { type Random, random, shuffled, shuffleJson, shuffleResponse } from "./shuffle.ts";

const determinism = suite("determinism");
const temporary = mkdtempSync(join(tmpdir(), "kmesh-determinism-"));
determinism.after(() => rmSync(temporary, { recursive: true, force: true }));

/** Where order has a meaning, or is what the diagnostic tells. */
const orderMatters = new Set([
  // The first of a name counts.
  "reject-cluster-duplicate-name",
  "reject-listener-duplicate-name",
  // Both fields are wrong together; told is the second one that stands there.
  "reject-cluster-two-types",
  // A resource that is not read has no name here: it is known by its place.
  "unknown-any-resource",
]);

const fixtures = readdirSync(join(packageRoot, "fixtures"))
  .filter((name) => !orderMatters.has(name))
  .sort();

function filesOf(path: string): readonly InputFile[] {
  const input = openInput(path);
  if (input.kind !== "snapshot") throw new Error(`${path} is a bundle`);
  return input.files;
}

function inflated(files: readonly InputFile[]): readonly InputFile[] {
  return files.map(({ name, bytes }) => {
    const plain = isZstd(bytes) ? inflateZstd(bytes) : undefined;
    return { name, bytes: plain?.kind === "bytes" ? plain.bytes : bytes };
  });
}

function compile(files: readonly InputFile[]): Compiled {
  const { model, diagnostics } = resolveFiles(files, {});
  return withTables(model, diagnostics);
}

/** The same resources in another order, in all files. */
function reorder(files: readonly InputFile[], next: Random): readonly InputFile[] {
  return shuffled(files, next).map(({ name, bytes }) => {
    const isJson = bytes[0] === 0x7b;
    return { name, bytes: isJson ? Buffer.from(shuffleJson(Buffer.from(bytes).toString(), next)) : shuffleResponse(bytes, next) };
  });
}

function sameAs(whole: Compiled, other: Compiled): void {
  assert.equal(differences(whole, other), []);
  assert.equal(other.diagnostics, whole.diagnostics);
}

determinism(`${fixtures.length} fixtures, resources and fields in another order`, () => {
  const differing: string[] = [];
  for (const [seed, name] of fixtures.entries()) {
    const files = filesOf(join(packageRoot, "fixtures", name, "snapshot.json"));
    const [one, other] = [compile(files), compile(reorder(files, random(seed)))];
    const parts = differences(one, other);
    const told = JSON.stringify(one.diagnostics) === JSON.stringify(other.diagnostics);
    if (parts.length > 0 || !told) differing.push(`${name}: ${[...parts, ...(told ? [] : ["diagnostics"])].join(", ")}`);
  }
  assert.equal(differing, []);
});

determinism("a capture, as responses and as a dump, in five orders each", () => {
  for (const path of [rawOf("bookinfo/productpage"), dumpOf("bookinfo/productpage")]) {
    const files = inflated(filesOf(path));
    const whole = compile(files);
    for (let seed = 1; seed <= 5; seed++) sameAs(whole, compile(reorder(files, random(seed))));
  }
});

determinism("a sequence of responses, with its files handed over in another order", () => {
  const files = filesOf(rawOf("session-churn/productpage"));
  sameAs(compile(files), compile(shuffled(files, random(1))));
});

determinism("two runs give the same bundle, from two compilations of the C", async () => {
  const files = filesOf(rawOf("bookinfo/productpage"));
  // What ships compiled is one compilation.
  const restore = setEnvironment({ KMESH_CLANG: findClang()!.path, KMESH_CACHE: "" });
  const folders: string[] = [];
  try {
    for (const run of ["one", "two"]) {
      process.env["KMESH_CACHE"] = join(temporary, `cache-${run}`);
      forgetMemory();
      const { model, compiled, diagnostics } = compile(run === "one" ? files : reorder(files, random(9)));
      const sink = new Collector();
      const packed = await buildBundle(model, compiled, diagnostics, sink);
      assert.equal(sink.list(), []);
      const folder = join(temporary, `bundle-${run}`);
      writeBundle(folder, packed!);
      folders.push(folder);
    }
  } finally {
    restore();
  }
  const [one, two] = folders.map(readTree);
  assert.equal([...one!.keys()], [...two!.keys()]);
  for (const [name, bytes] of one!) assert.ok(bytes.equals(two!.get(name)!), name);
  for (const [name, bytes] of one!) assert.equal(tracesIn(bytes.toString("latin1")), [], name);
});

determinism("no golden holds a path, a host or a time of this machine", () => {
  for (const [name, bytes] of readTree(join(packageRoot, "golden"))) assert.equal(tracesIn(bytes.toString("utf8")), [], name);
});

/** What would differ on another machine or another day. */
function tracesIn(text: string): readonly string[] {
  const words = [packageRoot, `${tmpdir()}/`, ...[homedir(), hostname()].filter((word) => word.length > 5)];
  const found = words.filter((word) => text.includes(word));
  const time = /20\d\d-\d\d-\d\d[T ]\d\d:\d\d|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d+ \d\d:/.exec(text)?.[0];
  return time === undefined ? found : [...found, time];
}

/** File name -> bytes, sorted. */
function readTree(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(names.map((name) => [name.slice(folder.length + 1), readFileSync(name)]));
}

determinism.run();
