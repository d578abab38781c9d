/** Which requests go elsewhere, as `kmesh-compile diff` tells it. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HirModel, HirRoute } from "../../hir/index.ts";
import { cluster, forward, header, prefix, route, text, vhost, web, weighted } from "../../hir/test/build.ts";
import { movedRequests } from "../moved.ts";

const moved = suite("moved requests");

const mesh = (routes: readonly HirRoute[], clusters: HirModel["clusters"] = ["a", "b"].map((name) => cluster(name))): HirModel => ({
  ...web([vhost(["*"], routes)]),
  clusters,
});
const told = (a: HirModel, b: HirModel): readonly string[] => movedRequests(a, b).map(({ before, after }) => `${before} -> ${after}`);

moved("two routes change places: the request that both take", () => {
  const [one, two] = ["x", "y"].map((name, i) =>
    route({ match: { headers: [header(name, text("exact", "1"))] }, to: i === 0 ? "a" : "b" }),
  );
  assert.equal(told(mesh([one!, two!]), mesh([two!, one!])), ["forward 100% a -> forward 100% b"]);
});

moved("a share that ends otherwise is told beside what is left to a proxy", () => {
  const split = mesh([route({ to: forward(weighted({ a: 9, b: 1 })) })]);
  const punted = [cluster("a", { punt: "KM2420" })];
  assert.equal(told(split, { ...split, clusters: punted }), [
    "forward 90% a + 10% b -> left to a proxy (KM2420: cluster originates TLS) 90% a + 10% b (respond no_cluster)",
  ]);
  const all = [...punted, cluster("b", { punt: "KM2420" })];
  assert.equal(told(split, { ...split, clusters: all }), ["forward 90% a + 10% b -> left to a proxy (KM2420: cluster originates TLS)"]);
});

moved("a cluster's new name moves nothing", () => {
  const to = (name: string): HirModel => mesh([route({ path: prefix("/x"), to: name })], [cluster(name)]);
  assert.equal(told(to("a"), to("b")), []);
});

moved.run();
