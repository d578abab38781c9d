import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AlikeEndpoints } from "../../hir/index.ts";
import type { LirCluster } from "../../lir/index.ts";
import { layoutRun } from "../runs.ts";

const test = suite("layout runs");

test("a run of alike endpoints is that of its shares", () => {
  const lists = [
    new AlikeEndpoints([0x0a000001, 0xfffefdfc | 0], { port: 80, weight: 3, health: "healthy" }),
    new AlikeEndpoints([0x7f000001], { port: 65535, weight: 3, health: "healthy" }),
  ];
  const shares = lists.flatMap((list) => [...list].map((endpoint) => ({ endpoint, weight: endpoint.weight })));
  const cluster: LirCluster = { name: "c", shares, noEndpointWeight: 0, totalWeight: 9 };
  const run = layoutRun({ ...cluster, even: lists });
  assert.equal(run, layoutRun(cluster));
  assert.equal([...run.run.subarray(8, 16)], [255, 254, 253, 252, 0, 80, 0, 0]);
});

test.run();
