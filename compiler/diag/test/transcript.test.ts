import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Collector, type Diagnostic, Transcript } from "../index.ts";

const transcript = suite("transcript");

const punt: Diagnostic = { code: "KM1310", severity: "punt", path: "clusters.a", message: "left to a proxy" };

/** What a sink is told by it, note by note. */
function told(by: Transcript): readonly Diagnostic[] {
  const sink = new Collector({ everyNote: true });
  by.tell(sink);
  return sink.list();
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
  assert.equal(told(first.ended()!), [
    punt,
    { code: "KM1390", severity: "note", path: "clusters.a", message: "one" },
    { code: "KM1390", severity: "note", path: "clusters.b", message: "two" },
  ]);
  assert.equal(told(second.ended()!), [{ code: "KM1390", severity: "note", path: "clusters.c", message: "two", count: 3 }]);
});

transcript("a path is where reading was when the note came", () => {
  let at = "clusters.a";
  const kept = new Transcript();
  kept.note("KM1390", "Cluster.metadata", () => at, "no effect");
  at = "clusters.b";
  assert.is(told(kept)[0]!.path, "clusters.a");
});

transcript("what was ended is not told what comes later", () => {
  const open = new Transcript();
  open.add(punt);
  const ended = open.ended()!;
  open.add(punt);
  assert.is(told(ended).length, 1);
});

transcript("folded, notes of one kind are one, with the first path and its message, and the parts stay as they are", () => {
  const parts = ["clusters.b", "clusters.a", "clusters.c"].map((path) => {
    const part = new Transcript();
    part.note("KM1390", "Cluster.metadata", () => path, `of ${path}`);
    part.note("KM1390", "Listener.metadata", () => path, "another kind");
    return part;
  });
  assert.equal(told(Transcript.fold(parts)), [
    { code: "KM1390", severity: "note", path: "clusters.a", message: "another kind", count: 3 },
    { code: "KM1390", severity: "note", path: "clusters.a", message: "of clusters.a", count: 3 },
  ]);
  assert.equal(
    told(parts[0]!).map(({ message }) => message),
    ["another kind", "of clusters.b"],
  );
});

transcript.run();
