import { getHeapStatistics } from "node:v8";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { collectOnce } from "../../heap/index.ts";
import { createReceiver, createSender } from "../hand-over.ts";
import { changesOf } from "../store.ts";
import type { BuildResult } from "../types.ts";
import { dns, eds, endpoints, listener, testBuilder, update } from "./mesh.ts";

const handOver = suite("hand over");

handOver("what arrives is what was built, and what is there already does not travel again", async () => {
  const builder = testBuilder();
  const [send, receive] = [createSender(), createReceiver()];
  const build = async (...updates: readonly ReturnType<typeof update>[]): Promise<BuildResult> =>
    builder.build({ known: [], changes: updates.flatMap(changesOf) });
  const travel = (built: BuildResult) => {
    const parcel = send(built);
    const arrived = receive(structuredClone(parcel), []);
    assert.ok(arrived.kind === "built" && built.kind === "built");
    assert.equal({ ...arrived, bundle: { ...arrived.bundle, names: { ...arrived.bundle.names } } }, built);
    const { tables, names } = parcel as Extract<typeof parcel, { readonly kind: "built" }>;
    return {
      tables: tables.flatMap(([name, { come }]) => (come.length > 0 ? [name] : [])),
      lines: names?.lines.map(({ come }) => come.length),
    };
  };
  const first = await build(
    update("cluster", [eds("a"), eds("b")]),
    update("endpoint", [endpoints("a", "10.1.0.1:80"), endpoints("b", "10.1.0.2:80")]),
    update("listener", [listener("la", "10.0.0.1:80", "a")]),
  );
  assert.ok(travel(first).tables.includes("cell"));
  // Names of clusters alone.
  assert.equal(travel(await build(update("cluster", [dns("d", "a.example:80")]))).lines, [0, 0, 0, 0, 0, 1, 0, 0]);
  const moved = travel(await build(update("listener", [listener("la", "10.0.0.1:80", "b")])));
  assert.equal(moved, { tables: ["svc4", "target"], lines: undefined });
  assert.equal(travel(await build()).tables, []);
  assert.equal(travel(await build(update("endpoint", [endpoints("a", "10.1.0.3:80")]))).tables, ["cell"]);
});

handOver("names that the inputs of a build brought are held once", async () => {
  const names = Array.from({ length: 200 }, (_, at) => `${"long".repeat(4000)}${at}`);
  const inputs = [
    update("cluster", names.map(eds)),
    update(
      "endpoint",
      names.map((name) => endpoints(name, "10.1.0.1:80")),
    ),
  ].flatMap(changesOf);
  const built = await testBuilder().build({ known: [], changes: inputs });
  assert.ok(built.kind === "built");
  const { model: _model, ...bundle } = built.bundle;
  const parcel = createSender()({ ...built, bundle: { ...bundle, diagnostics: [] } });
  const held: BuildResult[] = [];
  // Its frame goes, and the parcel with it.
  const arrive = (known: typeof inputs): void => void held.push(createReceiver()(structuredClone(parcel), known));
  const bytesOf = (known: typeof inputs): number => {
    collectOnce();
    const before = getHeapStatistics().used_heap_size;
    arrive(known);
    collectOnce();
    return getHeapStatistics().used_heap_size - before;
  };
  const [alone, known] = [bytesOf([]), bytesOf(inputs)];
  assert.equal(held[0], held[1]);
  const size = names.join("").length;
  assert.ok(alone > size, `${alone} bytes for names of ${size}`);
  assert.ok(known < size / 4, `${known} bytes for names of ${size}`);
});

handOver.run();
