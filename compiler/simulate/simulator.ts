import { Collector, type Diagnostic, type DiagnosticSink } from "../diag/index.ts";
import { decideShape, emitDecide } from "../emit/decide.ts";
import type { HirModel } from "../hir/index.ts";
import { layoutDecide } from "../layout/decide.ts";
import type { Image } from "../layout/index.ts";
import { layoutConnect } from "../layout/index.ts";
import { lowerDecide } from "../lower/decide.ts";
import { lowerConnect } from "../lower/index.ts";
import { internModel } from "../lower/intern.ts";
import { compileC } from "../toolchain/index.ts";
import { createEngine, type Engine, type EngineParts } from "./engine.ts";

/** A model could not be simulated: a limit is reached, or there is no compiler. The diagnostics say which. */
export class SimulatorUnavailable extends Error {
  override name = "SimulatorUnavailable";
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ code, message }) => `${code} ${message}`).join("; "));
    this.diagnostics = diagnostics;
  }
}

/** Compiles the decide tier of a model and loads it. Throws SimulatorUnavailable. */
export async function createSimulator(model: HirModel): Promise<Engine> {
  const sink = new Collector();
  const parts = await simulatorParts(model, sink);
  if (!parts) throw new SimulatorUnavailable(sink.list().filter(({ severity }) => severity === "error"));
  return createEngine(parts);
}

/** What createEngine wants, from a model; undefined when a limit is reached or there is no compiler (the sink says which). */
export async function simulatorParts(model: HirModel, sink: DiagnosticSink): Promise<EngineParts | undefined> {
  const ids = internModel(model);
  const connect = layoutConnect(lowerConnect(model, ids, sink), sink);
  const lir = lowerDecide(model, ids, sink);
  const decide = layoutDecide(lir, sink);
  if (!connect || !decide) return undefined;
  const { bytes, diagnostics } = await compileC({ sources: emitDecide(decideShape(lir)), target: "wasm32" });
  for (const diagnostic of diagnostics) sink.add(diagnostic);
  if (!bytes) return undefined;
  return {
    images: new Map<string, Image>([...connect.images, ...decide.images].map((image) => [image.table, image])),
    header: { ...connect.header, decide: decide.header },
    names: { ...ids, entries: lir.entries, reasons: decide.reasons },
    wasm: bytes,
  };
}
