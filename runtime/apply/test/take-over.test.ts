/** What a new session makes of a folder whose content is not what the last one left: it goes on with what is whole, and rebuilds beside what is not. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Fd, KernelError } from "../../kernel/index.ts";
import { readPublished } from "../../status/index.ts";
import { detach, openSession, pinNames, servingSet, withPin } from "../index.ts";
import { headerAt, ROOT } from "../root.ts";
import { setFormat } from "../set-format.ts";
import { type FakeKernel, fakeKernel } from "./fake-kernel.ts";
import { bundleOf, folder, otherFormat } from "./meshes.ts";

const takeOver = suite("take-over");

const set = (number: number, format = setFormat()): string => `${folder}/${pinNames.set(format, number)}`;

async function leave(kernel: FakeKernel, format = setFormat()): Promise<void> {
  const session = openSession(kernel, folder, { format });
  await session.apply(await bundleOf("base"), "/cg");
  await session.apply(await bundleOf("shape"), "/cg");
  await session.settle();
  session.close();
}

/** Name of the pin of one table's running image. */
function arrayOf(kernel: FakeKernel, table: string): string {
  const { header } = readPublished(kernel, folder);
  const id = ["svc4", "svc6", "cell", "endpoint", "split", "range"].indexOf(table);
  return withPin(kernel, `${set(0)}/km_p_${table}`, (pool) => pinNames.array(kernel.innerAt(pool, header.slot[id]!)!));
}

/** Changes the memory of one table's running image. */
function scribble(kernel: FakeKernel, table: string, change: (bytes: Uint8Array) => void): void {
  withPin(kernel, `${set(0)}/${arrayOf(kernel, table)}`, (inner) => {
    const { valueSize, maxEntries } = kernel.mapInfo(inner);
    change(kernel.map(inner, valueSize * maxEntries).bytes);
  });
}

/** Puts something else under the name of a pin; undefined: nothing. */
function replace(kernel: FakeKernel, name: string, by: Fd | undefined): void {
  kernel.unpin(`${set(0)}/${name}`);
  if (by === undefined) return;
  kernel.pin(by, `${set(0)}/${name}`);
  kernel.close(by);
}

const text = (kernel: FakeKernel, words: string): Fd => kernel.createBlob("km_text", new TextEncoder().encode(words));

type Damage = readonly [what: string, damage: (kernel: FakeKernel) => void, fault: RegExp];

