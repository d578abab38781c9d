/** What a session does when nothing fails, and what it makes of what another one left. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inOnePiece } from "../../../compiler/bundle/format.ts";
import { meshBundle } from "../../../test/kernel/mesh.ts";
import { readNumbers, readPublished } from "../../status/index.ts";
import { openSession, pinNames, servingSet } from "../index.ts";
import { setFormat } from "../set-format.ts";
import { fakeKernel } from "./fake-kernel.ts";
import { bundleOf, folder, inKernel, type MeshName, meshes, run } from "./meshes.ts";

const session = suite("apply");

session("what is read back is what was applied, after any way there", async () => {
  const kernel = fakeKernel();
  const opened = openSession(kernel, folder);
  const way: readonly MeshName[] = ["base", "oneCluster", "nothing", "base", "route", "oneCluster", "twoClusters", "growth", "nothing"];
  for (const name of [...way, ...way.toReversed(), "shape", ...way] as const) {
    const bundle = await bundleOf(name);
    await opened.apply(bundle, "/cg");
    const { tables, names } = readPublished(kernel, folder);
    for (const { name, bytes } of tables.filter((table) => inKernel.has(table.name)))
      assert.is(Buffer.compare(bytes, inOnePiece(bundle.tables.get(name)!)), 0, `table ${name}`);
    assert.equal(names, bundle.names);
    const numbers = readNumbers(kernel, folder);
    const counts = new Map(tables.map((table) => [table.name as string, table.count]));
    for (const table of numbers.tables) assert.is(table.records, counts.get(table.name), `records of ${table.name}`);
    assert.is(numbers.endpoints, Object.values(meshes[name].clusters ?? {}).flat().length);
  }
  opened.close();
});

session("another session takes over what runs", async () => {
  const kernel = fakeKernel();
  const first = openSession(kernel, folder);
  await first.apply(await bundleOf("base"), "/cg");
  await first.apply(await bundleOf("oneCluster"));
  first.close();
  assert.is(kernel.open(), 0);
  const second = openSession(kernel, folder);
  assert.is(second.generation(), 1);
  assert.is((await second.apply(await bundleOf("oneCluster"))).kind, "unchanged");
  assert.is((await second.apply(await bundleOf("base"))).kind, "cell");
  assert.is((await second.apply(await bundleOf("route"))).generation, 2);
  second.close();
});

session("many changes in a row find room again after grace periods", async () => {
  const kernel = fakeKernel();
  const opened = openSession(kernel, folder);
  await opened.apply(await bundleOf("base"), "/cg");
  const forms = ["compact", "uniform", "weighted"] as const;
  for (let i = 0; i < 500; i++)
    assert.is((await opened.applyRun({ cluster: i % 3, ...run(1 + (i % 7), i, forms[(i % 5) % 3]!) })).kind, "cell");
  assert.is(opened.generation(), 1);
  opened.close();
});

session("a cell that waits for nobody is stored at once", async () => {
  const kernel = fakeKernel();
  const opened = openSession(kernel, folder);
  await opened.apply(await bundleOf("base"), "/cg");
  const cells = (): Uint8Array => readPublished(kernel, folder).tables.find(({ name }) => name === "cell")!.bytes;
  const before = cells();
  const first = opened.applyRun({ cluster: 1, ...run(3, 50) });
  const after = cells();
  assert.is.not(Buffer.compare(after, before), 0);
  const second = opened.applyRun({ cluster: 1, ...run(3, 60) });
  assert.is(Buffer.compare(cells(), after), 0, "the second waits for the first");
  assert.equal([(await first).kind, (await second).kind], ["cell", "cell"]);
  assert.is.not(Buffer.compare(cells(), after), 0);
  opened.close();
});

session("the programs' log: a level waits for programs that have one, and outlives the session", async () => {
  const kernel = fakeKernel();
  const first = openSession(kernel, folder);
  assert.equal([first.programLog.level(), first.programLog.read()], ["error", { entries: [], dropped: 0 }]);
  await first.apply(await bundleOf("base"), "/cg");
  first.close();
  // As a version without a log left it.
  kernel.unpin(`${servingSet(kernel, folder).path}/km_log`);
  const second = openSession(kernel, folder);
  second.programLog.setLevel("info");
  assert.is((await second.apply(await bundleOf("base"))).kind, "unchanged");
  assert.is(second.programLog.level(), "info");
  await second.apply(await bundleOf("shape"));
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
  await first.apply(await bundleOf("base"), "/cg");
  const link = kernel.openPin(`${folder}/link_connect4`);
  const old = kernel.openProgram(kernel.linkInfo(link).programId);
  await first.apply(await bundleOf("shape"));
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
  const set = `${folder}/${pinNames.set(setFormat(), 0)}`;
  kernel.makePinFolder(set, false);
  for (const name of ["km_root", "km_p_cell"]) kernel.pin(object.maps.get(name)!, `${set}/${name}`);
  object.close();
  const opened = openSession(kernel, folder);
  assert.equal(kernel.listPins(folder), []);
  assert.is((await opened.apply(await bundleOf("base"), "/cg")).generation, 1);
  opened.close();
});

session("the first apply needs a cgroup, an apply needs programs", async () => {
  const kernel = fakeKernel();
  const opened = openSession(kernel, folder);
  for (const bundle of [await bundleOf("base"), await meshBundle(meshes.base, { noObjects: true })]) {
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
