import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Bundle } from "../../../compiler/bundle/format.ts";
import type { HostnameQuery } from "../../../compiler/resolve/index.ts";
import type { ApplyReport } from "../../apply/index.ts";
import { createCells, type Images } from "../cells.ts";
import { changesOf, createStore } from "../store.ts";
import { dns, quiet, update } from "./mesh.ts";

const cells = suite("cells");

const key = "all v4_only a.example";
const answer = { kind: "answer", name: key, addresses: ["10.1.0.1"] } as const;

/** So many clusters of one host name; what waits for a turn of the loop is in `turns`. */
function bench(count: number) {
  const clusters = Array.from({ length: count }, (_, i) => `c${i}`);
  const store = createStore();
  const resources = clusters.map((name) => dns(name, "a.example:80"));
  for (const change of changesOf(update("cluster", resources))) store.put(change);
  const images: Images = {
    bundle: {} as Bundle,
    clusters,
    assignments: clusters.map(() => ""),
    hostnames: clusters.map((_, cluster) => ({ cluster, queries: [{ key } as HostnameQuery] })),
  };
  const turns: (() => void)[] = [];
  const timer = (_: number, run: () => void): (() => void) => {
    turns.push(run);
    return () => {};
  };
  const applyRun = (): Promise<ApplyReport> => Promise.resolve({} as ApplyReport);
  const made = createCells({ session: { applyRun }, store, clock: { timer }, behind: () => false });
  return { ...made, images, turns, clusterOf: (name: string) => store.get("cluster", name) };
}

cells("an answer for a few clusters is a cell of each; for very many it needs a generation", () => {
  for (const [count, taken] of [
    [64, 1],
    [65, 0],
  ] as const) {
    const made = bench(count);
    made.run(made.images);
    const change = made.change([answer]);
    assert.equal([change.taken.length, change.applies.length, change.structural.length], [taken, taken * count, 1 - taken]);
    assert.is(made.isShared("endpoint", answer.name), false, "names have a kind");
    assert.is(made.isShared("answer", answer.name), taken === 0);
  }
});

cells("changes that are together more than a turn of the loop is for: the last ones need a generation", () => {
  const made = bench(80);
  const second = { ...answer, name: "all v4_only b.example" };
  const hostnames = made.images.clusters.map((_, cluster) => ({
    cluster,
    queries: [{ key: (cluster < 40 ? answer : second).name } as HostnameQuery],
  }));
  made.run({ ...made.images, hostnames });
  const { taken, structural } = made.change([answer, second]);
  assert.equal([taken, structural], [[answer], [second]]);
});

cells("runs of very many clusters take a turn of the loop for every 64 of them", async () => {
  const made = bench(200);
  let runs: number | undefined;
  void made.runsOf([answer], made.images, made.clusterOf).then((late) => {
    runs = late.runs.size;
  });
  for (let turn = 1; turn <= 3; turn++) {
    await quiet();
    assert.is(runs, undefined);
    assert.is(made.turns.length, turn);
    made.turns.at(-1)!();
  }
  await quiet();
  assert.is(runs, 200);
});

cells.run();