const damages: readonly Damage[] = [
  ["a map is missing", (k) => replace(k, "km_prog4", undefined), /km_prog4 is missing/],
  ["the root is missing", (k) => replace(k, "km_root", undefined), /km_root is missing/],
  ["a map of another size", (k) => replace(k, "km_cpu", k.createBlob("x", new Uint8Array(16))), /km_cpu.*has values of 16 bytes, not 520/],
  ["a map of another type", (k) => replace(k, "km_p_cell", k.createBlob("x", new Uint8Array(8))), /km_p_cell is a map of type 2, not 12/],
  ["a program in the place of a map", programAsMap, /km_prog6 is a program, not a map/],
  ["the pool of a table is missing", (k) => replace(k, "km_p_svc4", undefined), /table svc4 is not/],
  ["an array is not pinned", (k) => replace(k, arrayOf(k, "svc4"), undefined), /the array in slot \d of km_p_svc4 is not pinned/],
  [
    "another array under its name",
    (k) => replace(k, arrayOf(k, "svc4"), k.createBlob("x", new Uint8Array(8))),
    /array_\d+ is something else/,
  ],
  ["a byte of a table", (k) => scribble(k, "svc4", (bytes) => bytes.fill(0xff, 8, 9)), /table svc4 is not what was published/],
  ["a run outside", (k) => scribble(k, "cell", (bytes) => bytes.fill(0x7f, 4, 8)), /cell 0 names endpoints that are not there/],
  [
    "two runs on one place",
    (k) => scribble(k, "cell", (bytes) => bytes.copyWithin(0, 128, 136)),
    /cell 1 names endpoints of another cluster/,
  ],
  ["a run on a cell", (k) => scribble(k, "cell", (bytes) => bytes.fill(0, 4, 8)), /cell 0 names cells/],
  ["an endpoint that is none", (k) => scribble(k, "endpoint", (bytes) => bytes.fill(0xff)), /flags that are not known/],
  ["the manifest is missing", (k) => replace(k, "manifest_2", undefined), /manifest of generation 2 is missing/],
  ["another manifest", (k) => replace(k, "manifest_2", text(k, "{}")), /manifest of generation 2 can't be read/],
  ["other names", (k) => replace(k, namesPin(k), text(k, "{}")), /names of generation 2 are not those of its manifest/],
  ["a header that leads nowhere", (k) => poke(k, ROOT, headerAt(1) + 4, 99), /header names shape slot/],
  ["a root that leads nowhere", (k) => poke(k, ROOT, 0, 99), /root names header slot 99/],
];

function programAsMap(kernel: FakeKernel): void {
  const object = kernel.load(new Uint8Array(0), { constants: {}, reuse: new Map() });
  kernel.unpin(`${set(0)}/km_prog6`);
  kernel.pin(object.programs.get("km_release")!.fd, `${set(0)}/km_prog6`);
  object.close();
}

function namesPin(kernel: FakeKernel): string {
  return kernel.listPins(set(0)).find((name) => name.startsWith("names_"))!;
}

/** Into every record of a map. */
function poke(kernel: FakeKernel, name: string, at: number, value: number): void {
  withPin(kernel, `${set(0)}/${name}`, (fd) => {
    const { valueSize, maxEntries } = kernel.mapInfo(fd);
    const view = new DataView(kernel.map(fd, valueSize * maxEntries).bytes.buffer);
    for (let record = 0; record < maxEntries; record++) view.setUint32(record * valueSize + at, value, true);
  });
}

for (const [what, damage, fault] of damages) {
  takeOver(`${what}: told, served on, and rebuilt beside`, async () => {
    const kernel = fakeKernel();
    await leave(kernel);
    damage(kernel);
    const before = kernel.view(folder);
    const session = openSession(kernel, folder);
    assert.is(session.problems.length, 1);
    assert.is(session.problems[0]!.code, "KM6205");
    assert.match(session.problems[0]!.message, fault);
    assert.is(session.generation(), 0);
    assert.is(kernel.view(folder), before, "what serves is left alone");
    const { kind, generation } = await session.apply(await bundleOf("route"));
    assert.is(kind, "generation");
    if (!what.includes("root")) assert.is(generation, 3, "numbers go on");
    await session.settle();
    assert.equal(
      kernel.listPins(folder).filter((name) => name.startsWith("set_")),
      [pinNames.set(setFormat(), 1)],
    );
    assert.equal(readPublished(kernel, folder).names, (await bundleOf("route")).names);
    session.close();
    assert.is(kernel.open(), 0);
    detach(kernel, folder);
    assert.is(kernel.alive(), 0);
  });
}

takeOver("a link that is missing is told, and attached by the next apply", async () => {
  const kernel = fakeKernel();
  await leave(kernel);
  kernel.unpin(`${folder}/link_getpeername6`);
  const session = openSession(kernel, folder);
  assert.match(session.problems[0]!.message, /no links of getpeername6/);
  assert.is(session.generation(), 2);
  assert.equal((await session.apply(await bundleOf("shape"), "/cg")).attached, ["getpeername6"]);
  session.close();
});

takeOver("another version's set serves until the first generation is built beside it; then it goes the other way", async () => {
  const kernel = fakeKernel();
  await leave(kernel, otherFormat);
  const original = (number: number, format: string): number => {
    const fd = kernel.openPin(`${set(number, format)}/km_original_p`);
    const { id } = kernel.mapInfo(fd);
    kernel.close(fd);
    return id;
  };
  const kept = original(0, otherFormat);
  const before = kernel.view(folder);
  const upgraded = openSession(kernel, folder);
  assert.equal(
    upgraded.problems.map(({ code }) => code),
    ["KM6206"],
  );
  assert.is(kernel.view(folder), before);
  assert.throws(
    () => servingSet(kernel, folder),
    (error: { diagnostic: { code: string } }) => error.diagnostic.code === "KM6201",
  );
  const report = await upgraded.apply(await bundleOf("shape"), "/cg");
  assert.is(report.generation, 3);
  assert.equal(report.attached.length, 5);
  assert.is(original(1, setFormat()), kept, "the addresses that connections asked for");
  await upgraded.settle();
  assert.equal(
    kernel.listPins(folder).filter((name) => name.startsWith("set_")),
    [pinNames.set(setFormat(), 1)],
  );
  const alive = kernel.alive();
  upgraded.close();

  const downgraded = openSession(kernel, folder, { format: otherFormat });
  assert.is((await downgraded.apply(await bundleOf("shape"), "/cg")).generation, 4);
  await downgraded.settle();
  assert.is(original(2, otherFormat), kept);
  assert.is(kernel.alive(), alive);
  downgraded.close();
  detach(kernel, folder);
  assert.is(kernel.alive(), 0);
});

takeOver("a version that died before it led any connect hook over leaves nothing, whoever comes next", async () => {
  for (const next of [setFormat(), otherFormat]) {
    const kernel = fakeKernel();
    await leave(kernel);
    const serving = kernel.view(folder).replaceAll(/^pin.*\n/gm, "");
    // The other version's set, whole, and nothing that leads to it.
    const links = ["connect4", "connect6"].map((point) => kernel.openPin(`${folder}/link_${point}`));
    const programs = links.map((link) => kernel.openProgram(kernel.linkInfo(link).programId));
    // Its grace period never ends: the set that served before is still there.
    const dying = openSession({ ...kernel, gracePeriod: () => new Promise(() => {}) }, folder, { format: otherFormat });
    await dying.apply(await bundleOf("route"), "/cg");
    for (const [i, link] of links.entries()) kernel.updateLink(link, programs[i]!);
    for (const fd of [...links, ...programs]) kernel.close(fd);
    const session = openSession(kernel, folder, { format: next });
    await session.settle();
    if (next === setFormat()) {
      assert.is(session.generation(), 2);
      assert.is(withoutCompanions(kernel.view(folder).replaceAll(/^pin.*\n/gm, "")), withoutCompanions(serving));
    }
    await session.apply(await bundleOf("route"), "/cg");
    await session.settle();
    assert.is(kernel.listPins(folder).filter((name) => name.startsWith("set_")).length, 1);
    session.close();
    dying.close();
    detach(kernel, folder);
    assert.is(kernel.alive(), 0);
    assert.is(kernel.open(), 0);
  }
});

/** As a version before there were sets left it: maps and texts in the folder itself, and no array or program pinned. */
function flatten(kernel: FakeKernel): void {
  const path = set(0, otherFormat);
  for (const name of kernel.listPins(path)) {
    if (/^(array|program)_/.test(name)) kernel.unpin(`${path}/${name}`);
    else kernel.replacePin(`${path}/${name}`, `${folder}/${name}`);
  }
  kernel.removePinFolder(path);
}

const flatPins = (kernel: FakeKernel): readonly string[] => kernel.listPins(folder).filter((name) => !/^(set|link)_/.test(name));

takeOver("maps that lie in the folder itself serve until they are replaced, and are removed", async () => {
  const kernel = fakeKernel();
  await leave(kernel, otherFormat);
  flatten(kernel);
  const session = openSession(kernel, folder);
  assert.match(JSON.stringify(session.problems), /^\[\{"code":"KM6206".*another format \(flat\)[^{]*$/);
  assert.is((await session.apply(await bundleOf("route"), "/cg")).generation, 3);
  await session.settle();
  assert.equal(flatPins(kernel), []);
  session.close();
  detach(kernel, folder);
  assert.is(kernel.alive(), 0);
});

takeOver("maps in the folder itself that nobody reads are told, and removed by whoever takes over", async () => {
  const kernel = fakeKernel();
  await leave(kernel);
  kernel.replacePin(`${set(0)}/km_log`, `${folder}/km_log`);
  const session = openSession(kernel, folder);
  assert.match(JSON.stringify(session.problems), /^\[\{"code":"KM6206".*left them here[^{]*$/);
  assert.is(session.generation(), 2, "what serves goes on");
  await session.settle();
  assert.equal(flatPins(kernel), []);
  session.close();
});

takeOver("detach removes maps in the folder itself, too", async () => {
  const kernel = fakeKernel();
  await leave(kernel, otherFormat);
  flatten(kernel);
  assert.ok(detach(kernel, folder).removed.includes("km_root"));
  assert.equal(kernel.listPins(folder), []);
  assert.is(kernel.alive(), 0);
});

takeOver("a detach that may not end the links leaves what they need", async () => {
  const kernel = fakeKernel();
  await leave(kernel);
  const before = kernel.view(folder);
  const refuse = (): never => {
    throw new KernelError("rights", "bpf_obj_get failed: EPERM", 1);
  };
  assert.throws(() => detach({ ...kernel, openPin: refuse, detachLink: refuse }, folder), /EPERM/);
  assert.is(kernel.view(folder), before);
  const session = openSession(kernel, folder);
  assert.equal(session.problems, []);
  assert.is(session.generation(), 2);
  session.close();
});

function withoutCompanions(view: string): string {
  return view.replaceAll(/^link (getpeername|sock_release).*\n/gm, "");
}

takeOver.run();
