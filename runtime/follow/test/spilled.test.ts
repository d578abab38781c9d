/** What is accepted lies in a file: whoever needs its bytes reads them, and is careful where they are lost. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { XdsRawResource } from "../../../compiler/decode/index.ts";
import { dumpBundle } from "../../../compiler/index.ts";
import { findClang } from "../../../compiler/toolchain/index.ts";
import { createLog } from "../../log/index.ts";
import { LostError } from "../../spill/index.ts";
import { collect } from "../../spill/test/stage.ts";
import type { XdsUpdate } from "../../xds/index.ts";
import { type Disk, openDisk } from "../../xds/test/disk.ts";
import { createClusterRuns } from "../cluster-run.ts";
import { createFallbacks } from "../fallbacks.ts";
import { createWorkerBuilder } from "../index.ts";
import { changesOf } from "../store.ts";
import type { Builder, BuildResult, Change, Input } from "../types.ts";
import { eds, endpoints, listener, testClock, testFallbacksFile, update } from "./mesh.ts";

const spilled = suite("follow: spilled");

function mesh(at: string): readonly XdsUpdate[] {
  return [update("cluster", [eds("a")]), update("endpoint", [endpoints("a", at)]), update("listener", [listener("l", "10.0.0.1:80", "a")])];
}

/** Their changes, with the bytes on disk. */
async function onDisk(disk: Disk, updates: readonly XdsUpdate[]): Promise<readonly Change[]> {
  for (const { changed } of updates) for (const body of changed.values()) disk.add(body);
  await disk.settle();
  for (const { changed } of updates) for (const body of changed.values()) assert.ok(body.file());
  return updates.flatMap(changesOf);
}

async function withDisk(action: (disk: Disk, lost: () => number) => Promise<void>): Promise<void> {
  let lost = 0;
  const disk = openDisk(() => lost++);
  try {
    await action(disk, () => lost);
  } finally {
    disk.close();
  }
}

function resourceOf(changes: readonly Change[], wanted: string): XdsRawResource {
  return changes.find(({ kind }) => kind === wanted)!.resource!;
}

spilled("one cluster's endpoints are worked out from disk; where that is lost, a generation is built", () =>
  withDisk(async (disk, lost) => {
    const [cluster, before] = (await onDisk(disk, mesh("10.1.0.1:80"))).map(({ resource }) => resource!);
    const learnt = (at: string) => ({ endpoints: resourceOf(mesh(at).flatMap(changesOf), "endpoint"), answers: new Map() });
    const runs = createClusterRuns();
    const old = { endpoints: before!, answers: new Map() };
    assert.is(runs.change(cluster!, old, learnt("10.1.0.2:80")).kind, "run");
    assert.ok(runs.run(cluster!, old));
    await disk.cut();
    const fresh = createClusterRuns();
    assert.is(fresh.change(cluster!, old, learnt("10.1.0.2:80")).kind, "structural");
    assert.is(fresh.run(cluster!, old), undefined);
    assert.is(lost(), 1);
  }),
);

spilled("what was worked out of a cluster holds no bytes: a file stays as long as anything in it", async () => {
  const runs = createClusterRuns();
  const bodies: WeakRef<object>[] = [];
  const bodyOf = ({ changed }: XdsUpdate) => bodies.push(...[...changed.values()].map((body) => new WeakRef(body)));
  // A function of its own: what it had at hand is garbage behind it.
  const work = (): void => {
    const updates = [...mesh("10.1.0.1:80").slice(0, 2), update("endpoint", [endpoints("a", "10.1.0.2:80")])];
    updates.forEach(bodyOf);
    const [cluster, ...learnt] = updates.flatMap(changesOf).map(({ resource }) => resource!);
    const [before, after] = learnt.map((resource) => ({ endpoints: resource, answers: new Map() }));
    assert.is(runs.change(cluster!, before!, after!).kind, "run");
    assert.ok(runs.run(cluster!, after!));
  };
  work();
  await collect();
  assert.equal(
    bodies.map((body) => body.deref()),
    [undefined, undefined, undefined],
  );
});

spilled("a last good version is kept as its bytes; one that is lost is none", () =>
  withDisk(async (disk) => {
    const file = testFallbacksFile();
    const log = createLog({ level: "error", write: (line) => assert.unreachable(line) }).logger("follow");
    const clock = testClock();
    const fallbacks = createFallbacks({ file, clock, log });
    const changes = await onDisk(disk, mesh("10.1.0.1:80"));
    fallbacks.rejected([resourceOf(changes, "cluster")]);
    await clock.pass(1000);
    await disk.cut();
    fallbacks.rejected([resourceOf(changes, "listener")]);
    await clock.pass(1000);
    fallbacks.close();
    assert.equal(
      file.read().resources.map(({ kind, bytes }) => [kind, Buffer.from(bytes).toString()]),
      [["cluster", JSON.stringify(eds("a"))]],
    );
  }),
);

if (findClang() === undefined) console.log("SKIPPED 2 follow: spilled: no clang");
else {
  const text = (result: BuildResult): string => {
    assert.ok(result.kind === "built", JSON.stringify(result));
    return dumpBundle(result.bundle);
  };
  const withBuilder = async (seed: () => readonly Input[], action: (builder: Builder) => Promise<void>): Promise<void> => {
    const builder = createWorkerBuilder({ state: undefined, seed, onPersistError: assert.unreachable });
    try {
      await action(builder);
    } finally {
      await builder.close();
    }
  };
  const built = async (changes: readonly Change[]): Promise<string> => {
    let result: BuildResult | undefined;
    await withBuilder(
      () => [],
      async (builder) => {
        result = await builder.build({ known: [], changes });
      },
    );
    return text(result!);
  };

  spilled("a compiling thread is told from disk: what was accepted, what is known since, and what is asked for", () =>
    withDisk(async (disk) => {
      const wanted = await built(mesh("10.1.0.2:80").flatMap(changesOf));
      const first = await onDisk(disk, mesh("10.1.0.1:80"));
      const next = await onDisk(disk, mesh("10.1.0.2:80"));
      await withBuilder(
        () => first,
        async (builder) => {
          assert.is(text(await builder.build({ known: next, changes: [] })), wanted);
        },
      );
      await withBuilder(
        () => first.filter(({ kind }) => kind !== "endpoint"),
        async (builder) => {
          assert.is(text(await builder.build({ known: [], changes: next.filter(({ kind }) => kind === "endpoint") })), wanted);
        },
      );
    }),
  );

  spilled("what is lost breaks a new thread's build, until all of it has come again", () =>
    withDisk(async (disk, lost) => {
      const first = await onDisk(disk, mesh("10.1.0.1:80"));
      await disk.cut();
      await withBuilder(
        () => first,
        async (builder) => {
          const again = mesh("10.1.0.2:80").flatMap(changesOf);
          const build = (changes: readonly Change[]): Promise<unknown> =>
            builder.build({ known: [], changes }).catch((error: unknown) => error);
          assert.instance(await build(again), LostError, "it is found out");
          assert.instance(await build(again.slice(1)), LostError, "one has not come");
          assert.is(text((await build(again)) as BuildResult), await built(again));
          assert.is(lost(), 1);
        },
      );
    }),
  );
}

spilled.run();
