/**
 * Client, follower and compiler with a control plane in this process; messages and time pass when a test says so. A daemon can be killed and started
 * again: control plane and state file go on.
 */
import protobuf from "protobufjs/light.js";
import { protoSubset } from "../../../compiler/decode/index.ts";
import { dumpBundle } from "../../../compiler/index.ts";
import { createLog } from "../../log/index.ts";
import { openXdsClient, type XdsClient, type XdsLimits, type XdsMode } from "../../xds/index.ts";
import { messageTypes } from "../../xds/protocol.ts";
import { createMemoryLink, type MemoryLink } from "../../xds/test/memory-link.ts";
import { type Plane, runPlane } from "../../xds/test/plane.ts";
import { createFallbacks } from "../fallbacks.ts";
import { createFollow, type Follow } from "../follow.ts";
import type { Builder } from "../types.ts";
import {
  type TestClock,
  type TestFallbacksFile,
  type TestSession,
  testBuilder,
  testClock,
  testFallbacksFile,
  testResolver,
  testSession,
} from "./mesh.ts";

const proxyType = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
const root = protobuf.Root.fromJSON(protoSubset([...Object.values(messageTypes), proxyType]) as protobuf.INamespace);

function encode(type: string, message: object): Buffer {
  return Buffer.from(root.lookupType(type).encode(message).finish());
}

const address = (ip: string, port: number): object => ({ socket_address: { address: ip, port_value: port } });

/** `service`: the name of its endpoints. */
export function cluster(name: string, service: string, seconds = 1): Buffer {
  const edsConfig = { eds_config: { ads: {}, resource_api_version: 2 }, service_name: service };
  return encode(messageTypes.cluster, { name, type: 3, connect_timeout: { seconds }, eds_cluster_config: edsConfig });
}

/** Time that runs backwards is refused by the protos' rules. */
export const badSeconds = -1;

export function endpoints(name: string, ip: string, port = 80): Buffer {
  return encode(messageTypes.endpoint, {
    cluster_name: name,
    endpoints: [{ lb_endpoints: [{ endpoint: { address: address(ip, port) } }] }],
  });
}

export const badPort = 99_999;

export function listener(name: string, ip: string, to: string, isBad = false): Buffer {
  const value = encode(proxyType, { stat_prefix: "tcp", cluster: to });
  const typed = { type_url: `type.googleapis.com/${proxyType}`, value };
  const filters = [{ name: "envoy.filters.network.tcp_proxy", typed_config: typed }];
  return encode(messageTypes.listener, { name, ...(!isBad && { address: address(ip, 80) }), filter_chains: [{ filters }] });
}

/** What of the world outlives a daemon. */
export interface World {
  readonly mode: XdsMode;
  readonly link: MemoryLink;
  readonly plane: Plane;
  readonly file: TestFallbacksFile;
  /** Of the client, where they are not the defaults. */
  readonly limits?: Partial<XdsLimits>;
}

export interface Daemon {
  readonly follow: Follow;
  readonly session: TestSession;
  readonly client: XdsClient;
  readonly clock: TestClock;
  readonly lines: readonly string[];
}

export function newWorld(mode: XdsMode): World {
  const link = createMemoryLink(mode);
  return { mode, link, plane: runPlane(link.server), file: testFallbacksFile() };
}

/**
 * @param buildMs how long a build takes
 * @param problem the first apply fails with it
 */
export async function start(world: World, buildMs = 0, problem?: Error): Promise<Daemon> {
  const { mode, link, file, limits = {} } = world;
  const clock = testClock();
  const lines: string[] = [];
  const log = createLog({ level: "info", write: (line) => lines.push(line), time: () => "" }).logger("follow");
  const fallbacks = createFallbacks({ file, clock, log });
  const session = testSession();
  if (problem) session.failNext(problem);
  const builder = testBuilder();
  const slow: Builder = {
    ...builder,
    async build(request) {
      const result = await builder.build(request);
      await new Promise<void>((resolve) => void clock.timer(buildMs, resolve));
      return result;
    },
  };
  const follow = createFollow({
    session,
    builder: () => (buildMs > 0 ? slow : builder),
    resolver: testResolver().forFollow,
    fallbacks,
    cgroup: "/cgroup",
    clock,
    settled: () => client.settled(),
    expects: (kind, name) => client.expects(kind, name),
    startOver: (why) => client.startOver(why),
    log,
  });
  const node = { id: "node", metadata: {}, userAgentName: "kmesh", userAgentVersion: "0" };
  const client = openXdsClient(
    { mode, node, transport: link.transport, clock: { ...clock, random: () => 0 }, limits, fallback: fallbacks.earlier },
    { onUpdate: (update) => follow.update(update), onSettled: () => follow.settled() },
  );
  const daemon = { follow, session, client, clock, lines };
  await calm(world, daemon);
  return daemon;
}

/** Lets every message through, and what follows from it. */
export async function calm({ link }: World, { clock }: Daemon): Promise<void> {
  await clock.pass(10);
  while (link.toServer.length + link.toClient.length > 0) {
    link.toServer.shift()?.();
    link.toClient.shift()?.();
    await clock.pass(20);
  }
}

/** As SIGKILL: what is not on disk is gone. */
export function kill({ link }: World): void {
  link.cut();
}

export async function change(world: World, daemon: Daemon, changes: Parameters<Plane["change"]>[0]): Promise<void> {
  world.plane.change(changes);
  await calm(world, daemon);
}

export const text = ({ follow }: Daemon): string => dumpBundle(follow.bundle()!);

export const kept = ({ file }: World): readonly string[] => file.read().resources.map(({ kind, name }) => `${kind} ${name}`);
