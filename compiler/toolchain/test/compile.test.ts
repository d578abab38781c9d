import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { InternalError } from "../../diag/index.ts";
import { forgetMemory } from "../cache.ts";
import { compileC, findClang } from "../index.ts";

const test = suite("toolchain");
const cache = mkdtempSync(join(tmpdir(), "kmesh-test-"));
const fresh = () => {
  process.env["KMESH_CACHE"] = mkdtempSync(join(cache, "c-"));
  forgetMemory();
};
test.before.each(fresh);
test.after(() => rmSync(cache, { recursive: true, force: true }));

// The TypeScript library for Node has no WebAssembly.
const { instantiate } = (globalThis as unknown as { WebAssembly: { instantiate: Instantiate } }).WebAssembly;
type Instantiate = (bytes: Uint8Array, imports: object) => Promise<{ instance: { exports: Record<string, (...a: number[]) => number> } }>;

const bpf = `#include "km_target.h"
SEC("cgroup/connect4") int km_probe(struct bpf_sock_addr *ctx)
{
	km_gen_t gen = km_generation();
	const struct km_endpoint *endpoint = gen ? km_endpoint_at(gen, ctx->user_ip4) : 0;

	km_count(KM_R_UNMANAGED);
	return endpoint ? endpoint->port : 1;
}
char km_license[] SEC("license") = "Dual BSD/GPL";
`;

const wasm = `#include "km_target.h"
KM_EXPORT(first_port) __u32 first_port(void);
__u32 first_port(void)
{
	const struct km_endpoint *endpoint = km_endpoint_at(km_generation(), 0);
	return endpoint ? km_ntohs(endpoint->port) : 0;
}
__u32 draw(__u32 n);
__u32 draw(__u32 n)
{
	return (__u32)(((__u64)km_random_u32() * n) >> 32);
}
`;

test("a clang of this repository's packages is found", () => assert.match(findClang()?.version ?? "none", /^clang \d+\.\d+\.\d+$/));

test("bpf: twice without cache gives the same bytes, with no path of this host", async () => {
  const one = await compileC({ sources: new Map([["probe.bpf.c", bpf]]), target: "bpf" });
  fresh();
  const two = await compileC({ sources: new Map([["probe.bpf.c", bpf]]), target: "bpf" });
  assert.ok(one.bytes);
  assert.ok(Buffer.from(one.bytes).equals(Buffer.from(two.bytes!)));
  assert.is(Buffer.from(one.bytes).readUInt16LE(18), 247, "EM_BPF");
  for (const path of [process.cwd(), tmpdir(), "kmesh-cc-"]) assert.not.ok(Buffer.from(one.bytes).includes(path), `found ${path}`);
});

test("wasm32: runs, reads a table through the directory and draws through the host", async () => {
  const { bytes } = await compileC({ sources: new Map([["t.c", wasm]]), target: "wasm32", exports: ["draw"] });
  const imports = { km: { random: () => 0x80000000 | 0, count: () => undefined } };
  const api = (await instantiate(bytes!, imports)).instance.exports;
  assert.is(api["draw"]!(10), 5);
  assert.is(api["first_port"]!(), 0, "an empty table has no record");
});

test("the second compile comes from memory, then from disk", async () => {
  const request = { sources: new Map([["t.c", wasm]]), target: "wasm32" as const };
  const first = await compileC(request);
  assert.is((await compileC(request)).bytes, first.bytes);
  forgetMemory();
  assert.ok(Buffer.from((await compileC(request)).bytes!).equals(Buffer.from(first.bytes!)));
});

test("C that does not compile is a bug of ours and tells clang's words", async () => {
  try {
    await compileC({ sources: new Map([["bad.c", "int f(void) { int unused; return 0; }"]]), target: "wasm32" });
    assert.unreachable();
  } catch (e) {
    assert.instance(e, InternalError);
    assert.match((e as Error).message, /unused/);
  }
});

test.run();
