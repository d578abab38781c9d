import type { Diagnostic } from "../diag/index.ts";
import type { HirModel } from "../hir/index.ts";
import { type Images, type Parts, recordFormat, recordTypes, tables } from "../layout/index.ts";
import { perObject } from "../memo/index.ts";
import {
  BUNDLE_FORMAT,
  type Bundle,
  type BundleManifest,
  type BundleNames,
  type BundleObject,
  type BundleProgram,
  type HeaderScalars,
  MANIFEST_FILE,
} from "./format.ts";
import { namesFile, namesOfFile } from "./names.ts";
import { sha256 } from "./sha256.ts";
import { createTableHash } from "./table-hash.ts";

export interface BundleParts {
  /** SHA-256 of what the programs are made from. */
  readonly shape: string;
  readonly header: HeaderScalars;
  readonly images: Images;
  readonly sources: ReadonlyMap<string, string>;
  readonly objects: readonly PackedObject[];
  /** The simulator. */
  readonly decide?: Uint8Array;
  /** For those who ask what the rules say. A bundle that is only applied needs none. */
  readonly model?: HirModel;
  readonly names: BundleNames;
  readonly diagnostics: readonly Diagnostic[];
}

export interface PackedObject {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly compiler: string;
  readonly programs: readonly BundleProgram[];
}

/** Programs stay the same: they are hashed once. */
const hashOfProgram = perObject((bytes: Uint8Array): string => sha256(bytes));

/** By table: what stays in the next bundle is hashed once. */
const tableHashes = new Map<string, (parts: Parts) => string>(tables.map(({ name }) => [name, createTableHash()]));

/** What stands in a file: in one piece, or in several, one after the other. */
export type FileData = string | Uint8Array | readonly Uint8Array[];

/** The files of a bundle, by name, and its manifest: all that is hashed and written. */
export interface PackedBundle {
  readonly bundle: Bundle;
  readonly files: ReadonlyMap<string, FileData>;
}

/** Parts -> a bundle with its files. Tables that have no image are empty. Pure: equal parts give equal bytes. */
export function packBundle(parts: BundleParts): PackedBundle {
  const files = new Map<string, FileData>();
  const put = (file: string, data: Uint8Array | string) => {
    files.set(file, data);
    return { file, sha256: typeof data === "string" ? sha256(data) : hashOfProgram(data) };
  };
  const images = new Map<string, Parts>();
  const tableEntries = tables.map(({ name, record }) => {
    const image = parts.images.get(name);
    const bytes = image?.parts ?? [];
    const file = `tables/${name}.bin`;
    images.set(name, bytes);
    files.set(file, bytes);
    return { name, recordSize: recordTypes[record].size, count: image?.count ?? 0, file, sha256: tableHashes.get(name)!(bytes) };
  });
  const objects = new Map<string, Uint8Array>();
  const objectEntries: BundleObject[] = parts.objects.map(({ name, bytes, compiler, programs }) => {
    objects.set(name, bytes);
    return { name, ...put(`objects/${name}.bpf.o`, bytes), compiler, programs };
  });
  if (parts.decide) objects.set("decide", parts.decide);
  const sources = [...parts.sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => put(`sources/${name}`, text));
  const names = namesFile(parts.names);
  files.set("names.json", names.lines.flat());
  const body: Omit<BundleManifest, "digest"> = {
    format: BUNDLE_FORMAT,
    records: recordFormat(),
    shape: parts.shape,
    header: parts.header,
    tables: tableEntries,
    objects: objectEntries,
    sources,
    ...(parts.model ? { model: put("model.json", jsonText(parts.model)) } : {}),
    names: { file: "names.json", sha256: names.sha256 },
    diagnostics: put("diagnostics.json", jsonText(parts.diagnostics)),
    ...(parts.decide ? { decide: put("objects/decide.wasm", parts.decide) } : {}),
  };
  const manifest: BundleManifest = { ...body, digest: digestOf(body) };
  files.set(MANIFEST_FILE, `${JSON.stringify(manifest, undefined, 2)}\n`);
  const { model, diagnostics } = parts;
  const bundle = { manifest, tables: images, objects, sources: parts.sources, names: namesOfFile(names, parts.names), diagnostics };
  return { bundle: model ? { ...bundle, model } : bundle, files };
}

/** SHA-256 of a manifest without its digest: what no file's hash guards, this does. */
export function digestOf(manifest: Omit<BundleManifest, "digest"> & { readonly digest?: string }): string {
  const { digest: _own, ...body } = manifest;
  return sha256(JSON.stringify(body));
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
