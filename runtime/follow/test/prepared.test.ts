/** What is decoded ahead of a build is what the build would have decoded. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeResource, type XdsRawResource } from "../../../compiler/decode/index.ts";
import { Collector } from "../../../compiler/diag/index.ts";
import { createPrepared } from "../prepared.ts";
import type { Change } from "../types.ts";
import { eds } from "./mesh.ts";

const prepared = suite("prepared");

const good = raw("a", eds("a"));
const bad = raw("b", { ...eds("b"), connect_timeout: "0s" });

function raw(name: string, json: object): XdsRawResource {
  return { kind: "cluster", name, form: "json", bytes: Buffer.from(JSON.stringify(json)) };
}

function changeOf(resource: XdsRawResource): Change {
  return { kind: resource.kind, name: resource.name, resource };
}

prepared("messages and problems are the same, and the bytes are let go", () => {
  const early = createPrepared();
  early.prepare([good, bad].map((resource, number) => ({ number, resource })));
  const sent = [good, bad].map(({ kind, name }, i) => ({ kind, name, early: i }));
  const { known, changes } = early.complete({ known: [], changes: sent });
  assert.equal(known, []);
  for (const [i, original] of [good, bad].entries()) {
    const { resource } = changes[i]!;
    assert.is(resource!.bytes.length, 0);
    const [ahead, now] = [new Collector(), new Collector()];
    assert.equal(early.decode(resource!, ahead), decodeResource(original, now));
    assert.equal(
      ahead.list(),
      now.list().filter(({ severity }) => severity !== "note"),
    );
    assert.is(ahead.has("error"), original === bad);
  }
});

prepared("a build forgets what it does not ask for; what was not sent ahead is decoded by the build", () => {
  const early = createPrepared();
  early.prepare([{ number: 1, resource: bad }]);
  const { changes } = early.complete({ known: [], changes: [changeOf(good)] });
  assert.is(changes[0]!.resource, good);
  assert.equal(early.decode(good, new Collector()), decodeResource(good, new Collector()));
  // Not a removal.
  assert.throws(() => early.complete({ known: [], changes: [{ kind: "cluster", name: "b", early: 1 }] }), /cluster b was not sent ahead/);
});

prepared.run();
