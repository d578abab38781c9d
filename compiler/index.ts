/** HIR -> tables, code, bundle: the back end in one call each. */
import { createHash } from "node:crypto";
import { type Bundle, type BundleNames, type HeaderScalars, type PackedBundle, type PackedObject, packBundle } from "./bundle/index.ts";
import type { Diagnostic, DiagnosticSink } from "./diag/index.ts";
import { connectPrograms, connectShape, emitConnect } from "./emit/index.ts";
import type { HirCluster, HirModel } from "./hir/index.ts";
import {
  dumpImages,
  type Image,
  type Images,
  layoutConnect,
  layoutRun,
  limits,
  recordTypes,
  runLength,
  type TableName,
} from "./layout/index.ts";
import { type LirConnect, verifyLir } from "./lir/index.ts";
import { type Interned, internModel, lowerConnect, lowerRun } from "./lower/index.ts";
import { compileC, defaultIncludes, hashIncludes } from "./toolchain/index.ts";

/** Everything that needs no compiler of C: pure, and the same for the same model. */
export interface CompiledModel {
  readonly ids: Interned;
  readonly lir: LirConnect;
  readonly images: Images;
  readonly header: HeaderScalars;
  /** File name -> C of the BPF programs. */
  readonly sources: ReadonlyMap<string, string>;
  /** SHA-256 of the sources and the library they include: equal shapes run the same programs. */
  readonly shape: string;
  readonly names: BundleNames;
}

/** Undefined when a limit is reached; the sink says which. */
export function compileModel(model: HirModel, sink: DiagnosticSink): CompiledModel | undefined {
  const ids = internModel(model);
  const lir = lowerConnect(model, ids, sink);
  verifyLir(lir);
  const connect = layoutConnect(lir, sink);
  if (!connect) return undefined;
  const sources = emitConnect(connectShape(lir));
  return {
    ids,
    lir,
    images: byTable(connect.images),
    header: { ...connect.header, decide: emptyDecideHeader() },
    sources,
    shape: shapeOf(sources),
    names: namesOf(ids),
  };
}

/** The tables in words and bytes, from the images themselves. */
export function dumpTables(compiled: Pick<CompiledModel, "header" | "images" | "names">): string {
  const images = new Map([...compiled.images].map(([name, image]) => [name as string, image.bytes]));
  return dumpImages(compiled.header, images, compiled.names);
}

/** The same of a bundle. */
export function dumpBundle(bundle: Bundle): string {
  return dumpImages(bundle.manifest.header, bundle.tables, bundle.names);
}

/** The endpoint records of one cluster: what its cell names. */
export interface CompiledRun {
  readonly run: Uint8Array;
  /** KM_CELL_UNIFORM of the cell. */
  readonly uniform: boolean;
}

/**
 * One cluster's change, in the work of its size: new endpoints, health or weights. Undefined where more than the run changes (endpoints
 * that connect() can't go to, a cluster that is passed or punted, more than a limit allows): compile the model then, and also where the
 * cluster had no run before.
 */
export function compileRun(cluster: HirCluster): CompiledRun | undefined {
  const lowered = lowerRun(cluster);
  if (!lowered) return undefined;
  const length = runLength(lowered);
  if (length > limits.endpointsPerCluster.max) return undefined;
  const run = new Uint8Array(length * recordTypes.Endpoint.size);
  return { run, uniform: layoutRun(lowered, new DataView(run.buffer), 0).uniform };
}

export interface BuildOptions {
  /** Leave the objects out: tables and sources only, no clang. */
  readonly noObjects?: boolean;
}

/** Undefined when `compiled` can't be compiled to objects (the sink says why: no clang). */
export async function buildBundle(
  model: HirModel,
  compiled: CompiledModel,
  diagnostics: readonly Diagnostic[],
  sink: DiagnosticSink,
  options: BuildOptions = {},
): Promise<PackedBundle | undefined> {
  const objects: PackedObject[] = [];
  if (!options.noObjects) {
    const result = await compileC({ sources: compiled.sources, target: "bpf" });
    for (const diagnostic of result.diagnostics) sink.add(diagnostic);
    if (!result.bytes || !result.compiler) return undefined;
    objects.push({ name: "connect", bytes: result.bytes, compiler: result.compiler, programs: connectPrograms });
  }
  const { shape, header, images, sources, names } = compiled;
  return packBundle({ shape, header, images, sources, objects, model, names, diagnostics });
}

function emptyDecideHeader(): HeaderScalars["decide"] {
  const type = recordTypes.DecideHeader;
  return type.read(new DataView(new ArrayBuffer(type.size)), 0);
}

function byTable(images: readonly Image[]): Images {
  return new Map<TableName, Image>(images.map((image) => [image.table, image]));
}

function shapeOf(sources: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256").update(hashIncludes(defaultIncludes("bpf")));
  for (const [name, text] of sources) hash.update(JSON.stringify([name, text]));
  return hash.digest("hex");
}

function namesOf(ids: Interned): BundleNames {
  const names = (list: readonly { readonly name: string; readonly path: string }[]) => list.map(({ name, path }) => ({ name, path }));
  return {
    listeners: names(ids.listeners),
    chains: names(ids.chains),
    routeConfigs: names(ids.routeConfigs),
    vhosts: names(ids.vhosts),
    routes: names(ids.routes),
    clusters: names(ids.clusters),
  };
}
