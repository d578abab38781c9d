import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { XdsKind, XdsRawResource } from "../../../compiler/decode/index.ts";
import { createLog } from "../../log/index.ts";
import { Body } from "../../spill/index.ts";
import { createFallbacks, type Fallbacks } from "../fallbacks.ts";
import { type FallbacksFile, fallbacksFile } from "../fallbacks-file.ts";
import { createMesh } from "../mesh.ts";
import { changesOf } from "../store.ts";
import { dns, eds, endpoints, listener, type TestClock, testClock, testFallbacksFile, update } from "./mesh.ts";

const fallbacks = suite<{ folder: string }>("fallbacks");
fallbacks.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "kmesh-fallbacks-"));
});
fallbacks.after.each(({ folder }) => rmSync(folder, { recursive: true }));

function resource(kind: XdsKind, name: string, text = name): XdsRawResource {
  return { kind, name, form: "protobuf", bytes: Buffer.from(text) };
}

const names = (resources: readonly XdsRawResource[]): readonly string[] => resources.map(({ kind, name }) => `${kind} ${name}`);

function came(kind: XdsKind, ...changed: readonly string[]) {
  return { kind, form: "protobuf", changed: new Map(changed.map((name) => [name, new Body(Buffer.from("new"))])), removed: [] } as const;
}

interface Opened {
  readonly fallbacks: Fallbacks;
  readonly clock: TestClock;
  readonly lines: readonly string[];
}

function open(file: FallbacksFile, limits?: { readonly resources: number; readonly bytes: number }): Opened {
  const clock = testClock();
  const lines: string[] = [];
  const log = createLog({ level: "debug", write: (line) => lines.push(line), time: () => "" }).logger("follow");
  return { fallbacks: createFallbacks({ file, clock, log, ...(limits && { limits }) }), clock, lines };
}

fallbacks("what is rejected is kept in a file for this user alone, and is there for the next process", ({ folder }) => {
  const file = fallbacksFile(join(folder, "f.json"), "1.0.0");
  const { fallbacks: first } = open(file);
  first.rejected([resource("cluster", "a", "\u0000\u00ff good"), undefined, resource("endpoint", "a")]);
  assert.is(statSync(join(folder, "f.json")).mode & 0o777, 0o600);
  assert.equal(readdirSync(folder), ["f.json"]);
  const { fallbacks: second } = open(file);
  assert.equal(second.earlier("cluster", "a"), resource("cluster", "a", "\u0000\u00ff good"));
  assert.is(second.earlier("listener", "a"), undefined);
  first.accepted({ kind: "cluster", name: "a", resource: undefined });
  first.close();
  assert.is(open(file).fallbacks.earlier("cluster", "a"), undefined);
});

fallbacks("it is written at once, and then once a second at most", async () => {
  const file = testFallbacksFile();
  const { fallbacks: kept, clock } = open(file);
  for (const name of ["a", "b", "c"]) kept.rejected([resource("cluster", name)]);
  assert.equal(file.written.map(names), [["cluster a"]]);
  kept.rejected([file.written[0]![0]!]);
  await clock.pass(1000);
  assert.is(file.written.length, 2);
  await clock.pass(5000);
  assert.is(file.written.length, 2, "nothing is new");
  kept.rejected([resource("cluster", "d")]);
  kept.accepted({ kind: "cluster", name: "d", resource: undefined });
  kept.close();
  assert.equal(names(file.written.at(-1)!), ["cluster a", "cluster b", "cluster c"]);
});

fallbacks("a file that is damaged, or of another form, is told and set aside", ({ folder }) => {
  const path = join(folder, "f.json");
  fallbacksFile(path, "1.0.0").write([resource("cluster", "a")]);
  const text = readFileSync(path, "utf8");
  for (const damaged of [text.slice(0, -10), text.replace('"YQ=="', '"Yg=="'), text.replace('"format":1', '"format":2'), "null", ""]) {
    writeFileSync(path, damaged);
    const { fallbacks: kept, lines } = open(fallbacksFile(path, "1.0.0"));
    assert.is(kept.earlier("cluster", "a"), undefined);
    assert.match(lines.join(), "KM6306");
    assert.equal(readdirSync(folder), ["f.json.unusable"], damaged);
    kept.rejected([resource("cluster", "b")]);
    assert.equal(readdirSync(folder), ["f.json", "f.json.unusable"]);
  }
});

fallbacks("one that is written by another version is used; the log says whose it is", ({ folder }) => {
  const path = join(folder, "f.json");
  fallbacksFile(path, "0.9.0").write([resource("cluster", "a")]);
  const { fallbacks: kept, lines } = open(fallbacksFile(path, "1.0.0"));
  kept.come(came("cluster", "a"));
  const told = kept.forBuild();
  assert.equal(names(told), ["cluster a"]);
  assert.equal(kept.built(told, []), told);
  assert.match(lines.join(), '"version":"0.9.0"');
});

fallbacks("a file that can't be written is told, and tried again with the next change", async () => {
  let broken = true;
  const written: (readonly XdsRawResource[])[] = [];
  const file: FallbacksFile = {
    read: () => ({ resources: [], version: "" }),
    write(resources) {
      if (broken) throw new Error("no space");
      written.push(resources);
    },
  };
  const { fallbacks: kept, clock, lines } = open(file);
  kept.rejected([resource("cluster", "a")]);
  assert.match(lines.join(), "KM6304");
  broken = false;
  await clock.pass(1000);
  kept.rejected([resource("cluster", "b")]);
  assert.equal(written.map(names), [["cluster a", "cluster b"]]);
});

