/** The captures of a real control plane that the repository holds, and how they are compiled for a test. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openSession } from "../compiler/cli/session.ts";
import { Collector, compareDiagnostics, type Diagnostic } from "../compiler/diag/index.ts";
import type { HirModel } from "../compiler/hir/index.ts";
import { type CompiledModel, compileModel } from "../compiler/index.ts";
import { packageRoot } from "../compiler/package-root.ts";

const folder = join(packageRoot, "test/data/captures");

/** `bookinfo/productpage`: the mesh and the identity it was captured as. */
export function listCaptures(): readonly string[] {
  return readdirSync(folder)
    .flatMap((mesh) => readdirSync(join(folder, mesh)).map((identity) => `${mesh}/${identity}`))
    .sort();
}

/** The folder of state-of-the-world responses. */
export function rawOf(capture: string): string {
  return join(folder, capture, "raw");
}

/** The config_dump of the state that the responses end in. */
export function dumpOf(capture: string): string {
  const plain = join(folder, capture, "config_dump.json");
  return existsSync(plain) ? plain : `${plain}.zst`;
}

export interface Compiled {
  readonly model: HirModel;
  readonly compiled: CompiledModel;
  /** Of every stage, sorted. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Everything but clang. Throws where a limit is reached. */
export function compilePath(path: string): Compiled {
  const { model, diagnostics } = openSession(path);
  return withTables(model, diagnostics);
}

export function withTables(model: HirModel, before: readonly Diagnostic[]): Compiled {
  const sink = new Collector();
  const compiled = compileModel(model, sink);
  const diagnostics = [...before, ...sink.list()].sort(compareDiagnostics);
  if (!compiled) throw new Error(`no tables: ${diagnostics[0]?.code} ${diagnostics[0]?.message}`);
  return { model, compiled, diagnostics };
}

/** All that a bundle is made of and that does not need clang, as text: equal text, equal bundle. */
function fingerprint({ model, compiled }: Compiled): Readonly<Record<string, string>> {
  const images = [...compiled.images].map(([name, { count, parts }]) => [
    `table ${name}`,
    `${count} ${Buffer.concat(parts).toString("base64")}`,
  ]);
  const sources = [...compiled.sources, ...compiled.decideSources].map(([name, text]) => [`source ${name}`, text]);
  const { header, names, shape } = compiled;
  return {
    model: JSON.stringify(model),
    header: JSON.stringify(header),
    names: JSON.stringify(names),
    shape,
    ...Object.fromEntries([...images, ...sources]),
  };
}

/** The parts that differ: their names, as what they hold is too long to read. */
export function differences(a: Compiled, b: Compiled): readonly string[] {
  const [one, other] = [fingerprint(a), fingerprint(b)];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((part) => one[part] !== other[part]);
}
