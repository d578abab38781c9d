/** A machine without clang: what `make build` compiled is enough for every model. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { everyProgram } from "../compiler/index.ts";
import { forgetMemory } from "../compiler/toolchain/cache.ts";
import { compileC, findClang } from "../compiler/toolchain/index.ts";
import { runAll } from "./command.ts";
import { setEnvironment } from "./environment.ts";

const noClang = suite("no clang");
const temporary = mkdtempSync(join(tmpdir(), "kmesh-test-"));
const path = findClang()!.path;
/** With an empty cache; returns its folder. */
const use = (clang: string): string => {
  const cache = mkdtempSync(join(temporary, "cache-"));
  setEnvironment({ KMESH_CLANG: clang, KMESH_CACHE: cache });
  forgetMemory();
  return cache;
};
noClang.before.each(() => void use("/nonexistent/clang"));
noClang.after(() => {
  rmSync(temporary, { recursive: true, force: true });
});

noClang("every program that a model can need ships, once", async () => {
  const programs = everyProgram();
  const answers = await Promise.all(programs.map(compileC));
  for (const { bytes, compiler, diagnostics } of answers) {
    assert.equal(diagnostics, []);
    assert.ok(bytes);
    assert.match(compiler ?? "", /^clang \d+\.\d+\.\d+$/);
  }
  assert.is(new Set(programs.map(({ sources }) => JSON.stringify([...sources]))).size, programs.length);
});

noClang("a snapshot is compiled, proven and traced", async () => {
  const bundle = join(temporary, "bundle");
  const question = ["--to", "10.96.1.1:9080", "--request", "GET /", "-H", "Host: reviews.bookinfo:9080"];
  const [compiled, traced, fresh] = await runAll([
    ["compile", "fixtures/istio-outbound/snapshot.json", "-o", bundle],
    ["trace", bundle, ...question],
    ["trace", "fixtures/istio-outbound/snapshot.json", ...question],
  ]);
  assert.is(compiled!.code, 0, compiled!.stderr);
  assert.is(traced!.code, 0, traced!.stderr);
  assert.is(fresh!.stdout, traced!.stdout);
});

const other = { sources: new Map([["other.c", "int other;\n"]]), target: "wasm32" } as const;

noClang("a program that does not ship is told of", async () => {
  const { bytes, diagnostics } = await compileC(other);
  assert.is(bytes, undefined);
  assert.equal(
    diagnostics.map(({ code }) => code),
    ["KM5001"],
  );
  assert.match(diagnostics[0]!.message, /does not ship compiled.*"\/nonexistent\/clang"/);
});

noClang("a linker that does not run says why", async () => {
  const folder = mkdtempSync(join(temporary, "clang-"));
  const script = (name: string, text: string): void => writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  script("clang", "echo clang version 20.1.3");
  script("wasm-ld", "echo wasm-ld: libxml2.so.2: cannot open shared object file >&2; exit 127");
  use(join(folder, "clang"));
  const restore = setEnvironment({ PATH: "" });
  const { bytes, diagnostics } = await compileC(other);
  restore();
  assert.is(bytes, undefined);
  assert.is(diagnostics[0]!.code, "KM5002");
  assert.match(
    diagnostics[0]!.message,
    /^clang 20\.1\.3 has no wasm-ld that runs.*: wasm-ld: libxml2\.so\.2: cannot open shared object file$/,
  );
});

noClang("who names a clang that runs gets what that one makes", async () => {
  const [program] = everyProgram();
  const ownCache = use(path);
  const own = await compileC(program!);
  assert.is(readdirSync(ownCache).length, 1, "compiled, not taken from what ships");
  const otherCache = use("");
  const shipped = await compileC(program!);
  assert.equal(readdirSync(otherCache), []);
  assert.ok(Buffer.from(own.bytes!).equals(shipped.bytes!), "and it is the same");
});

noClang.run();
