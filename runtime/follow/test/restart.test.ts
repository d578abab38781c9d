/** A resource is rejected, the daemon is killed, and the control plane still has the bad version when the next one starts. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { XdsKind } from "../../../compiler/decode/index.ts";
import { KernelError } from "../../kernel/error.ts";
import type { XdsMode } from "../../xds/index.ts";
import { badPort, badSeconds, calm, change, cluster, endpoints, kept, kill, listener, newWorld, start, text, type World } from "./world.ts";

const restart = suite("follow: restart");

const good = {
  cluster: { a: cluster("a", "old"), b: cluster("b", "b") },
  endpoint: { old: endpoints("old", "10.1.0.1"), new: endpoints("new", "10.1.0.9"), b: endpoints("b", "10.1.0.2") },
  listener: { la: listener("la", "10.0.0.1", "a"), lb: listener("lb", "10.0.0.2", "b") },
};

/** By kind: what is rejected, and what is accepted after it. */
const cases: readonly { readonly kind: XdsKind; readonly name: string; readonly bad: Buffer; readonly better: Buffer }[] = [
  { kind: "cluster", name: "a", bad: cluster("a", "new", badSeconds), better: cluster("a", "new") },
  { kind: "endpoint", name: "old", bad: endpoints("old", "10.1.0.3", badPort), better: endpoints("old", "10.1.0.3") },
  { kind: "listener", name: "la", bad: listener("la", "10.0.0.1", "b", true), better: listener("la", "10.0.0.1", "b") },
];

/** The good mesh, then the bad version, then a kill. */
async function killedInTrouble(mode: XdsMode, { kind, name, bad }: (typeof cases)[number]): Promise<World & { readonly before: string }> {
  const world = newWorld(mode);
  world.plane.change(good);
  const daemon = await start(world);
  const before = text(daemon);
  assert.equal(kept(world), []);
  await change(world, daemon, { [kind]: { [name]: bad } });
  assert.is(world.plane.rejections.length, 1);
  assert.is(text(daemon), before);
  assert.equal(kept(world), [`${kind} ${name}`]);
  kill(world);
  return { ...world, before };
}

