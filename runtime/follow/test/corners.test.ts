/**
 * The protocol's corners, seen from the kernel: whatever order things come in, however fast they flap and wherever the stream breaks, only whole
 * generations are applied, and the last one is what the control plane has.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Bundle } from "../../../compiler/bundle/format.ts";
import { dumpBundle } from "../../../compiler/index.ts";
import { kinds } from "../batch.ts";
import {
  badSeconds,
  calm,
  change,
  cluster,
  type Daemon,
  endpoints,
  kept,
  kill,
  listener,
  newWorld,
  start,
  text,
  type World,
} from "./world.ts";

const corners = suite("follow: corners");

const good = {
  cluster: { a: cluster("a", "a") },
  endpoint: { a: endpoints("a", "10.1.0.1") },
  listener: { la: listener("la", "10.0.0.1", "a") },
};

const second = {
  cluster: { b: cluster("b", "b") },
  endpoint: { b: endpoints("b", "10.1.0.2") },
  listener: { lb: listener("lb", "10.0.0.2", "b") },
};

/** Applied bundles in words; cells are left out. */
const generations = ({ session }: Daemon): readonly string[] =>
  session.applied.flatMap((applied) => ("manifest" in applied ? [dumpBundle(applied as Bundle)] : []));

/** Every generation that has the second listener knows where its connections go. */
function assertWhole(daemon: Daemon): void {
  for (const one of generations(daemon)) assert.ok(!one.includes("10.0.0.2") || one.includes("10.1.0.2"), "a listener without endpoints");
}

/** What comes from the control plane in ten milliseconds. */
async function tick({ link }: World, { clock }: Daemon): Promise<void> {
  while (link.toServer.length + link.toClient.length > 0) {
    link.toServer.shift()?.();
    link.toClient.shift()?.();
  }
  await clock.pass(10);
}

async function running(mode: "sotw" | "delta", buildMs = 0): Promise<World & { readonly daemon: Daemon }> {
  const world = newWorld(mode);
  world.plane.change(good);
  const daemon = await start(world, buildMs);
  await daemon.clock.pass(1000);
  assert.is(generations(daemon).length, 1);
  return { ...world, daemon };
}

function assertQuiet({ client, follow }: Daemon): void {
  for (const kind of kinds) assert.is(client.status().kinds[kind].inFlight, 0, `${kind}: every update has its verdict`);
  assert.not(follow.status().building);
  assert.not(follow.status().behind);
}

for (const mode of ["sotw", "delta"] as const) {
  corners(`${mode}: listeners of a push come before the endpoints of its clusters`, async () => {
    const { daemon, ...world } = await running(mode);
    world.plane.change({ cluster: second.cluster });
    world.plane.change({ listener: second.listener });
    // Both are there, and the endpoints are asked for; their answer is late.
    while (world.link.toClient.length > 0) world.link.toClient.shift()!();
    await daemon.clock.pass(5000);
    assert.is(generations(daemon).length, 1, "nothing is applied in between");
    world.plane.change({ endpoint: second.endpoint });
    await calm(world, daemon);
    assertWhole(daemon);
    assert.match(text(daemon), "10.1.0.2");
    assertQuiet(daemon);
  });

  corners(`${mode}: the stream breaks between the responses of a push`, async () => {
    const { daemon, ...world } = await running(mode);
    const before = text(daemon);
    world.plane.change(second);
    world.link.toClient.shift()!();
    await daemon.clock.pass(100);
    world.link.cut();
    assert.is(text(daemon), before);
    await daemon.clock.pass(1000);
    await calm(world, daemon);
    assertWhole(daemon);
    assert.match(text(daemon), "10.1.0.2");
    assertQuiet(daemon);
  });
}

corners("endpoints flap 100 times a second for a minute: cells, and no generation", async () => {
  const { daemon, ...world } = await running("delta");
  for (let i = 0; i < 6000; i++) {
    world.plane.change({ endpoint: { a: endpoints("a", `10.1.${i % 2}.${2 + (i % 200)}`) } });
    await tick(world, daemon);
  }
  await calm(world, daemon);
  assert.is(generations(daemon).length, 1);
  assert.is(daemon.follow.status().numbers.applied.cell.count, 6000);
  assert.match(text(daemon), `10.1.1.${2 + (5999 % 200)}`);
  assertQuiet(daemon);
});

corners("a service flaps 100 times a second for a minute: as many generations as builds have time for", async () => {
  const buildMs = 500;
  const { daemon, ...world } = await running("sotw", buildMs);
  const none = { cluster: { b: undefined }, listener: { lb: undefined } };
  world.plane.change({ endpoint: second.endpoint });
  for (let i = 0; i < 6000; i++) {
    world.plane.change(i % 2 === 0 ? { cluster: second.cluster, listener: second.listener } : none);
    await tick(world, daemon);
  }
  world.plane.change(second);
  await calm(world, daemon);
  await daemon.clock.pass(5000);
  await calm(world, daemon);
  assertWhole(daemon);
  assert.ok(generations(daemon).length <= 60_000 / buildMs + 10, `${generations(daemon).length} generations`);
  assert.match(text(daemon), "10.1.0.2");
  assertQuiet(daemon);
});

corners("good and bad versions flap for a minute: ten NACKs and one write of the file a second at most, the good one runs", async () => {
  const { daemon, ...world } = await running("sotw", 200);
  const before = text(daemon);
  for (let i = 0; i < 6000; i++) {
    world.plane.change({ cluster: { a: i % 2 === 0 ? cluster("a", "a", badSeconds) : good.cluster.a } });
    await tick(world, daemon);
  }
  await calm(world, daemon);
  await daemon.clock.pass(2000);
  await calm(world, daemon);
  assert.is(text(daemon), before);
  assert.ok(world.plane.rejections.length > 0 && world.plane.rejections.length <= 620, `${world.plane.rejections.length} rejections`);
  assert.ok(world.file.written.length <= 62, `${world.file.written.length} writes`);
  assertQuiet(daemon);
  await change(world, daemon, { cluster: { a: cluster("a", "a", 2) } });
  await daemon.clock.pass(1000);
  assert.equal(kept(world), []);
  kill(world);
});

corners.run();
