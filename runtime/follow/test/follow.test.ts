import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dumpBundle } from "../../../compiler/index.ts";
import { KernelError } from "../../kernel/error.ts";
import type { RunChange } from "../../plan/index.ts";
import { type Bench, bench, clustersOf, last, running } from "./bench.ts";
import { dns, eds, endpoints, listener, quiet, update } from "./mesh.ts";

const follow = suite("follow");

follow("changes of a moment become one generation", async () => {
  const { session, builder, follow } = await running();
  assert.is(session.applied.length, 1);
  assert.is(builder.requests.length, 1);
  assert.is(follow.status().generation, 1);
  assert.equal(follow.status().resources, { cluster: 2, endpoint: 2, listener: 2, route: 0 });
});

follow("what is freed behind a first snapshot is given back when it has been persisted, and no more behind a few changes", async () => {
  const first = async (count: number): Promise<Bench> => {
    const made = bench();
    const accepted = made.follow.update(
      update(
        "cluster",
        Array.from({ length: count }, (_, at) => eds(`c${at}`)),
      ),
    );
    await made.clock.pass(10);
    assert.is((await accepted).kind, "accepted");
    return made;
  };
  const made = await first(100);
  await made.clock.pass(4900);
  assert.is(made.returned, 0);
  await made.clock.pass(100);
  assert.is(made.returned, 1);
  void made.follow.update(update("cluster", [eds("c")]));
  await made.clock.pass(10_000);
  assert.is(made.session.applied.length, 2);
  assert.is(made.returned, 1);
  const few = await first(99);
  const closed = await first(100);
  await closed.follow.close();
  for (const { clock } of [few, closed]) await clock.pass(10_000);
  assert.equal([few.returned, closed.returned], [0, 0]);
});

follow("what runs does not wait for ever where new names are awaited again and again", async () => {
  const made = await running();
  made.settled = false;
  for (let i = 0; i < 20; i++) {
    void made.follow.update(update("cluster", [eds(`new${i}`)]));
    await made.clock.pass(1000);
  }
  assert.is(made.session.applied.length, 2);
  assert.is(clustersOf(last(made)).length, 2 + 15, "as long as one name is waited for");
  await made.clock.pass(15_000);
  assert.is(clustersOf(last(made)).length, 2 + 20);
  await made.follow.close();
});

follow("nothing is built while names are awaited", async () => {
  const held = bench();
  held.settled = false;
  void held.follow.update(update("cluster", [eds("a")]));
  await held.clock.pass(1000);
  assert.is(held.session.applied.length, 0);
  void held.follow.update(update("endpoint", [endpoints("a", "10.1.0.1:80")]));
  held.settled = true;
  held.follow.settled();
  await held.clock.pass(10);
  assert.is(held.session.applied.length, 1);
});

follow("one in flight; what comes meanwhile is one more, with the newest of each", async () => {
  const made = await running();
  made.builder.hold();
  const first = made.follow.update(update("cluster", [eds("c")]));
  await made.clock.pass(10);
  const second = made.follow.update(update("listener", [listener("lc", "10.0.0.3:80", "a")]));
  const third = made.follow.update(update("listener", [listener("lc", "10.0.0.3:80", "c")]));
  await made.clock.pass(100);
  assert.is(made.builder.requests.length, 2, "the second waits for the first");
  made.builder.go();
  await made.clock.pass(10);
  assert.equal(await Promise.all([first, second, third]), [{ kind: "accepted" }, { kind: "accepted" }, { kind: "accepted" }]);
  assert.is(made.session.applied.length, 3);
  assert.is(made.builder.requests[2]!.changes.length, 1);
});

follow("endpoints of one cluster are one cell, at once", async () => {
  const { follow, session, builder } = await running();
  const verdict = follow.update(update("endpoint", [endpoints("b", "10.1.0.3:80", "10.1.0.4:80")]));
  assert.is(session.applied.length, 2, "before anything else is done");
  assert.equal(await verdict, { kind: "accepted" });
  assert.is(builder.requests.length, 1);
  const change = session.applied[1] as RunChange;
  assert.is(change.cluster, 1);
  assert.is(follow.status().numbers.applied.cell.count, 1);
});

follow("what was stored as a cell is in the next generation, and in the bundle that is shown", async () => {
  const made = await running();
  await made.follow.update(update("endpoint", [endpoints("b", "10.1.0.3:80", "10.1.0.4:80")]));
  const shown = dumpBundle(made.follow.bundle()!);
  assert.match(shown, /10\.1\.0\.3/);
  assert.not.match(shown, /10\.1\.0\.2/);
  void made.follow.update(update("cluster", [eds("c")]));
  await made.clock.pass(10);
  assert.equal(clustersOf(last(made)), ["a", "b", "c"]);
  assert.match(dumpBundle(last(made)), /10\.1\.0\.4/);
});

follow("endpoints that come while a generation is built go into it", async () => {
  const made = await running();
  made.builder.hold();
  // Ids move: cluster a is 0 before it and 1 after it.
  void made.follow.update(update("cluster", [eds("Z")]));
  await made.clock.pass(10);
  await made.follow.update(update("endpoint", [endpoints("a", "10.1.0.9:80", "10.1.0.8:80")]));
  assert.is((made.session.applied.at(-1) as RunChange).cluster, 0);
  made.builder.go();
  await made.clock.pass(0);
  assert.equal(clustersOf(last(made)), ["Z", "a", "b"]);
  const patched = dumpBundle(last(made));
  void made.follow.update(update("cluster", [], ["none"]));
  await made.clock.pass(10);
  assert.is(dumpBundle(last(made)), patched, "as if it had been built so");
});

