/** The compiling thread for real: what it gives back, what it persists, and that it is replaced when it is gone. */
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dumpBundle } from "../../../compiler/index.ts";
import { findClang } from "../../../compiler/toolchain/index.ts";
import { type Change, createLocalBuilder, createWorkerBuilder, openLastGood } from "../index.ts";
import { changesOf } from "../store.ts";
import { eds, endpoints, listener, update } from "./mesh.ts";

const worker = suite("worker");

function mesh(at: string): readonly Change[] {
  return [
    update("cluster", [eds("a")]),
    update("endpoint", [endpoints("a", at)]),
    update("listener", [listener("l", "10.0.0.1:80", "a")]),
  ].flatMap(changesOf);
}

async function withFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-state-"));
  try {
    await action(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (findClang() === undefined) console.log("SKIPPED 3 worker: no clang");
else {
  worker("gives what a build in this thread gives, and persists what was kept", () =>
    withFolder(async (folder) => {
      const local = createLocalBuilder();
      const problems: string[] = [];
      const builder = createWorkerBuilder({ state: folder, seed: () => [], onPersistError: (message) => problems.push(message) });
      const request = { known: [], changes: mesh("10.1.0.1:80") };
      // Some is sent ahead, some with the build.
      builder.prepare!(request.changes.slice(1));
      const [here, there] = await Promise.all([local.build(request), builder.build(request)]);
      assert.ok(here.kind === "built" && there.kind === "built");
      assert.is(dumpBundle(there.bundle), dumpBundle(here.bundle));
      assert.is(there.bundle.manifest.digest, here.bundle.manifest.digest);
      assert.equal(there.assignments, ["a"]);
      assert.ok((await builder.prove()) > 0, "questions were asked");
      builder.settle(true);
      const next = await builder.build({ known: [], changes: mesh("10.1.0.2:80") });
      assert.is(next.kind, "built");
      builder.settle(false);
      await builder.close();
      local.settle(false);
      assert.equal(problems, []);
      const { bundle, diagnostics } = openLastGood(folder).read();
      assert.equal(diagnostics, []);
      assert.is(bundle?.manifest.digest, there.bundle.manifest.digest, "what was kept, not what was taken back");
      assert.is(readdirSync(folder).filter((name) => name.startsWith("bundle-")).length, 1);
    }),
  );

  worker("a bundle that is damaged is written again, also where the mesh is the same", () =>
    withFolder(async (folder) => {
      const build = async (): Promise<void> => {
        const builder = createWorkerBuilder({ state: folder, seed: () => [], onPersistError: (message) => assert.unreachable(message) });
        const result = await builder.build({ known: [], changes: mesh("10.1.0.1:80") });
        assert.is(result.kind, "built");
        await builder.prove();
        builder.settle(true);
        await builder.close();
      };
      await build();
      const manifest = join(folder, "last-good", "manifest.json");
      for (const damage of [() => truncateSync(manifest, 10), () => rmSync(manifest)]) {
        damage();
        assert.is(openLastGood(folder).read().bundle, undefined);
        await build();
        assert.ok(openLastGood(folder).read().bundle);
      }
    }),
  );

  worker("one that was closed is replaced, and told what was accepted", async () => {
    const builder = createWorkerBuilder({ state: undefined, seed: () => mesh("10.1.0.1:80"), onPersistError: () => {} });
    const first = await builder.build({ known: [], changes: [] });
    assert.ok(first.kind === "built" && first.bundle.names.clusters.length === 1);
    builder.settle(true);
    await builder.close();
    const second = await builder.build({ known: [], changes: [] });
    assert.ok(second.kind === "built" && second.bundle.names.clusters.length === 1);
    builder.settle(true);
    await builder.close();
  });
}

worker("a state folder without a bundle, and one whose bundle is damaged", () =>
  withFolder(async (folder) => {
    const lastGood = openLastGood(folder);
    assert.equal(lastGood.read(), { bundle: undefined, diagnostics: [] });
    const { mkdirSync, symlinkSync, writeFileSync } = await import("node:fs");
    mkdirSync(join(folder, "bundle-x"));
    writeFileSync(join(folder, "bundle-x", "manifest.json"), "{");
    symlinkSync("bundle-x", join(folder, "last-good"));
    const { bundle, diagnostics } = lastGood.read();
    assert.is(bundle, undefined);
    assert.is(diagnostics[0]?.code, "KM6002");
  }),
);

worker.run();
