import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Bundle, cellsIn, type RunTable } from "../../../compiler/bundle/format.ts";
import { type MeshWords, meshBundle } from "../../../test/kernel/mesh.ts";
import { changedRuns, compacted } from "../clusters.ts";
import { capacityFor } from "../generation.ts";
import {
  clustersOf,
  emptyState,
  giveRoom,
  type KernelState,
  type Plan,
  plan,
  planRun,
  type Room,
  recordSizeOf,
  roomOf,
  tableId,
  takeRoom,
} from "../index.ts";
import { findRoom } from "../room.ts";

const plans = suite("plan");

const base: MeshWords = {
  clusters: { a: ["127.0.0.1:1"], b: ["127.0.0.1:2", "127.0.0.1:3*3"] },
  services: { "10.0.0.1:80": "a", "10.0.0.2:80": "b" },
};

/** The state after a generation plan was carried out on an empty kernel. */
function running(bundle: Bundle, made: Plan): KernelState {
  if (made.kind !== "generation") throw new Error(made.kind);
  const pools = new Map(
    bundle.manifest.tables.map(({ name }) => {
      const step = made.images.find((image) => image.table === name);
      const slots = [0, 1, 2, 3].map((slot) => {
        const mine = step?.slot === slot;
        const bytes = new Uint8Array(mine ? step.create! * recordSizeOf(name) : 0);
        if (mine) bytes.set(Buffer.concat(step.parts));
        return { use: slot === made.header.slot[tableId(name)] ? "running" : "free", capacity: mine ? step.create! : 0, bytes } as const;
      });
      return [name, slots] as const;
    }),
  );
  const cells = pools.get("cell")!.find((slot) => slot.use === "running")!.bytes;
  const roomIn = (table: RunTable): Room =>
    roomOf(table, cells, cellsIn(made.header), pools.get(table)!.find((slot) => slot.use === "running")!.capacity);
  const { generation } = made.header;
  const headerUse = emptyState.headerUse.map((use, slot) => (slot === made.headerSlot ? "running" : use));
  return {
    ...emptyState,
    headerUse,
    headerSlot: made.headerSlot,
    generation,
    header: made.header,
    pools,
    rooms: { cell: roomIn("cell"), endpoint: roomIn("endpoint") },
    shape: bundle.manifest.shape,
    names: bundle.manifest.names.sha256,
  };
}

plans("the first generation takes every table that has records", async () => {
  const bundle = await meshBundle(base, { noObjects: true });
  const made = plan(emptyState, bundle);
  assert.is(made.kind, "generation");
  if (made.kind !== "generation") return;
  assert.ok(made.load && made.names);
  assert.is(made.header.generation, 1);
  assert.equal(
    made.images.map((image) => image.table),
    bundle.manifest.tables.filter((table) => table.count > 0).map((table) => table.name),
    "and both tables of runs",
  );
  assert.ok(made.images.every((image) => image.create! * recordSizeOf(image.table) >= Buffer.concat(image.parts).length));
});

plans("images may come in several parts", async () => {
  const bundle = await meshBundle(base, { noObjects: true });
  const inRecords = new Map(
    [...bundle.tables].map(([name, parts]) => {
      const size = recordSizeOf(name);
      const bytes = Buffer.concat(parts);
      return [name, Array.from({ length: bytes.length / size }, (_, at) => new Uint8Array(bytes.subarray(at * size, (at + 1) * size)))];
    }),
  );
  assert.ok(inRecords.get("target")!.length > 1);
  const cut: Bundle = { ...bundle, tables: inRecords };
  const state = running(cut, plan(emptyState, cut));
  assert.equal(state, running(bundle, plan(emptyState, bundle)));
  assert.is(plan(state, cut).kind, "unchanged");
  const targets = inRecords.get("target")!;
  const other = targets.with(
    -1,
    targets.at(-1)!.map((byte) => byte ^ 1),
  );
  const made = plan(state, { ...bundle, tables: new Map([...inRecords, ["target", other]]) });
  assert.ok(made.kind === "generation");
  assert.equal(
    made.images.map(({ table, parts }) => [table, parts]),
    [["target", other]],
  );
});

plans("the same again is nothing; another path to the same is nothing", async () => {
  const bundle = await meshBundle(base, { noObjects: true });
  const state = running(bundle, plan(emptyState, bundle));
  assert.is(plan(state, bundle).kind, "unchanged");
});

plans("one cluster is a cell, two are a generation of two tables", async () => {
  const bundle = await meshBundle(base, { noObjects: true });
  const state = running(bundle, plan(emptyState, bundle));
  const one = plan(state, await meshBundle({ ...base, clusters: { ...base.clusters, b: ["127.0.0.1:9"] } }, { noObjects: true }));
  assert.is(one.kind, "cell");
  if (one.kind === "cell") {
    assert.is(one.cluster, 1);
    assert.equal(one.retired, { table: "endpoint", first: 0, count: 2 });
    assert.equal([one.table, one.first], ["cell", 17], "beside its cell");
  }
  const two = plan(state, await meshBundle({ ...base, clusters: { a: ["127.0.0.1:8"], b: ["127.0.0.1:9"] } }, { noObjects: true }));
  assert.is(two.kind, "generation");
  if (two.kind === "generation") {
    assert.not.ok(two.load);
    assert.equal(
      two.images.map((image) => image.table),
      ["cell", "endpoint"],
    );
    assert.ok(two.images.every((image) => image.slot !== state.header!.slot[tableId(image.table)]));
    assert.is.not(two.headerSlot, state.headerSlot);
  }
});

