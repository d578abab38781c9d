/**
 * A resource is rejected, the daemon is killed, and the control plane still has the bad version when the next one starts: client, follower, compiler
 * and the file between the two, with a control plane in this process and no time that passes by itself.
 */
import protobuf from "protobufjs/light.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { protoSubset, type XdsKind } from "../../../compiler/decode/index.ts";
import { dumpBundle } from "../../../compiler/index.ts";
import { createLog } from "../../log/index.ts";
import { openXdsClient, type XdsClient, type XdsMode } from "../../xds/index.ts";
import { messageTypes } from "../../xds/protocol.ts";
import { createMemoryLink, type MemoryLink } from "../../xds/test/memory-link.ts";
import { type Plane, runPlane } from "../../xds/test/plane.ts";
import { createFallbacks } from "../fallbacks.ts";
import { createFollow, type Follow } from "../follow.ts";
import { type TestClock, type TestFallbacksFile, testBuilder, testClock, testFallbacksFile, testResolver, testSession } from "./mesh.ts";

const restart = suite("follow: restart");

const proxyType = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
const root = protobuf.Root.fromJSON(protoSubset([...Object.values(messageTypes), proxyType]) as protobuf.INamespace);

function encode(type: string, message: object): Buffer {
  return Buffer.from(root.lookupType(type).encode(message).finish());
}

const address = (ip: string, port: number): object => ({ socket_address: { address: ip, port_value: port } });

/** `service`: the name of its endpoints. */
function cluster(name: string, service: string, seconds = 1): Buffer {
  const edsConfig = { eds_config: { ads: {}, resource_api_version: 2 }, service_name: service };
  return encode(messageTypes.cluster, { name, type: 3, connect_timeout: { seconds }, eds_cluster_config: edsConfig });
}

/** Time that runs backwards is refused by the protos' rules. */
const badSeconds = -1;

function endpoints(name: string, ip: string, port = 80): Buffer {
  return encode(messageTypes.endpoint, {
    cluster_name: name,
    endpoints: [{ lb_endpoints: [{ endpoint: { address: address(ip, port) } }] }],
  });
}

const badPort = 99_999;

function listener(name: string, ip: string, to: string, isBad = false): Buffer {
  const value = encode(proxyType, { stat_prefix: "tcp", cluster: to });
  const typed = { type_url: `type.googleapis.com/${proxyType}`, value };
  const filters = [{ name: "envoy.filters.network.tcp_proxy", typed_config: typed }];
  return encode(messageTypes.listener, { name, ...(!isBad && { address: address(ip, 80) }), filter_chains: [{ filters }] });
}

/** What of the world outlives a daemon. */
interface World {
  readonly mode: XdsMode;
  readonly link: MemoryLink;
  readonly plane: Plane;
  readonly file: TestFallbacksFile;
}

interface Daemon {
  readonly follow: Follow;
  readonly client: XdsClient;
  readonly clock: TestClock;
  readonly lines: readonly string[];
}

function newWorld(mode: XdsMode): World {
  const link = createMemoryLink(mode);
  return { mode, link, plane: runPlane(link.server), file: testFallbacksFile() };
}

async function start(world: World): Promise<Daemon> {
  const { mode, link, file } = world;
  const clock = testClock();
  const lines: string[] = [];
  const log = createLog({ level: "info", write: (line) => lines.push(line), time: () => "" }).logger("follow");
  const fallbacks = createFallbacks({ file, clock, log });
  const builder = testBuilder();
  const follow = createFollow({
    session: testSession(),
    builder: () => builder,
    resolver: testResolver().forFollow,
    fallbacks,
    cgroup: "/cgroup",
    clock,
    settled: () => client.settled(),
    expects: (kind, name) => client.expects(kind, name),
    log,
  });
  const node = { id: "node", metadata: {}, userAgentName: "kmesh", userAgentVersion: "0" };
  const client = openXdsClient(
    { mode, node, transport: link.transport, clock: { ...clock, random: () => 0 }, fallback: fallbacks.earlier },
    { onUpdate: (update) => follow.update(update), onSettled: () => follow.settled() },
  );
  const daemon = { follow, client, clock, lines };
  await calm(world, daemon);
  return daemon;
}

/** Lets every message through, and what follows from it. */
async function calm({ link }: World, { clock }: Daemon): Promise<void> {
  await clock.pass(10);
  while (link.toServer.length + link.toClient.length > 0) {
    link.toServer.shift()?.();
    link.toClient.shift()?.();
    await clock.pass(20);
  }
}

/** As SIGKILL: what is not on disk is gone. */
function kill({ link }: World): void {
  link.cut();
}

async function change(world: World, daemon: Daemon, changes: Parameters<Plane["change"]>[0]): Promise<void> {
  world.plane.change(changes);
  await calm(world, daemon);
}

const text = ({ follow }: Daemon): string => dumpBundle(follow.bundle()!);

const kept = ({ file }: World): readonly string[] => file.read().resources.map(({ kind, name }) => `${kind} ${name}`);

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
