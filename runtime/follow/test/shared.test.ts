/** What the compiling thread hands over is in memory that it goes on using: nobody may write there. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { namesFile } from "../../../compiler/bundle/index.ts";
import { dumpBundle } from "../../../compiler/index.ts";
import { openSession } from "../../apply/index.ts";
import { fakeKernel, programNames } from "../../apply/test/fake-kernel.ts";
import { attachOf } from "../../apply/test/meshes.ts";
import { createLog } from "../../log/index.ts";
import { readPublished } from "../../status/index.ts";
import type { Builder } from "../types.ts";
import { eds, endpoints, listener, testBuilder, testClock, update } from "./mesh.ts";
import { openFollow } from "./open.ts";

test("tables and names that were handed over stay as they are, whatever follows", async () => {
  /** With what each held when it was handed over. */
  const given = new Map<Uint8Array, Uint8Array>();
  const compiler = testBuilder();
  const programs = programNames.map((name) => ({ name, attach: attachOf[name as keyof typeof attachOf] }));
  const object = { name: "connect", file: "objects/connect.bpf.o", sha256: "", compiler: "", programs };
  const builder: Builder = {
    ...compiler,
    async build(request) {
      const built = await compiler.build(request);
      if (built.kind !== "built") return built;
      const { bundle } = built;
      for (const part of [...bundle.tables.values(), ...namesFile(bundle.names).lines].flat()) {
        assert.ok(part.buffer instanceof SharedArrayBuffer);
        assert.is(part.buffer.byteLength, part.byteLength, "one that stays holds on to nothing else");
        given.set(part, part.slice());
      }
      const manifest = { ...bundle.manifest, objects: [object] };
      return { ...built, bundle: { ...bundle, manifest, objects: new Map([["connect", new Uint8Array(8)]]) } };
    },
  };
  const kernel = fakeKernel();
  const session = openSession(kernel, "/pins");
  const clock = testClock();
  const log = createLog({ level: "debug", write: () => {}, time: () => "" }).logger("follow");
  const follow = openFollow({ session, builder: () => builder, cgroup: "/cg", clock, log });
  const names = ["a", "b", "c"];
  const change = async (...updates: readonly Parameters<typeof follow.update>[0][]): Promise<void> => {
    const verdicts = Promise.all(updates.map((one) => follow.update(one)));
    await clock.pass(100);
    assert.equal(
      (await verdicts).map(({ kind }) => kind),
      updates.map(() => "accepted"),
    );
  };
  await change(
    update("cluster", names.map(eds)),
    update(
      "endpoint",
      names.map((name, at) => endpoints(name, `10.1.0.${at}:80`)),
    ),
    update("listener", [listener("l", "10.0.0.1:80", "a")]),
  );
  assert.is(session.generation(), 1);
  // Cells of each form, and one that goes into a generation that was built without it.
  await change(update("endpoint", [endpoints("a", "10.1.0.9:80", "10.1.0.8:80")]));
  await change(
    update(
      "endpoint",
      [endpoints("b", "[::1]:80")].map((one) => JSON.parse(JSON.stringify(one).replace("[::1]", "::1"))),
    ),
  );
  assert.is(session.generation(), 1);
  compiler.hold();
  const structural = follow.update(update("listener", [listener("l", "10.0.0.2:80", "b")]));
  await clock.pass(100);
  const late = follow.update(update("endpoint", [endpoints("c", "10.1.0.7:81")]));
  compiler.go();
  await clock.pass(100);
  assert.equal([(await structural).kind, (await late).kind], ["accepted", "accepted"]);
  assert.is(session.generation(), 2);
  await change(update("cluster", [eds("d")]), update("endpoint", [endpoints("d", "10.1.1.1:80")]));
  await change(update("cluster", [], ["d"]));
  assert.ok(dumpBundle(follow.bundle()!).includes("10.1.0.7"));
  readPublished(kernel, "/pins");
  await follow.close();
  session.close();
  openSession(kernel, "/pins").close();
  assert.ok(given.size > 20);
  for (const [part, before] of given) assert.is(Buffer.compare(part, before), 0);
});

test.run();