plans("a run goes beside its cell where there is room, else behind all cells", async () => {
  const names = Array.from({ length: 600 }, (_, i) => `c${String(i).padStart(3, "0")}`);
  const clusters = Object.fromEntries(names.map((name, i) => [name, i === 5 ? [] : ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"]]));
  const bundle = await meshBundle({ ...base, clusters, services: { "10.0.0.1:80": "c000" } }, { noObjects: true });
  assert.is(bundle.manifest.header.cellShift, 2);
  const state = running(bundle, plan(emptyState, bundle));
  assert.is(plan(state, bundle).kind, "unchanged");
  const place = (cluster: number, length: number, of = state): number => {
    const made = planRun(of, { cluster, run: new Uint8Array(8 * length), form: "compact" });
    if (made.kind !== "cell") throw new Error(made.kind);
    return made.first;
  };
  const behind = 600 * 4;
  assert.is(place(5, 3), 5 * 4 + 1);
  assert.is(place(5, 4), behind, "too long for the place beside");
  assert.is(place(6, 3), behind, "the place beside is in use");
  const cell = [...state.rooms.cell];
  giveRoom(cell, { first: 6 * 4 + 1, count: 3 });
  const given = { ...state, rooms: { ...state.rooms, cell } };
  assert.is(place(6, 3, given), 6 * 4 + 1, "free after a grace period");
  const full = { ...given, rooms: { ...given.rooms, cell: given.rooms.cell.filter(({ first }) => first < behind) } };
  assert.is(place(7, 2, full), 5 * 4 + 1, "beside another cell before a generation");
  const flat = compacted({ ...state, header: { ...state.header!, cellShift: 0 } });
  assert.is(changedRuns(state, flat), undefined, "cells that lie elsewhere are a generation");
});

plans("what waits is waited for", async () => {
  const bundle = await meshBundle(base, { noObjects: true });
  const state = running(bundle, plan(emptyState, bundle));
  const rooms = { cell: [], endpoint: [] };
  const change = { cluster: 0, run: new Uint8Array(24 * 200), form: "uniform" } as const;
  assert.is(planRun({ ...state, rooms, roomWaits: true }, change).kind, "wait");
  assert.is(planRun(state, change).kind, "generation");
  const busy = { ...state, headerUse: state.headerUse.map(() => "waiting" as const) };
  assert.is(planRun(busy, change).kind, "wait");
});

plans("what an older version left is read, and another form of the same endpoints is a change", async () => {
  const bundle = await meshBundle(base, { noObjects: true });
  const state = running(bundle, plan(emptyState, bundle));
  const count = state.header!.count.map((records, id) => (id === tableId("cell") ? 2 : records));
  assert.is(clustersOf({ ...state.header!, clusters: 0, count }), 2);
  const wide = { cluster: 0, run: new Uint8Array(24), form: "uniform" } as const;
  assert.is(compacted(state, wide).tables.find(({ name }) => name === "endpoint")!.count, 3);
  assert.is(changedRuns(state, compacted(state, wide))!.length, 1);
});

plans("capacities leave at most a quarter unused and grow", () => {
  let last = 0;
  for (let count = 0; count < 5000; count++) {
    const capacity = capacityFor(count);
    assert.ok(capacity >= count && capacity >= last && (count < 8 || capacity <= count * 1.25 + 1), `${count} -> ${capacity}`);
    last = capacity;
  }
});

plans("room: random takes and gives against a plain set", () => {
  const size = 200;
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (seed >>> 8) % below;
  };
  const room = [{ first: 0, count: size }];
  const taken: { readonly first: number; readonly count: number }[] = [];
  for (let step = 0; step < 5000; step++) {
    if (taken.length === 0 || random(2) === 0) {
      const count = 1 + random(9);
      const first = findRoom(room, count);
      if (first === undefined) continue;
      takeRoom(room, first, count);
      taken.push({ first, count });
    } else {
      giveRoom(room, taken.splice(random(taken.length), 1)[0]!);
    }
    const free = new Array<number>(size).fill(0);
    for (const { first, count } of [...room, ...taken]) for (let i = first; i < first + count; i++) free[i]!++;
    assert.ok(
      free.every((n) => n === 1),
      "each record is in one place",
    );
    for (let i = 1; i < room.length; i++) assert.ok(room[i - 1]!.first + room[i - 1]!.count < room[i]!.first, "intervals do not touch");
  }
});

plans.run();
