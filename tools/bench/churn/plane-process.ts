/**
 * The control plane of `make bench-churn`, and its client: one process, so that a change is sent and looked for by one thread on one clock. It
 * runs in the namespace and the cgroup whose connections the daemon steers.
 */
import { setTimeout as pause } from "node:timers/promises";
import { churnMesh, endpointOf, flap, flapped, flappedAt, split, splitTo } from "./mesh.ts";
import { startChangingPlane } from "./plane.ts";
import { createProbe } from "./probe.ts";
import { startRelay } from "./relay.ts";

export type PlaneCommand =
  /** Changes the endpoint of `flapped` this many times, each so many milliseconds after the one before. */
  | { readonly kind: "flap"; readonly count: number; readonly everyMs: number }
  /** Moves the weight of `split` to a side, and sends every cluster, listener and route again, as istiod does. */
  | { readonly kind: "shift"; readonly side: "left" | "right" }
  /** Changes endpoints of `clusters` in turn, as fast as they are acknowledged, for a time. */
  | { readonly kind: "burst"; readonly clusters: number; readonly ms: number };

/** Times in milliseconds. */
export type PlaneAnswer =
  | {
      readonly kind: "seen";
      /** Of each change: from its last bytes on the daemon's socket until a connection had landed where it says. */
      readonly times: readonly number[];
      /** Changes that no connection landed at, because the next one was seen first; their times end there. */
      readonly overtaken: number;
    }
  /** Changes that were acknowledged, and how long it took. */
  | { readonly kind: "burst"; readonly acknowledged: number; readonly ms: number };

/** Responses under way at a time in a burst. */
const WINDOW = 64;
/** Milliseconds that the last changes get to be seen. */
const PATIENCE = 10_000;

const services = Number(process.argv[2]);
const mesh = churnMesh(services);
const plane = await startChangingPlane(mesh);
const relay = await startRelay(plane.address);
let routes = mesh.route;

async function flapTimes(count: number, everyMs: number): Promise<PlaneAnswer> {
  const contents = Array.from({ length: count }, (_, n) => flap(n));
  const numbers = new Map(contents.map((_, n) => [ipOf(flappedAt(n)), n]));
  const written: bigint[] = [];
  const times: number[] = [];
  let overtaken = 0;
  const probe = createProbe([ipOf(flapped.address), flapped.port], (ip, when) => {
    // -1: where the service went before the first change.
    const at = numbers.get(ip) ?? -1;
    while (times.length <= at) {
      if (times.length < at) overtaken += 1;
      times.push(milliseconds(when - written[times.length]!));
    }
    return times.length < written.length;
  });
  let onWritten = (): void => {};
  let sent = 0;
  relay.onWritten = (at) => {
    // A response may come in two parts, or behind other frames: the last part counts, if nothing has landed yet.
    if (written.length < sent) written.push(at);
    else if (times.length < sent) written[sent - 1] = at;
    onWritten();
    probe.look();
  };
  const start = performance.now();
  for (const [n, bytes] of contents.entries()) {
    const isWritten = new Promise<void>((resolve) => {
      onWritten = resolve;
    });
    sent++;
    plane.send("endpoint", { [flapped.cluster]: bytes });
    await isWritten;
    await pause(Math.max(1, start + (n + 1) * everyMs - performance.now()));
  }
  for (const end = performance.now() + PATIENCE; times.length < count && performance.now() < end; ) await pause(everyMs);
  relay.onWritten = () => {};
  if (times.length < count) throw new Error(`${count} changes, ${times.length} seen`);
  return { kind: "seen", times, overtaken };
}

async function shift(side: "left" | "right"): Promise<PlaneAnswer> {
  routes = { ...routes, [split.routes]: splitTo(side) };
  let last = 0n;
  relay.onWritten = (at) => {
    last = at;
  };
  plane.send("cluster", mesh.cluster);
  plane.send("listener", mesh.listener);
  plane.send("route", routes);
  const landed = await new Promise<bigint>((resolve) => {
    const probe = createProbe([ipOf(split.address), split.port], (ip, when) => {
      if (ip !== ipOf(split[side])) return true;
      resolve(when);
      return false;
    });
    probe.look();
  });
  await plane.until(() => (["cluster", "listener", "route"] as const).every((kind) => plane.unanswered(kind) === 0));
  relay.onWritten = () => {};
  return { kind: "seen", times: [milliseconds(landed - last)], overtaken: 0 };
}

async function burst(clusters: number, ms: number): Promise<PlaneAnswer> {
  const names = Object.keys(mesh.endpoint)
    .filter((name) => name.startsWith("outbound|"))
    .slice(0, clusters);
  const contents = names.map((name) => [endpointOf(name, "127.3.0.1"), endpointOf(name, "127.3.0.2")] as const);
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < ms) {
    await plane.until(() => plane.unanswered("endpoint") < WINDOW);
    const turn = sent % names.length;
    plane.send("endpoint", { [names[turn]!]: contents[turn]![Math.trunc(sent / names.length) % 2]! });
    sent += 1;
  }
  await plane.until(() => plane.unanswered("endpoint") === 0);
  return { kind: "burst", acknowledged: sent, ms: performance.now() - start };
}

async function obey(command: PlaneCommand): Promise<PlaneAnswer> {
  switch (command.kind) {
    case "flap":
      return flapTimes(command.count, command.everyMs);
    case "shift":
      return shift(command.side);
    case "burst":
      return burst(command.clusters, command.ms);
  }
}

function ipOf(text: string): number {
  return text.split(".").reduce((ip, part) => ip * 256 + Number(part), 0);
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}

process.on("message", async (command: PlaneCommand) => {
  const answer = await obey(command);
  if (plane.rejections() > 0) throw new Error(`${plane.rejections()} responses were rejected`);
  process.send!(answer);
});
process.on("disconnect", () => process.exit(0));
process.send!(relay.address);