follow("a change at any moment of a generation's way goes to the cluster that it is for", async () => {
  const key = "all v4_only d.example";
  for (let hops = 0; hops < 16; hops++) {
    const made = await running();
    made.resolver.set(key, "10.1.0.3");
    void made.follow.update(update("cluster", [eds("a"), eds("b"), dns("d", "d.example:80")]));
    await made.clock.pass(2000);
    made.builder.hold();
    // The ids of the others are other ones with it.
    void made.follow.update(update("cluster", [eds("0")]));
    await made.clock.pass(10);
    made.builder.go();
    for (let hop = 0; hop < hops; hop++) await null;
    void made.follow.update(update("endpoint", [endpoints("a", "10.1.0.9:80")]));
    made.resolver.set(key, "10.1.0.8");
    await made.clock.pass(2000);
    let names: readonly string[] = [];
    for (const one of made.session.applied) {
      if ("manifest" in one) names = one.names.clusters.map(({ name }) => name);
      else assert.ok(["a", "d"].includes(names[one.cluster]!), `${hops} hops: a cell of ${names[one.cluster]}`);
    }
    const shown = dumpBundle(made.follow.bundle()!);
    for (const address of ["10.1.0.9", "10.1.0.8"]) assert.match(shown, address);
    for (const address of ["10.1.0.1:", "10.1.0.3"]) assert.not.match(shown, address);
  }
});

follow("endpoints for a cluster that does not run yet wait for it", async () => {
  const made = await running();
  void made.follow.update(update("cluster", [eds("c")]));
  const verdict = made.follow.update(update("endpoint", [endpoints("c", "10.1.0.5:80"), endpoints("a", "10.1.0.6:80")]));
  await quiet();
  assert.is(made.session.applied.length, 2, "cluster a at once");
  await made.clock.pass(10);
  assert.equal(await verdict, { kind: "accepted" });
  assert.match(dumpBundle(last(made)), /10\.1\.0\.5/);
});

follow("while a generation is proven, endpoints of what runs are stored, and are in it", async () => {
  const made = await running();
  let prove = (_ms: number): void => {};
  made.builder.proveBy(
    new Promise((resolve) => {
      prove = resolve;
    }),
  );
  void made.follow.update(update("cluster", [eds("c")]));
  await made.clock.pass(10);
  await made.follow.update(update("endpoint", [endpoints("a", "10.1.0.9:80")]));
  assert.equal((made.session.applied[1] as RunChange).cluster, 0);
  assert.is(made.session.applied.length, 2);
  prove(1);
  await made.clock.pass(10);
  assert.equal(clustersOf(last(made)), ["a", "b", "c"]);
  assert.match(dumpBundle(last(made)), /10\.1\.0\.9/);
});

follow("a kernel that fails for the moment is asked again, with what came since", async () => {
  const made = await running();
  made.session.failNext(new KernelError("memory", "no memory", 12));
  void made.follow.update(update("cluster", [eds("c")]));
  await made.clock.pass(10);
  assert.is(made.session.applied.length, 1);
  assert.ok(made.follow.status().behind);
  assert.is(made.follow.status().problem?.code, "KM6109");
  await made.clock.pass(1100);
  assert.equal(clustersOf(last(made)), ["a", "b", "c"]);
  assert.not(made.follow.status().behind);
  assert.is(made.follow.status().problem, undefined);
});

follow("a generation that the verifier refuses is taken back whole", async () => {
  const made = await running();
  made.session.failNext(new KernelError("verifier", "no"));
  const verdict = made.follow.update(update("cluster", [eds("c")]));
  await made.clock.pass(10);
  assert.is((await verdict).kind, "rejected");
  assert.equal(made.follow.status().resources.cluster, 2);
  await made.clock.pass(60_000);
  assert.is(made.session.applied.length, 1, "nothing is left to be done");
  void made.follow.update(update("cluster", [eds("d")]));
  await made.clock.pass(10);
  assert.equal(clustersOf(last(made)), ["a", "b", "d"]);
});

follow("a cell that could not be stored comes with the next generation", async () => {
  const made = await running();
  made.session.failNext(new KernelError("call", "no"));
  await made.follow.update(update("endpoint", [endpoints("a", "10.1.0.9:80")]));
  assert.ok(made.follow.status().behind);
  await made.clock.pass(1100);
  assert.match(dumpBundle(last(made)), /10\.1\.0\.9/);
  assert.not(made.follow.status().behind);
});

follow("a removal ends what it names", async () => {
  const made = await running();
  void made.follow.update(update("listener", [], ["la"]));
  void made.follow.update(update("cluster", [], ["a"]));
  void made.follow.update(update("endpoint", [], ["a"]));
  await made.clock.pass(10);
  assert.equal(clustersOf(last(made)), ["b"]);
  assert.equal(made.follow.status().resources, { cluster: 1, endpoint: 1, listener: 1, route: 0 });
});

follow.run();
