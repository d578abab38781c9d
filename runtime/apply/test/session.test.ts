/** Every call of every kind of apply fails once: what runs stays whole, nothing is left behind, and the next apply succeeds. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tables as allTables, type Bundle, type Run, type RunForm, runRecordSize } from "../../../compiler/bundle/format.ts";
import { type MeshWords, meshBundle } from "../../../test/kernel/mesh.ts";
import { readPublished } from "../../status/index.ts";
import { type ApplyReport, openSession, type Session } from "../index.ts";
import { type FakeKernel, fakeKernel, programNames } from "./fake-kernel.ts";

const session = suite("apply");
const folder = "/pins";

const base: MeshWords = {
  clusters: { a: ["127.0.0.1:1"], b: ["127.0.0.1:2", "127.0.0.1:3*3"], c: ["127.0.0.1:9"] },
  services: { "10.0.0.1:80": "a", "10.0.0.2:80": "b" },
};
/** No cluster has weights or IPv6. */
const compact: MeshWords = { ...base, clusters: { ...base.clusters, b: ["127.0.0.1:2"] } };
const cellChange: MeshWords = { ...base, clusters: { ...base.clusters, b: ["127.0.0.1:2", "127.0.0.1:4"] } };
const twoClusters: MeshWords = { ...base, clusters: { ...base.clusters, a: [], b: ["127.0.0.1:4"] } };
const route: MeshWords = { ...base, services: { ...base.services, "10.0.0.2:80": "c" } };
const shape: MeshWords = { ...base, services: { ...base.services, "10.0.0.2:80": { a: 1, c: 2 } } };
const many = Array.from({ length: 300 }, (_, i) => `127.0.1.${i % 250}:${1000 + i}`);
const growth: MeshWords = { ...base, clusters: { ...base.clusters, b: many } };

const nothing: MeshWords = { clusters: {}, services: {} };

const attachOf = {
  km_connect4: "connect4",
  km_connect6: "connect6",
  km_peername4: "getpeername4",
  km_peername6: "getpeername6",
  km_release: "sock_release",
} as const;

/** A compiled mesh whose object the fake kernel "loads". */
async function bundleOf(words: MeshWords): Promise<Bundle> {
  const bundle = await meshBundle(words, { noObjects: true });
  const programs = programNames.map((name) => ({ name, attach: attachOf[name as keyof typeof attachOf] }));
  const object = { name: "connect", file: "objects/connect.bpf.o", sha256: "", compiler: "", programs };
  return { ...bundle, manifest: { ...bundle.manifest, objects: [object] }, objects: new Map([["connect", new Uint8Array(8)]]) };
}

function run(count: number, from: number, form: RunForm = "compact"): Run {
  const size = runRecordSize[form];
  const run = new Uint8Array(count * size);
  const view = new DataView(run.buffer);
  for (let i = 0; i < count; i++) view.setUint16((i + 1) * size - 4, from + i);
  return { run, form };
}

/** Tables that a program in the kernel reads. */
const inKernel = new Set(allTables.filter(({ tier }) => tier !== "decide").map(({ name }) => name as string));

interface Scenario {
  readonly name: string;
  /** What runs before; undefined: nothing. */
  readonly before?: MeshWords;
  readonly kind: ApplyReport["kind"];
  act(opened: Session): Promise<ApplyReport>;
}

