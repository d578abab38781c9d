import { suite } from "uvu";
import * as assert from "uvu/assert";
import { address, ask, chain, cluster, fraction, listener, model, tcp, weighted } from "./build.ts";
import { type Row, tableSuite } from "./table.ts";

const to = (target: Parameters<typeof tcp>[0], clusters = [cluster("empty", { priorities: [] })]) =>
  model([listener(address, [chain("x", {}, tcp(target))])], clusters);

const rows: readonly Row[] = [
  ["weights are shares of their sum", to(weighted({ a: 1, b: 3 })), {}, "a 0.25 b 0.75"],
  ["one entry alone", to(weighted({ a: 7 })), {}, "a"],
  ["a missing cluster's share is closed", to(weighted({ a: 1, nope: 1 })), {}, "a 0.5 nope 0.5"],
  ["a missing cluster", to("nope"), {}, "close no_cluster"],
  ["no endpoint", to("empty"), {}, "close no_endpoint"],
  ["an ORIGINAL_DST cluster", to("o", [cluster("o", { discovery: "original_dst" })]), {}, "pass passthrough"],
  ["a cluster left to a proxy", to("p", [cluster("p", { punt: "KM2004" })]), {}, "punt KM2004"],
];
tableSuite("tcp_proxy", rows).run();

const shares = suite("tcp_proxy shares");
shares("each cluster says how its share ends", () => {
  const answer = ask(to(weighted({ a: 1, nope: 1, empty: 2 })), {});
  assert.equal(answer.clusters, [
    { name: "a", probability: 0.25 },
    { name: "nope", probability: 0.25, verdict: "close", why: "no_cluster" },
    { name: "empty", probability: 0.5, verdict: "close", why: "no_endpoint" },
  ]);
  assert.equal(answer.endpoints, [{ address: "10.9.0.1:80", cluster: "a", probability: 0.25 }]);
});
shares("drop_overloads is for HTTP only", () => {
  const answer = ask(to("a", [cluster("a", { drop: fraction(25) })]), {});
  assert.equal(answer.clusters, [{ name: "a", probability: 1 }]);
  assert.is(answer.endpoints?.[0]?.probability, 1);
});
shares.run();
