/** A cluster resolved by itself is what it is in a snapshot that holds nothing else. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { listFixtures } from "../../../test/conformance/fixture.ts";
import { decodeSnapshot } from "../../decode/index.ts";
import { Collector } from "../../diag/index.ts";
import { packageRoot } from "../../package-root.ts";
import { resolveOneCluster, resolveSnapshot } from "../index.ts";

const one = suite("one cluster");

one("of each fixture", () => {
  const folder = join(packageRoot, "fixtures");
  let compared = 0;
  for (const fixture of listFixtures(folder)) {
    const bytes = readFileSync(join(folder, fixture, "snapshot.json"));
    if (bytes.length > 200_000) continue;
    const { clusters, endpoints } = decodeSnapshot([{ name: "snapshot.json", bytes }], new Collector());
    for (const cluster of clusters) {
      const asked = cluster.message["eds_cluster_config"] as { readonly service_name?: string } | undefined;
      const own = endpoints.find(({ name }) => name === (asked?.service_name ?? cluster.name));
      const answer = (): readonly string[] => ["192.0.2.1", "192.0.2.2"];
      const [alone, whole] = [new Collector(), new Collector()];
      const found = resolveOneCluster(cluster, own, alone, answer);
      const snapshot = { listeners: [], routes: [], clusters: [cluster], endpoints: own ? [own] : [] };
      const expected = resolveSnapshot(snapshot, whole, { answerOf: answer });
      assert.equal(found ? [found] : [], expected.clusters, `${fixture} ${cluster.name}`);
      assert.equal(alone.list(), whole.list(), `${fixture} ${cluster.name}`);
      compared++;
    }
  }
  assert.ok(compared > 500, String(compared));
});

one.run();
