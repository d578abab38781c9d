import { Collector } from "../../diag/index.ts";
import { decideShape, emitDecide, genericDecideShape } from "../../emit/decide.ts";
import type { HirModel } from "../../hir/index.ts";
import { layoutDecide } from "../../layout/decide.ts";
import { type Image, layoutConnect } from "../../layout/index.ts";
import { lowerDecide } from "../../lower/decide.ts";
import { internModel, lowerConnect } from "../../lower/index.ts";
import { compileC } from "../../toolchain/index.ts";
import { createEngine, type Engine, type EngineParts } from "../index.ts";

/** A model's tables and code. `generic`: the shape that takes every table, so that many models share one compilation. */
export async function partsOf(model: HirModel, options: { readonly generic?: boolean } = {}): Promise<EngineParts> {
  const sink = new Collector();
  const ids = internModel(model);
  const connect = layoutConnect(lowerConnect(model, ids, sink), sink);
  const lir = lowerDecide(model, ids, sink);
  const decide = layoutDecide(lir, sink, ids);
  const { bytes, diagnostics } = await compileC({
    sources: emitDecide(options.generic ? genericDecideShape : decideShape(lir)),
    target: "wasm32",
  });
  if (!connect || !decide || !bytes) throw new Error([...sink.list(), ...diagnostics].map(({ message }) => message).join("; "));
  return {
    images: new Map<string, Image>([...connect.images, ...decide.images].map((image) => [image.table, image])),
    header: { ...connect.header, decide: decide.header },
    names: { ...ids, entries: decide.entries, reasons: decide.reasons },
    wasm: bytes,
  };
}

export async function engineOf(model: HirModel, options: { readonly generic?: boolean } = {}): Promise<Engine> {
  return createEngine(await partsOf(model, options));
}