const scenarios: readonly Scenario[] = [
  { name: "first apply", kind: "generation", act: async (s) => s.apply(await bundleOf(base), "/cg") },
  { name: "nothing new", before: base, kind: "unchanged", act: async (s) => s.apply(await bundleOf(base)) },
  { name: "one cluster", before: base, kind: "cell", act: async (s) => s.apply(await bundleOf(cellChange)) },
  { name: "one run", before: base, kind: "cell", act: async (s) => s.applyRun({ cluster: 1, ...run(3, 50) }) },
  {
    name: "one run in the other table",
    before: base,
    kind: "cell",
    act: async (s) => s.applyRun({ cluster: 1, ...run(3, 50, "uniform") }),
  },
  {
    name: "the first run of a table",
    before: compact,
    kind: "cell",
    act: async (s) => s.applyRun({ cluster: 1, ...run(3, 50, "weighted") }),
  },
  { name: "two clusters", before: base, kind: "generation", act: async (s) => s.apply(await bundleOf(twoClusters)) },
  { name: "other route", before: base, kind: "generation", act: async (s) => s.apply(await bundleOf(route)) },
  { name: "other shape", before: base, kind: "generation", act: async (s) => s.apply(await bundleOf(shape)) },
  { name: "growth", before: base, kind: "generation", act: async (s) => s.apply(await bundleOf(growth)) },
  {
    name: "a run without room",
    before: base,
    kind: "generation",
    act: async (s) => s.applyRun({ cluster: 1, ...run(200, 50) }),
  },
  { name: "to nothing", before: base, kind: "generation", act: async (s) => s.apply(await bundleOf(nothing)) },
  { name: "from nothing", before: nothing, kind: "generation", act: async (s) => s.apply(await bundleOf(shape)) },
  { name: "other cgroup", before: base, kind: "unchanged", act: async (s) => s.apply(await bundleOf(base), "/other") },
  { name: "other cgroup and shape", before: base, kind: "generation", act: async (s) => s.apply(await bundleOf(shape), "/other") },
];

async function prepared(scenario: Scenario): Promise<{ readonly kernel: FakeKernel; readonly opened: Session }> {
  const kernel = fakeKernel();
  const opened = openSession(kernel, folder);
  if (scenario.before) await opened.apply(await bundleOf(scenario.before), "/cg");
  await opened.settle();
  return { kernel, opened };
}

for (const scenario of scenarios) {
  session(`${scenario.name}: every call fails once`, async () => {
    const clean = await prepared(scenario);
    const from = clean.kernel.calls();
    assert.is((await scenario.act(clean.opened)).kind, scenario.kind);
    const to = clean.kernel.calls();
    await clean.opened.settle();
    const wanted = clean.kernel.view(folder);
    const descriptors = clean.kernel.open();
    assert.ok(to > from || scenario.kind === "unchanged");

    for (let at = from + 1; at <= to; at++) {
      const { kernel, opened } = await prepared(scenario);
      const view = kernel.view(folder);
      const before = kernel.open();
      kernel.failAt(at);
      let report: ApplyReport | undefined;
      try {
        report = await scenario.act(opened);
      } catch (error) {
        assert.match((error as Error).message, /injected/);
        assert.not.match((error as Error).message, /taken back/);
      }
      if (!report) {
        assert.is(kernel.view(folder), view, `call ${at - from}: what ran is not what runs`);
        assert.is(kernel.open(), before, `call ${at - from}: descriptors leak`);
      } else {
        assert.is(
          kernel.view(folder).replace(/^pin .*\n/gm, ""),
          wanted.replace(/^pin .*\n/gm, ""),
          `call ${at - from}: done, but not as asked`,
        );
      }
      kernel.failAt(undefined);
      assert.ok(["unchanged", scenario.kind].includes((await scenario.act(opened)).kind), `call ${at - from}: the next apply`);
      await opened.settle();
      assert.is(kernel.open(), descriptors, `call ${at - from}: descriptors after the next apply`);
      opened.close();
      assert.is(kernel.open(), 0, "close leaves descriptors open");
    }
  });
}

session("what is read back is what was applied, after any way there", async () => {
  const kernel = fakeKernel();
  const opened = openSession(kernel, folder);
  for (const words of [
    base,
    cellChange,
    nothing,
    base,
    route,
    cellChange,
    twoClusters,
    growth,
    nothing,
    nothing,
    shape,
    base,
    cellChange,
  ]) {
    const bundle = await bundleOf(words);
    await opened.apply(bundle, "/cg");
    const { tables, names } = readPublished(kernel, folder);
    for (const { name, bytes } of tables.filter((table) => inKernel.has(table.name)))
      assert.is(Buffer.compare(bytes, bundle.tables.get(name)!), 0, `table ${name}`);
    assert.equal(names, bundle.names);
  }
  opened.close();
});

