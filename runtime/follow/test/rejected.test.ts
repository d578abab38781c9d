/** What is rejected, and what stays then. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { InternalError } from "../../../compiler/diag/index.ts";
import { dumpBundle } from "../../../compiler/index.ts";
import type { RunChange } from "../../plan/index.ts";
import { bench, clustersOf, last, rejectedNames, running } from "./bench.ts";
import { eds, endpoints, listener, update } from "./mesh.ts";

const rejected = suite("follow: rejections");

rejected("a resource in error keeps its last good version, and the others are taken", async () => {
  const made = await running();
  const bad = { ...listener("la", "10.0.0.1:80", "a"), filter_chains: [{ filters: [{ name: "unknown" }] }], address: undefined };
  const never = { ...bad, name: "ld" };
  const verdict = made.follow.update(update("listener", [bad, listener("lc", "10.0.0.3:80", "b"), never]));
  await made.clock.pass(10);
  const decided = await verdict;
  assert.equal(rejectedNames(decided), ["la", "ld"]);
  assert.ok(decided.kind === "rejected" && decided.diagnostics.every(({ severity }) => severity === "error"));
  const listeners = last(made).names.listeners.map(({ name }) => name);
  assert.equal(listeners, ["la", "lb", "lc"]);
  assert.is(made.follow.status().numbers.rejected.listener, 2);
  const told = made.lines.map((line) => JSON.parse(line) as { readonly msg: string; readonly name?: string });
  assert.equal(
    told.filter(({ msg }) => msg.startsWith("rejected;")).map(({ msg, name }) => `${name} ${msg}`),
    ["la rejected; the last good version stays", "ld rejected; there is no good version of it yet"],
  );
});

rejected("a rejection is logged once in ten minutes, while it says the same of a resource that nothing else has happened to", async () => {
  const made = await running();
  const good = listener("la", "10.0.0.9:80", "a");
  const bad = { ...good, address: undefined };
  const worse = listener("la", "10.0.0.9:99999", "a");
  const logged = async (one: typeof good): Promise<number> => {
    const count = (): number => made.lines.filter((line) => line.includes("rejected;")).length;
    const before = count();
    void made.follow.update(update("listener", [one]));
    await made.clock.pass(10);
    return count() - before;
  };
  assert.equal([await logged(bad), await logged(bad)], [1, 0]);
  assert.is(made.follow.status().numbers.rejected.listener, 2, "it is counted");
  assert.equal([await logged(worse), await logged(worse), await logged(bad)], [1, 0, 1]);
  await made.clock.pass(600_000);
  assert.equal([await logged(bad), await logged(bad)], [1, 0]);
  assert.equal([await logged(good), await logged(bad)], [0, 1]);
});

rejected("a version that a rejected one replaced before it was built was not taken either", async () => {
  const made = await running();
  const taken = made.follow.update(update("listener", [listener("la", "10.0.0.9:80", "b")]));
  const bad = made.follow.update(update("listener", [{ ...listener("la", "10.0.0.1:80", "a"), address: undefined }]));
  await made.clock.pass(10);
  assert.equal(rejectedNames(await taken), ["la"]);
  assert.equal(rejectedNames(await bad), ["la"]);
  assert.match(dumpBundle(last(made)), /10\.0\.0\.1/);
});

rejected("endpoints in error are rejected without a generation", async () => {
  const made = await running();
  const bad = endpoints("a", "not-an-address:99999999");
  assert.equal(rejectedNames(await made.follow.update(update("endpoint", [bad, endpoints("b", "10.1.0.7:80")]))), ["a"]);
  assert.is(made.session.applied.length, 2);
  assert.equal((made.session.applied[1] as RunChange).cluster, 1);
});

rejected("a builder that breaks rejects what it was given; the next change is built", async () => {
  const made = await running();
  made.builder.breakNext();
  const verdict = made.follow.update(update("cluster", [eds("c")]));
  await made.clock.pass(10);
  assert.is((await verdict).kind, "rejected");
  assert.is(made.session.applied.length, 1);
  void made.follow.update(update("cluster", [eds("d")]));
  await made.clock.pass(10);
  assert.equal(clustersOf(last(made)), ["a", "b", "d"]);
});

rejected("tables that can't be proven are not published, and their changes are rejected", async () => {
  const made = await running();
  made.builder.proveBy(Promise.reject(new InternalError("they mean something else")));
  const verdict = made.follow.update(update("cluster", [eds("c")]));
  await made.clock.pass(10);
  assert.is((await verdict).kind, "rejected");
  assert.match(made.follow.status().problem?.message ?? "", /they mean something else/);
  assert.is(made.session.applied.length, 1);
  made.builder.proveBy(Promise.resolve(0));
  void made.follow.update(update("cluster", [eds("d")]));
  await made.clock.pass(10);
  assert.equal(clustersOf(last(made)), ["a", "b", "d"], "the builder has taken it back");
});

rejected("a first generation that can't be proven is not published either", async () => {
  const made = bench();
  made.builder.proveBy(Promise.reject(new InternalError("no")));
  const verdict = made.follow.update(update("cluster", [eds("a")]));
  await made.clock.pass(10);
  assert.is((await verdict).kind, "rejected");
  assert.equal(made.session.applied, []);
});

rejected.run();
