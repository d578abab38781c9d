import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../package-root.ts";
import { compileC } from "../../toolchain/index.ts";
import { recordTypes } from "../gen/records.ts";
import { hashAdd, hashMix, hashSecond, hashSocket4 } from "../hash.ts";
import { limits } from "../limits.ts";
import { MAX_TABLES, tables } from "../tables.ts";
import { loadC } from "./wasm.ts";

const test = suite("records");

test("C agrees on every offset and size, for both targets", async () => {
  const source = '#include "km_records.h"\n#include "km_tables.h"\nint km_nothing(void);\nint km_nothing(void) { return 0; }\n';
  for (const target of ["bpf", "wasm32"] as const) assert.ok((await compileC({ sources: new Map([["t.c", source]]), target })).bytes);
});

for (const type of Object.values(recordTypes))
  test(`${type.name}: what is read is what was written`, () => {
    const bytes = new Uint8Array(type.size).map((_, i) => (i * 37 + 11) & 255);
    const copy = new Uint8Array(type.size);
    const io = type as { read(view: DataView, at: number): unknown; write(view: DataView, at: number, value: unknown): void };
    io.write(new DataView(copy.buffer), 0, io.read(new DataView(bytes.buffer), 0));
    assert.equal(copy, bytes);
  });

test("tables: names fit the kernel's maps, records fit its alignment, ids fit the header", () => {
  assert.ok(tables.length <= MAX_TABLES);
  for (const table of tables) {
    assert.ok(`km_p_${table.name}`.length <= 15, table.name);
    assert.is(recordTypes[table.record].size % 8, 0, table.name);
    assert.ok(limits[table.limit].max > 0);
  }
  assert.is(new Set(tables.map((t) => t.name)).size, tables.length);
});

test("every name of a map or program has at most 15 characters", () => {
  for (const folder of ["bpf/lib", "bpf/gen", "bpf/target/bpf", "templates"])
    for (const file of readdirSync(join(packageRoot, folder))) {
      const text = readFileSync(join(packageRoot, folder, file), "utf8");
      for (const [, name] of text.matchAll(/(?:^|\n)\}? ?(\w+) SEC\("\.maps"\)/g)) assert.ok(name!.length <= 15, `${file}: map ${name}`);
      for (const [, name] of text.matchAll(/SEC\("(?!\.|license)[^"]*"\) int (\w+)\(/g))
        assert.ok(name!.length <= 15, `${file}: program ${name}`);
    }
});

test("every KM_MAX_ has a comment with unit, origin, consequence and remedy", () => {
  const lines = readFileSync(join(packageRoot, "bpf/gen/km_tables.h"), "utf8").split("\n");
  for (const [i, line] of lines.entries())
    if (line.startsWith("#define KM_MAX_")) assert.match(lines[i - 1]!, /^\/\* Unit: .* Origin: .* Beyond it .*; remedy: .*\*\/$/);
});

test("the hash is one function in both languages", async () => {
  const c = await loadC(`#include "km_hash.h"
#include "km_target.h"
KM_EXPORT(mix) __u32 mix(__u32 h); __u32 mix(__u32 h) { return km_hash_mix(h); }
KM_EXPORT(socket4) __u32 socket4(__u32 s, __u32 i, __u32 p); __u32 socket4(__u32 s, __u32 i, __u32 p) { return km_hash_socket4(s, i, p); }
KM_EXPORT(add) __u32 add(__u32 h, __u32 w); __u32 add(__u32 h, __u32 w) { return km_hash_add(h, w); }
KM_EXPORT(second) __u32 second(__u32 h); __u32 second(__u32 h) { return km_hash_second(h); }
`);
  let x = 1;
  for (let i = 0; i < 2000; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    assert.is(hashMix(x), c.call("mix", x));
    assert.is(hashAdd(x, i), c.call("add", x, i));
    assert.is(hashSocket4(i, x, x >>> 16), c.call("socket4", i, x, x >>> 16));
    assert.is(hashSecond(x), c.call("second", x));
  }
});

test("what is generated is what the declarations give", () => {
  const files = ["bpf/gen", "compiler/layout/gen"].flatMap((d) => readdirSync(join(packageRoot, d)).map((f) => join(packageRoot, d, f)));
  const before = files.map((f) => readFileSync(f, "utf8"));
  execFileSync(process.execPath, ["--import", "tsx", "tools/generate-records.ts"], { cwd: packageRoot });
  for (const [i, file] of files.entries()) assert.is(readFileSync(file, "utf8"), before[i], `${file} is stale: run make generate`);
});

test.run();
