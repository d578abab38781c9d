/**
 * Random control planes, networks and consumers: resources come, change, flap, break and go; messages are late; streams are cut; verdicts come late
 * and out of order; an earlier process has left versions to fall back to. When all is quiet the client, the consumer and the control plane agree, and nothing has leaked.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LostError } from "../../spill/index.ts";
import { openXdsClient } from "../client.ts";
import { namesOf } from "../names.ts";
import { kinds } from "../protocol.ts";
import type { XdsClient, XdsFallback, XdsKind, XdsMode, XdsUpdate, XdsVerdict } from "../types.ts";
import { type Disk, openDisk } from "./disk.ts";
import { createFakeClock, type FakeClock, settleMicrotasks } from "./fake-clock.ts";
import { createMemoryLink, type MemoryLink } from "./memory-link.ts";
import { cluster, endpoints, listener, route } from "./messages.ts";
import { type Plane, runPlane } from "./plane.ts";

const random = suite("xds: random");

type Dice = (sides: number) => number;

/** mulberry32 */
function diceOf(seed: number): Dice {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

/** Contents numbered `bad` are what the consumer rejects. */
const bad = 3;

const contents: Readonly<Record<XdsKind, (dice: Dice, name: string, content: number) => Buffer>> = {
  cluster: (dice, name, content) => cluster(name, { seconds: content + 1, type: dice(4) === 0 ? 0 : 3, serviceName: `n${dice(4)}` }),
  endpoint: (_, name, content) => endpoints(name, content + 1),
  listener: (dice, name, content) => listener(name, [`n${dice(4)}`, `n${dice(4)}`].slice(dice(3)), `content ${content}`),
  route: (_, name, content) => route(name, `content-${content}`),
};

const badMarks: Readonly<Record<XdsKind, (name: string) => readonly Buffer[]>> = {
  cluster: (name) => [0, 1, 2, 3].flatMap((n) => [0, 3].map((type) => cluster(name, { seconds: bad + 1, type, serviceName: `n${n}` }))),
  endpoint: (name) => [endpoints(name, bad + 1)],
  listener: () => [],
  route: (name) => [route(name, `content-${bad}`)],
};

function isBad(kind: XdsKind, name: string, bytes: Uint8Array): boolean {
  if (kind === "listener") return Buffer.from(bytes).includes(`content ${bad}`);
  return badMarks[kind](name).some((mark) => mark.equals(bytes));
}

interface World {
  readonly plane: Plane;
  readonly link: MemoryLink;
  readonly client: XdsClient;
  readonly clock: FakeClock;
  /** What the consumer has: every update applied in order, bad resources left as they were. */
  readonly state: Readonly<Record<XdsKind, Map<string, Uint8Array>>>;
  readonly undecided: (() => void)[];
  /** Where what is accepted goes; undefined: it stays in memory. */
  readonly disk: Disk | undefined;
}

/** Good versions that an earlier process had, of names that have not come yet. */
type Left = Readonly<Record<XdsKind, Map<string, Buffer>>>;

function leftBehind(dice: Dice): Left {
  const left: Left = { cluster: new Map(), endpoint: new Map(), listener: new Map(), route: new Map() };
  for (const kind of kinds)
    for (const name of ["n0", "n1", "n2", "n3"]) if (dice(3) === 0) left[kind].set(name, contents[kind](dice, name, dice(bad)));
  return left;
}

function openWorld(mode: XdsMode, dice: Dice, hasDisk: boolean): World {
  const clock = createFakeClock();
  const link = createMemoryLink(mode);
  const plane = runPlane(link.server);
  const state = { cluster: new Map(), endpoint: new Map(), listener: new Map(), route: new Map() } as World["state"];
  const undecided: (() => void)[] = [];
  const left = leftBehind(dice);
  const fallback: XdsFallback = (kind, name) => {
    const bytes = left[kind].get(name);
    return bytes && { kind, name, form: "protobuf", bytes };
  };
  const node = { id: "node", metadata: {}, userAgentName: "kmesh", userAgentVersion: "0" };
  const limits = { updatesInFlight: 1 + dice(4), updatesPerSecond: dice(2) === 0 ? 5 : 1000 };
  const disk = hasDisk ? openDisk(() => client.startOver("lost")) : undefined;
  const client = openXdsClient(
    { mode, node, transport: link.transport, clock, limits, fallback, ...(disk && { spill: disk }) },
    {
      onUpdate(update) {
        const verdict = judge(update, state, left, dice);
        return dice(2) === 0 ? verdict : new Promise((resolve) => undecided.push(() => resolve(verdict)));
      },
    },
  );
  return { plane, link, client, clock, state, undecided, disk };
}

function judge({ kind, changed, removed }: XdsUpdate, state: World["state"], left: Left, dice: Dice): XdsVerdict {
  const names: string[] = [];
  const lost: string[] = [];
  for (const [name, body] of changed) {
    const bytes = body.bytes();
    const fallback = left[kind].get(name);
    left[kind].delete(name);
    if (!isBad(kind, name, bytes)) state[kind].set(name, bytes);
    else {
      names.push(name);
      if (fallback && dice(4) === 0) lost.push(name);
      else if (fallback) state[kind].set(name, fallback);
      // One that was lost stays so, whichever verdict comes first.
      else if (!state[kind].has(name)) lost.push(name);
    }
  }
  for (const name of removed) state[kind].delete(name);
  if (names.length === 0) return { kind: "accepted" };
  return { kind: "rejected", names, lost, diagnostics: [{ code: "KM2001", severity: "error", path: `${kind}s`, message: "bad" }] };
}

async function step({ plane, link, clock, undecided, disk }: World, dice: Dice): Promise<void> {
  const letThrough = (queue: (() => void)[]): void => queue.shift()?.();
  switch (dice(10)) {
    case 0:
    case 1: {
      const changes: Partial<Record<XdsKind, Record<string, Buffer | undefined>>> = {};
      for (let i = dice(4); i >= 0; i--) {
        const kind = kinds[dice(4)]!;
        const name = `n${dice(4)}`;
        changes[kind] = { ...changes[kind], [name]: dice(4) === 0 ? undefined : contents[kind](dice, name, dice(5)) };
      }
      plane.change(changes);
      break;
    }
    case 2:
    case 3:
    case 4:
      letThrough(link.toServer);
      break;
    case 5:
    case 6:
    case 7:
      letThrough(link.toClient);
      break;
    case 8:
      undecided.splice(dice(Math.max(1, undecided.length)), 1)[0]?.();
      break;
    case 9:
      if (dice(8) === 0) link.cut();
      else await clock.advance(dice(500));
      await disk?.settle();
  }
  await settleMicrotasks();
}

async function calmDown({ link, clock, undecided }: World): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    const before = link.toServer.length + link.toClient.length + undecided.length;
    while (link.toServer.length + link.toClient.length + undecided.length > 0) {
      link.toServer.shift()?.();
      link.toClient.shift()?.();
      undecided.shift()?.();
      await settleMicrotasks();
    }
    await clock.advance(16_000);
    quiet = before === 0 ? quiet + 1 : 0;
  }
}

