import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../diag/index.ts";
import { checkImages, inParts, recordFormat, recordTypes, tables } from "../layout/index.ts";
import { BUNDLE_FORMAT, type Bundle, type BundleManifest, type BundleNames, MANIFEST_FILE } from "./format.ts";
import { keepNamesFile, namesHash } from "./names.ts";
import { digestOf } from "./pack.ts";
import { formError } from "./schema.ts";
import { sha256 } from "./sha256.ts";
import { tableHash } from "./table-hash.ts";

export type ReadBundle =
  | { readonly bundle: Bundle; readonly diagnostics: readonly Diagnostic[] }
  | { readonly bundle?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Largest file that is read: 1 GiB. */
const MAX_FILE = 1 << 30;
const MAX_MANIFEST = 1 << 20;

/** A fault that ends reading: the first one is told, as what follows would be read from a bundle that is wrong anyway. */
class Fault extends Error {
  readonly diagnostic: Diagnostic;
  constructor(code: string, path: string, message: string) {
    super(message);
    this.diagnostic = {
      code,
      severity: "error",
      path,
      message,
      hint: "compile the snapshot again with this version, and copy the folder whole",
    };
  }
}

/** Reads and verifies a bundle folder: form, sizes, hashes, and that the tables point nowhere outside. Never throws on what is in the files. */
export function readBundle(dir: string): ReadBundle {
  try {
    return { bundle: read(dir), diagnostics: [] };
  } catch (error) {
    if (error instanceof Fault) return { diagnostics: [error.diagnostic] };
    throw error;
  }
}

function read(dir: string): Bundle {
  const manifest = readManifest(dir);
  const images = new Map<string, Uint8Array>();
  for (const { file, sha256: hash, recordSize, count, name } of manifest.tables)
    images.set(name, verified(dir, file, hash, { size: recordSize * count, hashOf: tableHash }));
  const problem = checkImages(manifest.header, images);
  if (problem !== undefined) throw new Fault("KM6004", "tables", problem);

  const objects = new Map<string, Uint8Array>();
  for (const object of manifest.objects) objects.set(object.name, verified(dir, object.file, object.sha256));
  if (manifest.decide) objects.set("decide", verified(dir, manifest.decide.file, manifest.decide.sha256));
  const sources = new Map<string, string>();
  for (const { file, sha256: hash } of manifest.sources) sources.set(file.slice("sources/".length), text(verified(dir, file, hash)));
  const json = <T>(kind: "model" | "names" | "diagnostics", file: string, bytes: Uint8Array): T => {
    const value = parse(file, text(bytes));
    const error = formError(kind, value);
    if (error !== undefined) throw new Fault("KM6002", file, error);
    return value as T;
  };
  const named = verified(dir, manifest.names.file, manifest.names.sha256, { hashOf: namesHash });
  const names = json<BundleNames>("names", manifest.names.file, named);
  keepNamesFile(names, named, manifest.names.sha256);
  const judged = verified(dir, manifest.diagnostics.file, manifest.diagnostics.sha256);
  const diagnostics = json<readonly Diagnostic[]>("diagnostics", manifest.diagnostics.file, judged);
  const parts = new Map([...images].map(([name, bytes]) => [name, inParts(bytes)]));
  const bundle = { manifest, tables: parts, objects, sources, names, diagnostics };
  if (!manifest.model) return bundle;
  const { file, sha256: hash } = manifest.model;
  return { ...bundle, model: json("model", file, verified(dir, file, hash)) };
}

function readManifest(dir: string): BundleManifest {
  const value = parse(MANIFEST_FILE, text(bytesOf(dir, MANIFEST_FILE, MAX_MANIFEST)));
  const { format } = (value ?? {}) as { readonly format?: unknown };
  if (typeof format === "number" && format !== BUNDLE_FORMAT)
    throw new Fault("KM6002", MANIFEST_FILE, `a bundle of another version: its format is ${format}, not ${BUNDLE_FORMAT}`);
  const error = formError("manifest", value);
  if (error !== undefined) throw new Fault("KM6002", MANIFEST_FILE, error);
  const manifest = value as BundleManifest;
  if (digestOf(manifest) !== manifest.digest) throw new Fault("KM6003", MANIFEST_FILE, "its digest is not that of its content");
  if (manifest.tables.length !== tables.length)
    throw new Fault("KM6004", MANIFEST_FILE, `${manifest.tables.length} tables, not ${tables.length}`);
  for (const [id, { name, record }] of tables.entries()) {
    const entry = manifest.tables[id]!;
    if (entry.name !== name) throw new Fault("KM6004", `tables[${id}]`, `table ${entry.name}, where ${name} belongs`);
    if (entry.recordSize !== recordTypes[record].size)
      throw new Fault("KM6004", `tables[${id}]`, `records of ${entry.recordSize} bytes, not ${recordTypes[record].size}`);
  }
  if (manifest.records !== recordFormat()) throw new Fault("KM6004", "records", "records of another version, of the same sizes");
  const names = new Set(manifest.objects.map((o) => o.name));
  if (names.size !== manifest.objects.length || names.has("decide")) throw new Fault("KM6004", "objects", "two objects of one name");
  return manifest;
}

interface Expected {
  /** Bytes. Default: any. */
  readonly size?: number;
  /** Default: SHA-256 of the whole. */
  readonly hashOf?: (bytes: Uint8Array) => string;
}

function verified(dir: string, file: string, hash: string, { size, hashOf = sha256 }: Expected = {}): Uint8Array {
  const bytes = bytesOf(dir, file, MAX_FILE);
  if (size !== undefined && bytes.length !== size) throw new Fault("KM6003", file, `${bytes.length} bytes, not ${size}`);
  if (hashOf(bytes) !== hash) throw new Fault("KM6003", file, "its SHA-256 is not the manifest's");
  return bytes;
}

function bytesOf(dir: string, file: string, limit: number): Uint8Array {
  try {
    // lstat: a link could lead out of the folder, a device or a pipe never end.
    const stat = lstatSync(join(dir, file));
    if (!stat.isFile()) throw new Fault("KM6001", file, "is no plain file");
    if (stat.size > limit) throw new Fault("KM6001", file, `${stat.size} bytes, at most ${limit}`);
    return new Uint8Array(readFileSync(join(dir, file)));
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault("KM6001", file, `can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function parse(file: string, source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new Fault("KM6002", file, "is no JSON");
  }
}
