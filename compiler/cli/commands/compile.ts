import { parseArgs } from "node:util";
import type { PackedBundle } from "../../bundle/index.ts";
import { Collector, compareDiagnostics } from "../../diag/index.ts";
import { buildBundle, compileModel, partsOfBundle } from "../../index.ts";
import { exit, UsageError } from "../exit.ts";
import { printDiagnostics, printJson, printText } from "../output.ts";
import { checkOutput, writeOutput } from "../output-folder.ts";
import { createProgress } from "../progress.ts";
import { openSession, type Session, strictly } from "../session.ts";
import { commonOptions, countBySeverity, exactly, exitCodeOf, levelOf } from "./common.ts";

/** `compile SNAPSHOT -o BUNDLE`: the whole way, to a folder on disk. */
export async function compile(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...commonOptions,
      output: { type: "string", short: "o" },
      "no-validate": { type: "boolean", default: false },
      "no-objects": { type: "boolean", default: false },
      "vip-selects-host": { type: "boolean", default: false },
    },
  });
  const [path] = exactly("compile", positionals, ["one snapshot"]);
  if (values.output === undefined) throw new UsageError("compile needs -o BUNDLE, where the bundle goes");
  const level = levelOf(values.diagnostics, "punt");
  checkOutput(values.output);
  const progress = createProgress(values.json);
  const sink = new Collector();
  try {
    progress.step("reading");
    const session = openSession(path!, { strict: values.strict });
    const options = { noObjects: values["no-objects"], vipSelectsVhost: values["vip-selects-host"], validate: !values["no-validate"] };
    const packed = await build(session, sink, options, progress.step);
    const diagnostics = [...session.diagnostics, ...strictly(sink.list(), values.strict)].sort(compareDiagnostics);
    if (packed) {
      progress.step("writing");
      writeOutput(values.output, packed);
    }
    progress.done();
    const result = packed ? summaryOf(packed, values.output) : undefined;
    if (values.json) printJson({ bundle: result, summary: countBySeverity(diagnostics), diagnostics });
    else {
      printDiagnostics(diagnostics, level, process.stderr);
      printText(result ? textOf(result) : "no bundle was written");
    }
    return packed ? exitCodeOf(diagnostics) : exit.rejected;
  } finally {
    progress.done();
  }
}

interface CompileOptions {
  readonly noObjects: boolean;
  readonly vipSelectsVhost: boolean;
  readonly validate: boolean;
}

/** An empty bundle would let everything pass: it is what an empty snapshot asks for, never a broken one. */
function nothingRead({ model, diagnostics }: Session): boolean {
  return model.listeners.length + model.clusters.length === 0 && diagnostics.some(({ severity }) => severity === "error");
}

async function build(
  session: Session,
  sink: Collector,
  options: CompileOptions,
  step: (what: string) => void,
): Promise<PackedBundle | undefined> {
  if (nothingRead(session)) return undefined;
  step("laying out tables");
  const compiled = compileModel(session.model, sink, options);
  if (!compiled) return undefined;
  step("compiling programs");
  const diagnostics = [...session.diagnostics, ...sink.list()].sort(compareDiagnostics);
  const packed = await buildBundle(session.model, compiled, diagnostics, sink, options);
  const parts = packed && partsOfBundle(packed.bundle);
  if (parts && options.validate) {
    step("proving the tables against the rules");
    const { createEngine, validate } = await import("../../simulate/index.ts");
    validate(session.model, createEngine(parts), parts, { vipSelectsVhost: options.vipSelectsVhost });
  }
  return packed;
}

function textOf({ path, shape, tables }: Summary): string {
  const records = tables.reduce((n, t) => n + t.count, 0);
  const bytes = tables.reduce((n, t) => n + t.bytes, 0);
  return `${path}: ${tables.length} tables, ${records} records, ${(bytes / 1024).toFixed(1)} KiB; shape ${shape.slice(0, 12)}`;
}

interface Summary {
  readonly path: string;
  readonly shape: string;
  readonly tables: readonly { readonly name: string; readonly count: number; readonly bytes: number }[];
}

function summaryOf({ bundle }: PackedBundle, path: string): Summary {
  const { shape, tables } = bundle.manifest;
  return {
    path,
    shape,
    tables: tables.filter((t) => t.count > 0).map(({ name, count, recordSize }) => ({ name, count, bytes: count * recordSize })),
  };
}
