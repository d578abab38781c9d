/** Every program that can be emitted is loaded by the kernel's own verifier; its count of processed instructions is printed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type ConnectShape, connectPrograms, emitConnect } from "../../compiler/emit/connect.ts";
import { flags } from "../../compiler/layout/index.ts";
import { compileC } from "../../compiler/toolchain/index.ts";
import { kernel, kernelSuite, tell } from "./harness.ts";

const verifier = kernelSuite("verifier");

/** The kernel's limit. */
const LIMIT = 1_000_000;
const bits = [false, true];
const shapes: readonly ConnectShape[] = bits.flatMap((ports) =>
  bits.flatMap((ranges) => bits.map((splits) => ({ ports, ranges, splits }))),
);

async function load(name: string, sources: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, number>> {
  const { bytes, diagnostics } = await compileC({ sources, target: "bpf" });
  if (!bytes) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  const object = kernel().load(bytes, { constants: {}, immediates: new Map([[flags.KM_SHAPE_MARK, 0]]), reuse: new Map() });
  const processed = new Map([...object.programs].map(([program, loaded]) => [program, loaded.processed]));
  object.close();
  const counts = [...processed].map(([program, count]) => `${program} ${count}`);
  tell("VERIFIER", `${name}: processed ${counts.join(", ")} of ${LIMIT} instructions`);
  return processed;
}

for (const shape of shapes) {
  const words = Object.entries(shape).flatMap(([step, used]) => (used ? [step] : []));
  const name = `connect-${words.join("+") || "plain"}`;
  verifier(name, async () => {
    const processed = await load(name, emitConnect(shape));
    assert.equal([...processed.keys()].sort(), connectPrograms.map((program) => program.name).sort());
    for (const count of processed.values()) assert.ok(count > 0 && count < LIMIT);
  });
}

verifier("programs of the goldens are among them, or load as well", async () => {
  const folder = "golden/shapes";
  const known = new Set(shapes.flatMap((shape) => [...emitConnect(shape).values()]));
  for (const shape of existsSync(folder) ? readdirSync(folder).sort() : []) {
    for (const file of readdirSync(join(folder, shape)).filter((f) => f.endsWith(".bpf.c"))) {
      const text = readFileSync(join(folder, shape, file), "utf8");
      if (!known.has(text)) await load(shape, new Map([[file, text]]));
    }
  }
});

verifier.run();