for (const mode of ["sotw", "delta"] as const) {
  restart(`${mode}: where the first state is rejected as a whole, a part that comes after it is not taken for all`, async () => {
    const world = newWorld(mode);
    world.plane.change(good);
    const daemon = await start(world, 0, new KernelError("verifier", "no"));
    assert.ok(world.plane.rejections.length > 0, "the control plane is told");
    await change(world, daemon, { endpoint: { old: endpoints("old", "10.1.0.7") } });
    assert.is(daemon.session.applied.length, 0);
    await daemon.clock.pass(1000);
    for (let i = 0; i < 100 && daemon.session.applied.length === 0; i++) await daemon.clock.pass(100).then(() => calm(world, daemon));
    assert.is(daemon.session.applied.length, 1);
    for (const part of ["10.0.0.1", "10.0.0.2", "10.1.0.7", "10.1.0.2"]) assert.ok(text(daemon).includes(part), part);
  });

  restart(`${mode}: a control plane without resources gives an empty generation; one that is silent gives none`, async () => {
    const world = newWorld(mode);
    const daemon = await start(world);
    assert.is(daemon.session.applied.length, 1);
    assert.equal(daemon.follow.status().resources, { cluster: 0, endpoint: 0, listener: 0, route: 0 });
    await change(world, daemon, good);
    assert.match(text(daemon), "10.1.0.1");

    const silent = newWorld(mode);
    silent.link.server.onStream(() => {});
    const waiting = await start(silent);
    await waiting.clock.pass(60_000);
    assert.ok(waiting.client.settled());
    assert.is(waiting.session.applied.length, 0);
  });

  for (const one of cases) {
    const { kind, name, better } = one;
    restart(`${mode}: the last good version of a rejected ${kind} serves on`, async () => {
      const { before, ...world } = await killedInTrouble(mode, one);
      const daemon = await start(world);
      assert.is(text(daemon), before);
      assert.is(world.plane.rejections.length, 2, "it is rejected again");
      assert.is(world.plane.rejections[1]!.kind, kind);
      assert.is(daemon.client.status().kinds.endpoint.subscribed, 2, "the endpoints of what serves");
      assert.equal(kept(world), [`${kind} ${name}`]);
      // Once more, and then all is well.
      kill(world);
      const third = await start(world);
      assert.is(text(third), before);
      await change(world, third, { [kind]: { [name]: better } });
      assert.is.not(text(third), before);
      assert.equal(third.client.status().kinds[kind].lastRejection, []);
      await third.clock.pass(1000);
      assert.equal(kept(world), []);
    });
  }

  restart(`${mode}: the last good version of what the client itself refuses serves on`, async () => {
    const world = { ...newWorld(mode), limits: { heldBytes: 1000 } };
    const huge = cluster("a", "x".repeat(1000));
    world.plane.change(good);
    const daemon = await start(world);
    const before = text(daemon);
    await change(world, daemon, { cluster: { a: huge } });
    assert.match(world.plane.rejections[0]!.text, "KM7017");
    assert.equal(kept(world), ["cluster a"]);
    for (let restarts = 0; restarts < 2; restarts++) {
      kill(world);
      const next = await start(world);
      assert.is(text(next), before);
      await next.clock.pass(1000);
      assert.equal(kept(world), ["cluster a"], "the newest version is still refused");
    }
    kill(world);
    const last = await start(world);
    await change(world, last, { cluster: { a: cluster("a", "new") } });
    assert.is.not(text(last), before);
    await last.clock.pass(1000);
    assert.equal(kept(world), []);
  });

  restart(`${mode}: the good version itself is news after a restart, and ends it`, async () => {
    const { before, ...world } = await killedInTrouble(mode, cases[0]!);
    world.plane.change({ cluster: { a: good.cluster.a } });
    const daemon = await start(world);
    assert.is(text(daemon), before);
    assert.is(world.plane.rejections.length, 1);
    await daemon.clock.pass(1000);
    assert.equal(kept(world), []);
  });

  restart(`${mode}: a resource that the control plane has removed meanwhile is not brought back`, async () => {
    const world = await killedInTrouble(mode, cases[0]!);
    world.plane.change({ cluster: { a: undefined } });
    const daemon = await start(world);
    assert.not.match(text(daemon), "10.1.0.1");
    assert.equal(kept(world), []);
  });

  restart(`${mode}: one that is removed after the restart goes`, async () => {
    const world = await killedInTrouble(mode, cases[0]!);
    const daemon = await start(world);
    await change(world, daemon, { cluster: { a: undefined } });
    assert.not.match(text(daemon), "10.1.0.1");
    await daemon.clock.pass(1000);
    assert.equal(kept(world), []);
    assert.is(daemon.client.status().kinds.endpoint.subscribed, 1);
  });
}

restart("endpoints of a mesh that runs already, which come late with a bad version, go back too", async () => {
  const { before, ...world } = await killedInTrouble("sotw", cases[1]!);
  world.plane.change({ endpoint: { old: undefined } });
  const daemon = await start(world);
  // Until the client goes on without an answer.
  await daemon.clock.pass(15_000);
  assert.not.match(text(daemon), "10.1.0.1");
  assert.equal(kept(world), ["endpoint old"], "it is referred to, and may come");
  await change(world, daemon, { endpoint: { old: cases[1]!.bad } });
  assert.is(text(daemon), before);
});

restart("a last good version that can't be used any more is told, and its name is left out", async () => {
  const world = newWorld("sotw");
  world.file.write([{ kind: "cluster", name: "a", form: "protobuf", bytes: cluster("a", "old", badSeconds) }]);
  world.plane.change({ ...good, cluster: { ...good.cluster, a: cases[0]!.bad } });
  const daemon = await start(world);
  assert.match(daemon.lines.join("\n"), "KM6306");
  assert.equal(daemon.follow.status().resources.cluster, 1);
  assert.not(daemon.client.held("cluster").has("a"));
  await daemon.clock.pass(1000);
  assert.equal(kept(world), []);
});

restart.run();
