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

moved("another body is another answer; a share that no route takes goes to no cluster", () => {
  const says = (body: string): HirModel => mesh([route({ to: { kind: "respond", status: 403, body } })]);
  assert.equal(told(says("a"), says("b")), ['respond direct_response 403 "a" -> respond direct_response 403 "b"']);
  const long = "x".repeat(100);
  assert.is(told(says(`${long}a`), says(`${long}b`)).length, 1);
  assert.equal(told(says(""), says("")), []);
  const half = { numerator: 50, denominator: 100 };
  assert.equal(told(mesh([route({ to: "a" })]), mesh([route({ to: "a", match: { fraction: half } })])), [
    "forward 100% a -> forward 50% a + 50% to no cluster (respond no_route)",
  ]);
});

moved("shares in another order are the same answer", () => {
  const split = (weights: Readonly<Record<string, number>>): HirModel => mesh([route({ to: forward(weighted(weights)) })]);
  assert.equal(told(split({ a: 9, b: 1 }), split({ b: 1, a: 9 })), []);
});

moved("a cluster's new name moves nothing", () => {
  const to = (name: string): HirModel => mesh([route({ path: prefix("/x"), to: name })], [cluster(name)]);
  assert.equal(told(to("a"), to("b")), []);
});

moved.run();
