/** One fixture through the compiler, as the text that golden/ keeps. */
import { join } from "node:path";
import { openSession } from "../compiler/cli/session.ts";
import { Collector, compareDiagnostics, renderDiagnostic } from "../compiler/diag/index.ts";
import { printHir } from "../compiler/hir/print.ts";
import { compileModel, dumpTables } from "../compiler/index.ts";
import { printConnect, printDecide } from "../compiler/lir/index.ts";

export interface Stages {
  /** File name -> text, for the case's own folder. */
  readonly files: ReadonlyMap<string, string>;
  /** `<program>-<shape>/<file>` -> C. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Whole captures give long goldens: only what a reviewer reads of them is kept. */
const wholeCapture = /^realistic-/;

export function stagesOf(fixture: string): Stages {
  const session = openSession(join(fixture, "snapshot.json"));
  const sink = new Collector();
  const compiled = compileModel(session.model, sink);
  const diagnostics = [...session.diagnostics, ...sink.list()].sort(compareDiagnostics);
  const files = new Map<string, string>();
  files.set("0-diagnostics.txt", diagnostics.map((d) => `${renderDiagnostic(d, { colour: false })}\n`).join(""));
  const { listeners, routeConfigs, clusters } = session.model;
  const empty = listeners.length + routeConfigs.length + clusters.length === 0;
  if (!compiled || (empty && diagnostics.some((d) => d.severity === "error"))) return { files, sources: new Map() };
  files.set("1-hir.txt", printHir(session.model));
  files.set("2-lir.txt", printConnect(compiled.lir, compiled.names) + printDecide(compiled.decideLir, compiled.names));
  if (!wholeCapture.test(fixture.split("/").pop() ?? "")) files.set("3-tables.txt", dumpTables(compiled, { detail: "names" }));
  const sources = new Map(
    [...compiled.sources, ...compiled.decideSources].sort().map(([name, text]) => [`${folderOf(name, text)}/${name}`, text]),
  );
  files.set("4-programs.txt", [...sources.keys()].map((path) => `shapes/${path}\n`).join(""));
  return { files, sources };
}

/** `connect-plain`: the program and the shape that its banner names. */
function folderOf(name: string, text: string): string {
  const shape = /, shape (\S+)\. Do not edit/.exec(text)?.[1];
  if (shape === undefined) throw new Error(`${name} has no banner that names its shape`);
  return `${name.split(".")[0]}-${shape}`;
}
