/** The control plane of `make bench-churn`, in a process of its own: what it costs to serve is not the daemon's. */
import { setTimeout as pause } from "node:timers/promises";
import { runPlane } from "../../../runtime/xds/test/plane.ts";
import { type AdsServer, startAdsServer } from "../../../runtime/xds/test/server.ts";
import { churnMesh, endpointOf, flap, flapped, split, splitTo } from "./mesh.ts";
import { startRelay } from "./relay.ts";

export type PlaneCommand =
  /** Changes the endpoint of `flapped` this many times, each so many milliseconds after the one before. */
  | { readonly kind: "flap"; readonly count: number; readonly everyMs: number }
  /** Moves the weight of `split` to a side, and sends every cluster, listener and route again, as istiod does. */
  | { readonly kind: "shift"; readonly side: "left" | "right" }
  /** Changes endpoints of `clusters` in turn, as fast as they are acknowledged, for a time. */
  | { readonly kind: "burst"; readonly clusters: number; readonly ms: number };

export type PlaneAnswer =
  /** When the response of each change was on the daemon's socket: nanoseconds of process.hrtime. */
  | { readonly kind: "sent"; readonly at: readonly bigint[] }
  /** Changes that were acknowledged, and the milliseconds that it took. */
  | { readonly kind: "burst"; readonly acknowledged: number; readonly rejected: number; readonly ms: number };

/** Responses under way at a time in a burst. */
const WINDOW = 64;

const services = Number(process.argv[2]);
const server = await startAdsServer();
let acknowledged = 0;
let onAnswer: (() => void) | undefined;
const plane = runPlane(counted(server));
const mesh = churnMesh(services);
plane.change(mesh);
const relay = await startRelay(server.address);

/** The server, with its acknowledgements counted. */
function counted(server: AdsServer): AdsServer {
  return {
    ...server,
    onStream: (run) =>
      server.onStream((stream) => {
        stream.onRequest(({ response_nonce }) => {
          if (response_nonce === undefined) return;
          acknowledged += 1;
          onAnswer?.();
        });
        run(stream);
      }),
  };
}

async function flapTimes(count: number, everyMs: number): Promise<PlaneAnswer> {
  const contents = Array.from({ length: count }, (_, n) => flap(n));
  const at: bigint[] = [];
  const start = performance.now();
  for (const [n, bytes] of contents.entries()) {
    const written = relay.nextAt();
    plane.change({ endpoint: { [flapped.cluster]: bytes } });
    at.push(await written);
    await pause(Math.max(1, start + (n + 1) * everyMs - performance.now()));
  }
  return { kind: "sent", at };
}

async function shift(side: "left" | "right"): Promise<PlaneAnswer> {
  const before = acknowledged;
  const again = (kind: "cluster" | "listener"): Record<string, Buffer> => Object.fromEntries(plane.resources[kind]);
  const routes = { ...Object.fromEntries(plane.resources.route), [split.routes]: splitTo(side) };
  plane.change({ cluster: again("cluster"), listener: again("listener"), route: routes });
  await answered(() => acknowledged >= before + 3);
  return { kind: "sent", at: [relay.lastAt()] };
}

async function burst(clusters: number, ms: number): Promise<PlaneAnswer> {
  const names = [...plane.resources.endpoint.keys()].filter((name) => name.startsWith("outbound|")).slice(0, clusters);
  const contents = names.map((name) => [endpointOf(name, "127.3.0.1"), endpointOf(name, "127.3.0.2")] as const);
  const [before, refused, start] = [acknowledged, plane.rejections.length, performance.now()];
  let sent = 0;
  while (performance.now() - start < ms) {
    await answered(() => acknowledged - before > sent - WINDOW);
    const turn = sent % names.length;
    plane.change({ endpoint: { [names[turn]!]: contents[turn]![Math.trunc(sent / names.length) % 2]! } });
    sent += 1;
  }
  await answered(() => acknowledged - before >= sent);
  return { kind: "burst", acknowledged: sent, rejected: plane.rejections.length - refused, ms: performance.now() - start };
}

function answered(holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    onAnswer = () => {
      if (!holds()) return;
      onAnswer = undefined;
      resolve();
    };
  });
}

function obey(command: PlaneCommand): Promise<PlaneAnswer> {
  switch (command.kind) {
    case "flap":
      return flapTimes(command.count, command.everyMs);
    case "shift":
      return shift(command.side);
    case "burst":
      return burst(command.clusters, command.ms);
  }
}

process.on("message", (command: PlaneCommand) => void obey(command).then((answer) => process.send!(answer)));
process.on("disconnect", () => process.exit(0));
process.send!(relay.address);