fallbacks("past the limits they last as long as the process, and that is told once", () => {
  const file = testFallbacksFile();
  const { fallbacks: kept, lines } = open(file, { resources: 2, bytes: 10 });
  kept.rejected(["a", "b", "c", "d"].map((name) => resource("cluster", name)));
  assert.equal(names(file.written.at(-1)!), ["cluster a", "cluster b"]);
  assert.is(lines.filter((line) => line.includes("KM6307")).length, 1);
  assert.match(lines.join(), '"count":2');
  kept.rejected([resource("cluster", "a", "more than ten bytes")]);
  kept.close();
  assert.equal(names(file.written.at(-1)!), ["cluster b"], "an older version is no last good one");
});

fallbacks("it is for the builds from when its name comes until one has judged it, and survives a kill in between", () => {
  const file = testFallbacksFile();
  file.write([resource("cluster", "a"), resource("cluster", "b")]);
  const { fallbacks: kept } = open(file);
  assert.equal(kept.forBuild(), []);
  kept.come(came("cluster", "a", "z"));
  assert.is(kept.earlier("cluster", "a"), undefined);
  assert.equal(names(kept.forBuild()), ["cluster a"]);
  assert.ok(kept.isForBuild("cluster/a"));
  kept.close();
  assert.equal(names(file.read().resources), ["cluster a", "cluster b"]);
  assert.equal(names(kept.built(kept.forBuild(), [])), ["cluster a"]);
  assert.equal(kept.forBuild(), []);
});

fallbacks("what was accepted meanwhile, or is in error itself, is none of the mesh", () => {
  const file = testFallbacksFile();
  file.write([resource("cluster", "a"), resource("cluster", "b")]);
  const { fallbacks: kept, lines } = open(file);
  kept.come(came("cluster", "a", "b"));
  const told = kept.forBuild();
  kept.accepted({ kind: "cluster", name: "a", resource: resource("cluster", "a", "new") });
  assert.equal(kept.built(told, [{ kind: "cluster", name: "b", diagnostics: [] }]), []);
  assert.match(lines.join(), "KM6306");
  kept.close();
  assert.equal(file.read().resources, []);
});

fallbacks("names that are not expected any more are forgotten", () => {
  const file = testFallbacksFile();
  file.write([resource("cluster", "a"), resource("endpoint", "late"), resource("cluster", "gone")]);
  const { fallbacks: kept } = open(file);
  kept.come(came("cluster", "a"));
  kept.settled((kind) => kind === "endpoint");
  assert.equal(names(file.read().resources), ["cluster a", "endpoint late"]);
});

fallbacks("one of another source's form is forgotten when its name comes", () => {
  const file = testFallbacksFile();
  file.write([{ ...resource("cluster", "a"), form: "json" }]);
  const { fallbacks: kept } = open(file);
  kept.come(came("cluster", "a"));
  assert.equal(kept.forBuild(), []);
  assert.equal(file.read().resources, []);
});

const raw = (kind: XdsKind, ...resources: Parameters<typeof update>[1]): readonly XdsRawResource[] =>
  changesOf(update(kind, resources)).map((change) => change.resource!);

fallbacks("in the mesh: in place of what is rejected, and not of what is taken", () => {
  const mesh = createMesh();
  const bad = { ...eds("a"), connect_timeout: "-1s" };
  const meshed = mesh.compile({
    known: [],
    changes: changesOf(update("cluster", [bad, eds("b")])),
    fallbacks: [...raw("cluster", eds("a"), dns("b", "b.example:80")), ...raw("endpoint", endpoints("a", "10.1.0.1:80"))],
  });
  assert.is(meshed.kind, "compiled");
  if (meshed.kind !== "compiled") return;
  assert.equal(meshed.clusters, ["a", "b"]);
  assert.equal(meshed.assignments, ["a", "b"]);
  assert.equal(
    meshed.rejected.map(({ name, lost }) => [name, lost]),
    [["a", undefined]],
  );
  assert.equal(meshed.unusable, []);
  mesh.undo();
  const again = mesh.compile({ known: [], changes: [] });
  assert.equal(again.kind === "compiled" && again.clusters, [], "all of it is taken back");
});

fallbacks("in the mesh: one that does not decode, or is in error beside the others, is left out", () => {
  const mesh = createMesh();
  const broken = (name: string) => ({ ...listener(name, "10.0.0.1:80", "a"), address: undefined });
  const unreadable: XdsRawResource = { kind: "cluster", name: "a", form: "protobuf", bytes: Buffer.from("\u00ff\u00ff") };
  const meshed = mesh.compile({
    known: [],
    changes: [...changesOf(update("listener", [broken("l"), listener("m", "10.0.0.2:80", "a")]))],
    fallbacks: [unreadable, ...raw("listener", broken("l"))],
  });
  assert.is(meshed.kind, "compiled");
  if (meshed.kind !== "compiled") return;
  assert.equal(
    meshed.unusable.map(({ kind, name }) => `${kind} ${name}`),
    ["cluster a", "listener l"],
  );
  assert.equal(
    meshed.rejected.map(({ name, lost }) => [name, lost]),
    [["l", true]],
  );
  assert.equal(
    meshed.model.listeners.map(({ name }) => name),
    ["m"],
  );
});

fallbacks.run();