session("another session takes over what runs", async () => {
  const kernel = fakeKernel();
  const first = openSession(kernel, folder);
  await first.apply(await bundleOf(base), "/cg");
  await first.apply(await bundleOf(cellChange));
  first.close();
  assert.is(kernel.open(), 0);
  const second = openSession(kernel, folder);
  assert.is(second.generation(), 1);
  assert.is((await second.apply(await bundleOf(cellChange))).kind, "unchanged");
  assert.is((await second.apply(await bundleOf(base))).kind, "cell");
  assert.is((await second.apply(await bundleOf(route))).generation, 2);
  second.close();
});

session("many changes in a row find room again after grace periods", async () => {
  const kernel = fakeKernel();
  const opened = openSession(kernel, folder);
  await opened.apply(await bundleOf(base), "/cg");
  const forms = ["compact", "uniform", "weighted"] as const;
  for (let i = 0; i < 500; i++)
    assert.is((await opened.applyRun({ cluster: i % 3, ...run(1 + (i % 7), i, forms[(i % 5) % 3]!) })).kind, "cell");
  assert.is(opened.generation(), 1);
  opened.close();
});

session("the programs' log: a level waits for programs that have one, and outlives the session", async () => {
  const kernel = fakeKernel();
  const first = openSession(kernel, folder);
  assert.equal([first.programLog.level(), first.programLog.read()], ["error", { entries: [], dropped: 0 }]);
  await first.apply(await bundleOf(base), "/cg");
  first.close();
  // As a version without a log left it.
  for (const name of ["km_log", "km_log_control"]) kernel.unpin(`${folder}/${name}`);
  const second = openSession(kernel, folder);
  second.programLog.setLevel("info");
  assert.is((await second.apply(await bundleOf(base))).kind, "unchanged");
  assert.is(second.programLog.level(), "info");
  await second.apply(await bundleOf(shape));
  assert.is(second.programLog.level(), "info");
  second.close();
  const third = openSession(kernel, folder);
  assert.is(third.programLog.level(), "info");
  third.close();
  assert.is(kernel.open(), 0);
});

session("what a daemon left between publishing a shape and swapping links is finished", async () => {
  const kernel = fakeKernel();
  const first = openSession(kernel, folder);
  await first.apply(await bundleOf(base), "/cg");
  const link = kernel.openPin(`${folder}/link_connect4`);
  const old = kernel.openProgram(kernel.linkInfo(link).programId);
  await first.apply(await bundleOf(shape));
  const wanted = kernel.linkInfo(link).programId;
  first.close();
  kernel.updateLink(link, old);
  openSession(kernel, folder).close();
  assert.is(kernel.linkInfo(link).programId, wanted);
  assert.is(kernel.open(), 2, "the test's own descriptors");
});

session("what a daemon left before it published anything is removed", async () => {
  const kernel = fakeKernel();
  const object = kernel.load(new Uint8Array(0), { constants: {}, reuse: new Map() });
  for (const name of ["km_root", "km_p_cell"]) kernel.pin(object.maps.get(name)!, `${folder}/${name}`);
  object.close();
  const opened = openSession(kernel, folder);
  assert.is((await opened.apply(await bundleOf(base), "/cg")).generation, 1);
  opened.close();
});

session("another version's maps are refused with every difference", async () => {
  const kernel = fakeKernel();
  const opened = openSession(kernel, folder);
  await opened.apply(await bundleOf(base), "/cg");
  opened.close();
  kernel.unpin(`${folder}/km_counter`);
  kernel.pin(kernel.createBlob("km_counter", new Uint8Array(8)), `${folder}/km_counter`);
  kernel.unpin(`${folder}/km_prog4`);
  assert.throws(
    () => openSession(kernel, folder),
    (error: Error) => /km_counter has 1 entries/.test(error.message) && /km_prog4 is missing/.test(error.message),
  );
  assert.is(kernel.open(), 1, "only the test's own descriptor");
});

session("the first apply needs a cgroup, an apply needs programs", async () => {
  const kernel = fakeKernel();
  const opened = openSession(kernel, folder);
  for (const bundle of [await bundleOf(base), await meshBundle(base, { noObjects: true })]) {
    let code = "";
    try {
      await opened.apply(bundle);
    } catch (error) {
      code = (error as { diagnostic: { code: string } }).diagnostic.code;
    }
    assert.match(code, /^KM620[23]$/);
  }
  opened.close();
  assert.is(kernel.open(), 0);
});

session.run();
