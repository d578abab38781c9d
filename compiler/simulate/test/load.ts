import { Collector } from "../../diag/index.ts";
import { decideShape, emitDecide, genericDecideShape } from "../../emit/decide.ts";
import type { HirModel } from "../../hir/index.ts";
import { compileTables } from "../../tables.ts";
import { compileC } from "../../toolchain/index.ts";
import { createEngine, type Engine, type EngineParts } from "../index.ts";

/** A model's tables and code. `generic`: the shape that takes every table, so that many models share one compilation. */
export async function partsOf(model: HirModel, options: { readonly generic?: boolean } = {}): Promise<EngineParts> {
  const sink = new Collector();
  const tables = compileTables(model, sink);
  if (!tables)
    throw new Error(
      sink
        .list()
        .map(({ message }) => message)
        .join("; "),
    );
  const shape = options.generic ? genericDecideShape : decideShape(tables.decideLir);
  const { bytes, diagnostics } = await compileC({ sources: emitDecide(shape), target: "wasm32" });
  if (!bytes) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  const { images, header, names } = tables;
  return { images, header, names, wasm: bytes };
}

export async function engineOf(model: HirModel, options: { readonly generic?: boolean } = {}): Promise<Engine> {
  return createEngine(await partsOf(model, options));
}
