import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Collector, type Diagnostic, fold, type Said, Transcript } from "../index.ts";

const transcript = suite("transcript");

const punt: Diagnostic = { code: "KM1310", severity: "punt", path: "clusters.a", message: "left to a proxy" };

/** What a sink is told, note by note, by somebody with this path. */
function told(said: Said | undefined, root = ""): readonly Diagnostic[] {
  const sink = new Collector({ everyNote: true });
  said?.tell(sink, () => root);
  return sink.list();
}

/** What somebody with this path says who has notes there. */
function notesOf(root: string, ...paths: readonly string[]): Transcript {
  const transcript = new Transcript(() => root);
  for (const path of paths) transcript.note("KM1390", "Cluster.metadata", () => path, "no effect");
  return transcript;
}

transcript("nothing is kept where nothing was told", () => {
  assert.is(new Transcript().ended(), undefined);
});

transcript("it tells again what it was told, though the message of a kind has changed since", () => {
  const first = new Transcript();
  first.note("KM1390", "Cluster.metadata", () => "clusters.a", "one");
  first.add(punt);
  first.note("KM1390", "Cluster.metadata", () => "clusters.b", "two");
  const second = new Transcript();
  second.note("KM1390", "Cluster.metadata", () => "clusters.c", "two", 3);
  assert.equal(told(first.ended()), [
    punt,
    { code: "KM1390", severity: "note", path: "clusters.a", message: "one" },
    { code: "KM1390", severity: "note", path: "clusters.b", message: "two" },
  ]);
  assert.equal(told(second.ended()), [{ code: "KM1390", severity: "note", path: "clusters.c", message: "two", count: 3 }]);
});

transcript("a path is where reading was when the note came", () => {
  let at = "clusters.a";
  const kept = new Transcript();
  kept.note("KM1390", "Cluster.metadata", () => at, "no effect");
  at = "clusters.b";
  assert.is(told(kept.ended())[0]!.path, "clusters.a");
});

transcript("what was ended is not told what comes later", () => {
  const open = new Transcript();
  open.add(punt);
  const ended = open.ended();
  open.add(punt);
  assert.is(told(ended).length, 1);
});

transcript("who say the same below their own paths share it, and each has its own path", () => {
  const a = notesOf("clusters.a", "clusters.a.filters[0]", "clusters.a", "clusters.a.filters[0]").ended();
  const b = notesOf("clusters.b", "clusters.b.filters[0]", "clusters.b", "clusters.b.filters[0]").ended();
  assert.is(a, b);
  assert.equal(
    told(b, "clusters.b").map(({ path }) => path),
    ["clusters.b", "clusters.b.filters[0]", "clusters.b.filters[0]"],
  );
});

transcript("what differs in anything is not shared", () => {
  const said = (code: string, field: string, message: string, path: string, count: number): Said => {
    const one = new Transcript(() => "a");
    one.note(code, field, () => path, message, count);
    return one.ended()!;
  };
  const all = [
    said("KM1390", "Cluster.metadata", "no effect", "a.x", 1),
    said("KM1391", "Cluster.metadata", "no effect", "a.x", 1),
    said("KM1390", "Listener.metadata", "no effect", "a.x", 1),
    said("KM1390", "Cluster.metadata", "none", "a.x", 1),
    said("KM1390", "Cluster.metadata", "no effect", "a.y", 1),
    said("KM1390", "Cluster.metadata", "no effect", "a.x", 2),
    notesOf("a", "a.x", "a.x").ended(),
    notesOf("b", "a.x").ended(),
  ];
  assert.is(new Set(all).size, all.length);
  assert.is(said("KM1390", "Cluster.metadata", "no effect", "a.x", 1), all[0]);
});

transcript("a path that is not below that of who says it stays as it is", () => {
  assert.equal(
    told(notesOf("clusters.a", "listeners.l").ended(), "clusters.b").map(({ path }) => path),
    ["listeners.l"],
  );
});

transcript("however much is said, each says its own", () => {
  for (let at = 0; at < 10_000; at++) {
    const paths = [`a.x[${at % 20}]`, `a.y[${at}]`];
    const said = notesOf("a", ...paths).ended();
    if (at % 97 === 0)
      assert.equal(
        told(said, "a").map(({ path }) => path),
        paths,
      );
  }
});

transcript("a part says what it said where it said it, below its own path", () => {
  const whole = notesOf("tables.t", "tables.t.a");
  whole.addPart(notesOf("tables.t.hosts.h", "tables.t.hosts.h.routes[0]").ended()!, "tables.t.hosts.g");
  whole.note("KM1390", "Cluster.metadata", () => "tables.t.z", "no effect");
  const paths: string[] = [];
  whole.ended()!.tell({ add() {}, note: (_code, _field, path) => void paths.push(path()) }, () => "tables.u");
  assert.equal(paths, ["tables.u.a", "tables.t.hosts.g.routes[0]", "tables.u.z"]);
});

transcript("folded, notes of one kind are one, with the first path and its message, and the parts stay as they are", () => {
  const speeches = ["clusters.b", "clusters.a", "clusters.c"].map((path) => {
    const part = new Transcript(() => path);
    part.note("KM1390", "Cluster.metadata", () => path, `of ${path}`);
    part.note("KM1390", "Listener.metadata", () => path, "another kind");
    return { said: part.ended()!, root: () => path };
  });
  assert.equal(told(fold(speeches)), [
    { code: "KM1390", severity: "note", path: "clusters.a", message: "another kind", count: 3 },
    { code: "KM1390", severity: "note", path: "clusters.a", message: "of clusters.a", count: 3 },
  ]);
  assert.equal(
    told(speeches[0]!.said, "clusters.b").map(({ message }) => message),
    ["another kind", "of clusters.b"],
  );
});

transcript("folded, who share what they say count each", () => {
  const speeches = ["c", "a", "b"].map((name) => ({ said: notesOf(name, `${name}.x`, `${name}.y`).ended()!, root: () => name }));
  assert.equal(told(fold(speeches)), [{ code: "KM1390", severity: "note", path: "a.x", message: "no effect", count: 6 }]);
});

transcript.run();
