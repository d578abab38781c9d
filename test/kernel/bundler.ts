/** A process of some build: compiles meshes as that build does, sends the bundles and what their records are, and ends. */
import { once } from "node:events";
import type { Bundle } from "../../compiler/bundle/format.ts";
import { setFormat } from "../../runtime/apply/set-format.ts";
import { type MeshWords, meshBundle } from "./mesh.ts";

export interface Bundled {
  readonly bundles: readonly Bundle[];
  readonly format: string;
}

process.send!("started");
const [meshes] = (await once(process, "message")) as [readonly MeshWords[]];
const bundles = await Promise.all(meshes.map((words) => meshBundle(words)));
process.send!({ bundles, format: setFormat() } satisfies Bundled, () => process.disconnect());
