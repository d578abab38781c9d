import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createDecoder, readRawResources, type XdsRawResource } from "../../../compiler/decode/index.ts";
import { Collector } from "../../../compiler/diag/index.ts";
import { packageRoot } from "../../../compiler/package-root.ts";
import { encodeResponses } from "../../../tools/bench/encode.ts";
import { syntheticMesh } from "../../../tools/bench/synthetic-mesh.ts";
import { type CompiledMesh, createMesh, type RejectedMesh } from "../mesh.ts";
import { type Change, keyOf } from "../types.ts";

const incremental = suite("incremental");

/** Everything that the compile of a mesh gives, in a form that can be compared byte by byte. */
function contentOf(meshed: CompiledMesh): Record<string, unknown> {
  const { compiled, model, diagnostics, clusters, assignments, hostnames } = meshed;
  const images = [...compiled.images.values()].map(({ table, count, recordSize, parts }) => {
    return `${table} ${count} ${recordSize} ${Buffer.concat(parts).toString("hex")}`;
  });
  const told = diagnostics.map((one) => JSON.stringify(one));
  const { header, names, shape } = compiled;
  return { images, header, names, shape, model, clusters, assignments, hostnames, diagnostics: told.sort() };
}

/** The same resources, compiled from nothing. */
function fresh(accepted: ReadonlyMap<string, Change>): CompiledMesh | RejectedMesh {
  return createMesh().compile({ known: [...accepted.values()], changes: [] });
}

/** mulberry32: tests repeat. */
function dice(seed: number): (sides: number) => number {
  let a = seed;
  return (sides) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

/** Versions of resources. */
type Pool = readonly (readonly XdsRawResource[])[];

/** By kind and name. */
function poolOf(resources: Iterable<XdsRawResource>): Pool {
  const pool = new Map<string, XdsRawResource[]>();
  for (const raw of resources) {
    const key = keyOf(raw.kind, raw.name);
    const versions = pool.get(key);
    if (versions) versions.push(raw);
    else pool.set(key, [raw]);
  }
  return [...pool.values()];
}

function inFixture(name: string): readonly XdsRawResource[] {
  const bytes = readFileSync(join(packageRoot, "fixtures", name, "snapshot.json"));
  return readRawResources([{ name: "snapshot.json", bytes }], new Collector());
}

/** So large that lists have several chunks; services differ from version to version. */
function largePool(): Pool {
  const sizes = [
    { services: 400, endpointsPerService: 2 },
    { services: 390, endpointsPerService: 1 },
  ];
  return poolOf(sizes.flatMap((size) => readRawResources(encodeResponses(syntheticMesh(size)), new Collector())));
}

const usable = readdirSync(join(packageRoot, "fixtures")).filter((name) => !/^(realistic|limit|hostile)/.test(name));

function walk(roll: (sides: number) => number, steps: number, pool: Pool, atOnce: (step: number) => number): void {
  const mesh = createMesh(createDecoder());
  let accepted = new Map<string, Change>();
  for (let step = 0; step < steps; step++) {
    const touched = new Set(Array.from({ length: atOnce(step) }, () => pool[roll(pool.length)]!));
    const changes = [...touched].map((versions): Change => {
      const { kind, name, ...content } = versions[roll(versions.length)]!;
      if (roll(4) === 0) return { kind, name, resource: undefined };
      if (roll(12) === 0) return { kind, name, resource: { kind, name, ...content, bytes: content.bytes.slice(1) } };
      return { kind, name, resource: { kind, name, ...content } };
    });
    const meshed = mesh.compile({ known: [], changes });
    const before = new Map(accepted);
    if (meshed.kind === "compiled") {
      const rejected = new Set(meshed.rejected.map(({ kind, name }) => keyOf(kind, name)));
      for (const change of changes)
        if (!rejected.has(keyOf(change.kind, change.name))) accepted.set(keyOf(change.kind, change.name), change);
      const again = fresh(accepted);
      assert.is(again.kind, "compiled");
      const [got, want] = [contentOf(meshed), contentOf(again as CompiledMesh)];
      for (const part of Object.keys(want)) assert.is(JSON.stringify(got[part]), JSON.stringify(want[part]), `${part}, step ${step}`);
    }
    if (roll(5) === 0) {
      mesh.undo();
      accepted = before;
    } else if (step % 2 === 0) {
      mesh.keep();
      // Takes nothing back any more.
      mesh.undo();
    }
  }
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  incremental(`a mesh that changes is, byte for byte, the mesh compiled from nothing: walk ${seed}`, () => {
    const roll = dice(seed);
    // They use the same names for different things.
    const fixtures = Array.from({ length: 10 }, () => usable[roll(usable.length)]!);
    walk(roll, 60, poolOf(fixtures.flatMap(inFixture)), () => 1 + roll(4));
  });
}

incremental("the same of a larger mesh, which comes and goes in large and small parts", () => {
  const roll = dice(7);
  const pool = largePool();
  walk(roll, 12, pool, (step) => (step % 6 === 0 ? pool.length : 1 + roll(4)));
});

incremental("the same where virtual hosts of large tables change, and the clusters that they name", () => {
  const roll = dice(8);
  const pool = largePool();
  const tables = pool.filter(([version]) => version!.kind === "route");
  const mostlyTables = [...pool, ...Array.from({ length: 100 }, () => tables).flat()];
  walk(roll, 16, mostlyTables, (step) => (step === 0 ? pool.length * 2 : 1 + roll(4)));
});

incremental("a mesh without clusters has no names of clusters", () => {
  const meshed = createMesh().compile({ known: [], changes: [] }) as CompiledMesh;
  assert.equal([meshed.clusters, meshed.assignments, meshed.hostnames], [[], [], []]);
});

incremental("what a change does not touch is the object of before", () => {
  const mesh = createMesh();
  const bytes = readFileSync(join(packageRoot, "fixtures/realistic-bookinfo/snapshot.json"));
  const changes = readRawResources([{ name: "snapshot.json", bytes }], new Collector()).map(
    (resource): Change => ({ kind: resource.kind, name: resource.name, resource }),
  );
  const first = mesh.compile({ known: [], changes }) as CompiledMesh;
  const second = mesh.compile({ known: [], changes: [] }) as CompiledMesh;
  for (const table of ["cell", "endpoint"] as const) assert.is(second.compiled.images.get(table), first.compiled.images.get(table));
  assert.is(second.clusters, first.clusters);
  assert.is(second.assignments, first.assignments);
  assert.is(second.hostnames, first.hostnames);
});

incremental.run();
