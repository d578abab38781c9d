/** The decide tier's code compiles in every shape for wasm32, and its library for BPF. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compileC } from "../../toolchain/index.ts";
import { emitDecide } from "../decide.ts";

const emit = suite("decide tier");

for (const http of [false, true]) {
  for (const regex of [false, true]) {
    for (const tls of [false, true]) {
      emit(`wasm32, http ${http}, regex ${regex}, tls ${tls}`, async () => {
        const { bytes, diagnostics } = await compileC({ sources: emitDecide({ http, regex, tls }), target: "wasm32" });
        assert.equal(diagnostics, []);
        assert.ok(bytes);
      });
    }
  }
}

/** State in a map: what a stage of the kernel's tiers will look like. */
const program = `
#define KM_SHAPE_HTTP 1
#define KM_SHAPE_REGEX 1
#define KM_SHAPE_TLS 1
#include "km_decide.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct km_decide);
} km_state SEC(".maps");

SEC("tc") int km_try(void *ctx)
{
	struct km_decide *d;
	__u32 zero = 0;

	(void)ctx;
	d = bpf_map_lookup_elem(&km_state, &zero);
	if (!d)
		return 0;
	d->gen = km_generation();
	if (!d->gen)
		return 0;
	km_decide(d);
	return d->out.end;
}
`;

emit("BPF", async () => {
  const { bytes, diagnostics } = await compileC({ sources: new Map([["try.bpf.c", program]]), target: "bpf" });
  assert.equal(diagnostics, []);
  assert.ok(bytes);
});

emit.run();
