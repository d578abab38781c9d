/** A small mesh, other meshes that differ from it in one way each, and bundles of them that the fake kernel "loads". */
import { tables as allTables, type Bundle, type Run, type RunForm, runRecordSize } from "../../../compiler/bundle/format.ts";
import { type MeshWords, meshBundle } from "../../../test/kernel/mesh.ts";
import { programNames } from "./fake-kernel.ts";

export const folder = "/pins";

const base: MeshWords = {
  clusters: { a: ["127.0.0.1:1"], b: ["127.0.0.1:2", "127.0.0.1:3*3"], c: ["127.0.0.1:9"] },
  services: { "10.0.0.1:80": "a", "10.0.0.2:80": "b" },
};
const many = Array.from({ length: 300 }, (_, i) => `127.0.1.${i % 250}:${1000 + i}`);

export const meshes = {
  base,
  /** No cluster has weights or IPv6. */
  compact: { ...base, clusters: { ...base.clusters, b: ["127.0.0.1:2"] } },
  oneCluster: { ...base, clusters: { ...base.clusters, b: ["127.0.0.1:2", "127.0.0.1:4"] } },
  twoClusters: { ...base, clusters: { ...base.clusters, a: [], b: ["127.0.0.1:4"] } },
  route: { ...base, services: { ...base.services, "10.0.0.2:80": "c" } },
  shape: { ...base, services: { ...base.services, "10.0.0.2:80": { a: 1, c: 2 } } },
  growth: { ...base, clusters: { ...base.clusters, b: many } },
  nothing: { clusters: {}, services: {} },
} as const satisfies Readonly<Record<string, MeshWords>>;

export type MeshName = keyof typeof meshes;

export const attachOf = {
  km_connect4: "connect4",
  km_connect6: "connect6",
  km_peername4: "getpeername4",
  km_peername6: "getpeername6",
  km_release: "sock_release",
} as const;

const made = new Map<MeshName, Promise<Bundle>>();

export function bundleOf(name: MeshName): Promise<Bundle> {
  if (!made.has(name)) made.set(name, make(meshes[name]));
  return made.get(name)!;
}

async function make(words: MeshWords): Promise<Bundle> {
  const bundle = await meshBundle(words, { noObjects: true });
  const programs = programNames.map((name) => ({ name, attach: attachOf[name as keyof typeof attachOf] }));
  const object = { name: "connect", file: "objects/connect.bpf.o", sha256: "", compiler: "", programs };
  return { ...bundle, manifest: { ...bundle.manifest, objects: [object] }, objects: new Map([["connect", new Uint8Array(8)]]) };
}

/** Endpoints of one cluster. */
export function run(count: number, from: number, form: RunForm = "compact"): Run {
  const size = runRecordSize[form];
  const run = new Uint8Array(count * size);
  const view = new DataView(run.buffer);
  for (let i = 0; i < count; i++) view.setUint16((i + 1) * size - 4, from + i);
  return { run, form };
}

/** Tables that a program in the kernel reads. */
export const inKernel: ReadonlySet<string> = new Set(allTables.filter(({ tier }) => tier !== "decide").map(({ name }) => name));

/** A format of another version. */
export const otherFormat = "0123456789abcdef".repeat(4);
