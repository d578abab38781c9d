/** The whole of `make conformance` as tests: every fixture by a real Envoy, then a bounded slice of random meshes. */
import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const conformance = suite("conformance");

/** Runs a script of this folder in a process of its own: it enters its own namespaces. */
function run(script: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", `test/conformance/${script}`, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const skipped = /^SKIPPED:? (.*)$/m.exec(stdout);
  if (skipped && status === 0) {
    console.log(`\nSKIPPED 1 conformance (${script}): ${skipped[1]}`);
    return;
  }
  console.log(`\nMEASURED ${script}: ${stdout.trimEnd().split("\n").slice(-2).join("; ")}`);
  assert.is(status, 0, `${stdout.slice(-6000)}\n${stderr.slice(-3000)}`);
}

conformance("every row of every fixture is what a real Envoy answers", () => run("main.ts"));

// Always the same ones: a difference is one that the change under test made. `make conformance-random` looks for new ones.
conformance("60 random meshes with 50 questions each are answered as a real Envoy answers them", () =>
  run("random.ts", "--seed=1", "--cases=60", "--shrink=30"),
);

conformance.run();