/** What a client holds; undefined: it is lost. */
function heldBytes(client: XdsClient, kind: XdsKind, name: string): Uint8Array | undefined {
  try {
    return client.held(kind).get(name);
  } catch (error) {
    assert.instance(error, LostError);
    return undefined;
  }
}

/** Who looks at what is lost finds it out. */
async function lose({ client, disk }: World): Promise<void> {
  await disk?.cut();
  for (const kind of kinds) for (const name of client.held(kind).keys()) heldBytes(client, kind, name);
}

/** What a client holds, by kind. What is lost, and was rejected or removed since, comes no more: the consumer has it. */
function heldOf({ plane, client, state }: World): World["state"] {
  const held = { cluster: new Map(), endpoint: new Map(), listener: new Map(), route: new Map() } as World["state"];
  for (const kind of kinds) {
    for (const name of client.held(kind).keys()) {
      const bytes = heldBytes(client, kind, name);
      const sent = plane.resources[kind].get(name);
      if (!bytes) assert.ok(!sent || isBad(kind, name, sent), `${kind} ${name}: is lost`);
      held[kind].set(name, bytes ?? state[kind].get(name)!);
    }
  }
  return held;
}

function check(world: World): void {
  const { plane, client, state } = world;
  const all = heldOf(world);
  for (const kind of kinds) {
    const held = all[kind];
    assert.equal([...held.keys()].sort(), [...state[kind].keys()].sort(), `${kind}: client and consumer`);
    for (const [name, bytes] of held) assert.is(Buffer.compare(bytes, state[kind].get(name)!), 0, `${kind} ${name}: client and consumer`);
    const status = client.status().kinds[kind];
    assert.is(
      status.heldBytes,
      [...held.values()].reduce((sum, bytes) => sum + bytes.length, 0),
      `${kind}: bytes`,
    );
    assert.is(status.inFlight, 0);
    assert.is(status.awaited, 0);
  }
  const wanted = {
    endpoint: new Set([...all.cluster.values()].flatMap((bytes) => namesOf("cluster", bytes))),
    route: new Set([...all.listener.values()].flatMap((bytes) => namesOf("listener", bytes))),
  };
  for (const kind of kinds) {
    const isAsked = (name: string): boolean => (kind === "endpoint" || kind === "route" ? wanted[kind].has(name) : true);
    for (const [name, bytes] of plane.resources[kind]) {
      if (!isAsked(name)) assert.not(all[kind].has(name), `${kind} ${name}: nothing refers to it`);
      else if (!isBad(kind, name, bytes)) {
        const held = all[kind].get(name);
        assert.ok(held && bytes.equals(held), `${kind} ${name}: client and control plane`);
      }
    }
    for (const name of all[kind].keys()) {
      if (kind === "cluster" || kind === "listener") assert.ok(plane.resources[kind].has(name), `${kind} ${name} is gone`);
      else assert.ok(isAsked(name), `${kind} ${name}: nothing refers to it`);
    }
    if (kind === "endpoint" || kind === "route") assert.is(client.status().kinds[kind].subscribed, wanted[kind].size, `${kind}: names`);
  }
  assert.ok(client.settled());
}

for (const mode of ["sotw", "delta"] as const) {
  random(mode, async () => {
    const rounds = 1000;
    for (let seed = 1; seed <= rounds; seed++) {
      const dice = diceOf(seed);
      const world = openWorld(mode, dice, seed % 3 === 0);
      await world.clock.advance(0);
      try {
        for (let i = 0; i < 120; i++) await step(world, dice);
        if (seed % 2 === 0) await lose(world);
        await calmDown(world);
        check(world);
        world.client.close();
        world.disk?.close();
        assert.is(world.clock.pending(), 0, "timers");
      } catch (error) {
        (error as Error).message = `seed ${seed}: ${(error as Error).message}`;
        throw error;
      }
    }
    console.log(`MEASURED ${rounds} random worlds, ${mode}`);
  });
}

random.run();
