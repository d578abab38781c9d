import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeResource, type XdsKind, type XdsResource } from "../../../compiler/decode/index.ts";
import { type CompiledMesh, createMesh } from "../mesh.ts";
import type { Change } from "../types.ts";
import { eds, endpoints, listener, update } from "./mesh.ts";

const letGo = suite("follow: messages that nobody reads again");

type Resources = Parameters<typeof update>[1];

function changesOf(kind: XdsKind, resources: Resources): readonly Change[] {
  const { changed, form } = update(kind, resources);
  return [...changed].map(([name, body]) => ({ kind, name, resource: { kind, name, form, bytes: body.bytes() } }));
}

const clusters = changesOf("cluster", [eds("a")]);
const others = [
  ...changesOf("endpoint", [endpoints("a", "10.0.0.1:80"), endpoints("unused", "10.0.0.2:80")]),
  ...changesOf("listener", [listener("l", "10.1.0.1:80", "a")]),
];

letGo("endpoints go as soon as they are there, and mean what they meant", () => {
  const decoded: XdsResource[] = [];
  const mesh = createMesh((raw, sink) => {
    const resource = decodeResource(raw, sink);
    if (resource) decoded.push(resource);
    return resource;
  });
  const endpointsOf = (name: string) => decoded.find((one) => one.kind === "endpoint" && one.name === name)!;
  mesh.compile({ known: [], changes: [...clusters, ...others] });
  for (const name of ["a", "unused"]) {
    const gone = endpointsOf(name).message as unknown as Record<string, unknown>;
    for (const read of [() => gone["cluster_name"], () => "endpoints" in gone, () => ({ ...gone }), () => JSON.stringify(gone)])
      assert.throws(read, /read after it was let go/);
  }
  mesh.keep();

  // Its cluster changes, goes and comes.
  const another = changesOf("cluster", [{ ...eds("a"), connect_timeout: "2s", alt_stat_name: "other" }]);
  for (const changes of [another, [{ kind: "cluster", name: "a", resource: undefined }] as const, clusters]) {
    const { model } = mesh.compile({ known: [], changes }) as CompiledMesh;
    const fresh = createMesh().compile({ known: [], changes: [...changes, ...others] }) as CompiledMesh;
    assert.equal(model, fresh.model);
    mesh.keep();
  }
});

letGo.run();
