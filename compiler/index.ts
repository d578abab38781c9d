/** HIR -> tables, code, bundle: the back end in one call each. */
import { createHash } from "node:crypto";
import { type Bundle, heldNames, type PackedBundle, packBundle } from "./bundle/index.ts";
import type { Diagnostic, DiagnosticSink } from "./diag/index.ts";
import { decideShape, decideShapes, emitDecide } from "./emit/decide.ts";
import { connectPrograms, connectShape, connectShapes, emitConnect } from "./emit/index.ts";
import type { HirCluster, HirModel } from "./hir/index.ts";
import { type Image, layoutRun, limits, type Run, runLength, type TableName } from "./layout/index.ts";
import { lowerRun } from "./lower/index.ts";
import type { EngineParts } from "./simulate/index.ts";
import { type CompiledTables, type CompileOptions, compileTables } from "./tables.ts";
import { type CompileRequest, compileC, defaultIncludes, hashIncludes } from "./toolchain/index.ts";

export { dumpBundle, dumpTables } from "./dump.ts";
export type { CompileOptions } from "./tables.ts";
export { type ObjectNumbers, objectNumbers } from "./toolchain/index.ts";

/** Everything that needs no compiler of C: pure, and the same for the same model. */
export interface CompiledModel extends CompiledTables {
  /** File name -> C of the BPF programs. */
  readonly sources: ReadonlyMap<string, string>;
  /** File name -> C of the decide tier, which is compiled for wasm32. */
  readonly decideSources: ReadonlyMap<string, string>;
  /** SHA-256 of the BPF sources and the library they include: equal shapes run the same programs. */
  readonly shape: string;
}

/** Undefined when a limit is reached; the sink says which. */
export function compileModel(model: HirModel, sink: DiagnosticSink, options?: CompileOptions): CompiledModel | undefined {
  const tables = compileTables(model, sink, options);
  if (!tables) return undefined;
  const sources = emitConnect(connectShape(tables.lir));
  return { ...tables, sources, decideSources: emitDecide(decideShape(tables.decideLir)), shape: shapeOf(sources) };
}

/** The endpoint records of one cluster: what its cell names. */
export type CompiledRun = Run;

/**
 * One cluster's change, in the work of its size: new endpoints, health or weights. Undefined where more than the run changes (endpoints
 * that connect() can't go to, a cluster that is passed or punted, more than a limit allows): compile the model then, and also where the
 * cluster had no run before.
 */
export function compileRun(cluster: HirCluster): CompiledRun | undefined {
  const lowered = lowerRun(cluster);
  if (!lowered) return undefined;
  const run = layoutRun(lowered);
  return runLength(run) > limits.endpointsPerCluster.max ? undefined : run;
}

export interface BuildOptions {
  /** Leave the compiled code out: tables and sources only, no clang. */
  readonly noObjects?: boolean;
  /** Leave the model out: for who only applies the bundle. */
  readonly noModel?: boolean;
}

/** Undefined when `compiled` can't be compiled to objects (the sink says why: it does not ship compiled, and there is no clang). */
export async function buildBundle(
  model: HirModel,
  compiled: CompiledModel,
  diagnostics: readonly Diagnostic[],
  sink: DiagnosticSink,
  options: BuildOptions = {},
): Promise<PackedBundle | undefined> {
  const { shape, header, images, names } = compiled;
  const sources = new Map([...compiled.sources, ...compiled.decideSources]);
  const parts = { shape, header, images, sources, names, diagnostics, ...(options.noModel ? {} : { model }) };
  if (options.noObjects) return packBundle({ ...parts, objects: [] });
  const [connect, decide] = await Promise.all([
    compileC(connectProgram(compiled.sources)),
    compileC(decideProgram(compiled.decideSources)),
  ]);
  const problems = new Map([...connect.diagnostics, ...decide.diagnostics].map((diagnostic) => [diagnostic.code, diagnostic]));
  for (const diagnostic of problems.values()) sink.add(diagnostic);
  if (!connect.bytes || !connect.compiler || !decide.bytes) return undefined;
  const object = { name: "connect", bytes: connect.bytes, compiler: connect.compiler, programs: connectPrograms };
  return packBundle({ ...parts, objects: [object], decide: decide.bytes });
}

/** What the simulator runs of a compiled model; undefined, with a diagnostic, where its code neither ships nor can be compiled. */
export async function partsOfModel(compiled: CompiledModel, sink: DiagnosticSink): Promise<EngineParts | undefined> {
  const { bytes, diagnostics } = await compileC(decideProgram(compiled.decideSources));
  for (const diagnostic of diagnostics) sink.add(diagnostic);
  return bytes && { images: compiled.images, header: compiled.header, names: compiled.names, wasm: bytes };
}

/** What the simulator runs of a bundle; undefined when it was built without compiled code. */
export function partsOfBundle(bundle: Bundle): EngineParts | undefined {
  const wasm = bundle.objects.get("decide");
  if (!wasm) return undefined;
  const images = new Map<string, Image>(
    bundle.manifest.tables.map(({ name, recordSize, count }) => {
      return [name, { table: name as TableName, recordSize, count, parts: bundle.tables.get(name) ?? [] }];
    }),
  );
  return { images, header: bundle.manifest.header, names: heldNames(bundle.names), wasm };
}

/** Every program that a model can need: what a build compiles, so that what runs it needs no clang. */
export function everyProgram(): readonly CompileRequest[] {
  return [
    ...connectShapes.map((shape) => connectProgram(emitConnect(shape))),
    ...decideShapes.map((shape) => decideProgram(emitDecide(shape))),
  ];
}

function connectProgram(sources: CompileRequest["sources"]): CompileRequest {
  return { sources, target: "bpf" };
}

function decideProgram(sources: CompileRequest["sources"]): CompileRequest {
  return { sources, target: "wasm32" };
}

function shapeOf(sources: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256").update(hashIncludes(defaultIncludes("bpf")));
  for (const [name, text] of sources) hash.update(JSON.stringify([name, text]));
  return hash.digest("hex");
}
