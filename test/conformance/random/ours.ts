/** Our side of a comparison: snapshot to model, question to the ways it may end. */
import { type Asker, createAsker, type EngineName } from "../../../compiler/cli/asker.ts";
import { resolveFiles } from "../../../compiler/cli/session.ts";
import type { Diagnostic } from "../../../compiler/diag/index.ts";
import type { Answer } from "../../../compiler/hir/decision.ts";
import { createInterpreter, type HirModel, type Interpreter, parseQuestion, treat } from "../../../compiler/hir/index.ts";
import type { Json } from "../json-fields.ts";
import type { RowQuestion } from "../question.ts";
import type { Way } from "./strict.ts";

export interface OurSide {
  readonly model: HirModel;
  readonly diagnostics: readonly Diagnostic[];
  /** Errors of decode and resolve, a line each. */
  readonly errors: readonly string[];
  ask(question: RowQuestion): readonly Way[];
}

/** With the engine `both`, a question that the generated C answers otherwise throws. */
export async function openOurs(snapshot: Json, engine: EngineName): Promise<OurSide> {
  const bytes = Buffer.from(JSON.stringify(snapshot), "utf8");
  const session = resolveFiles([{ name: "snapshot.json", bytes }], {});
  const { model, diagnostics } = session;
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ code, path, message }) => `${code} ${path}: ${message}`);
  const interpreter = createInterpreter(model);
  const asker = engine === "hir" || errors.length > 0 ? undefined : await createAsker(session, engine);
  return { model, diagnostics, errors, ask: (question) => askOurs(model, interpreter, asker, question) };
}

function askOurs(model: HirModel, interpreter: Interpreter, asker: Asker | undefined, row: RowQuestion): readonly Way[] {
  const parsed = parseQuestion(row);
  if (parsed.kind === "error") throw new Error(`the generator made a question that is none: ${parsed.message}`);
  const { question } = parsed;
  asker?.ask(question);
  const { shares } = interpreter.decide(question);
  return shares.map((share) => {
    const answer = treat(model, question, { shares: [{ ...share, probability: 1 }] });
    return { probability: share.probability, answer, hostnames: hostnamesOf(model, answer) };
  });
}

function hostnamesOf(model: HirModel, { clusters = [] }: Answer): readonly string[] {
  const names = new Set(clusters.map(({ name }) => name));
  const localities = model.clusters.flatMap(({ name, priorities }) => (names.has(name) ? priorities.flat() : []));
  return localities.flatMap(({ endpoints }) => [...endpoints].flatMap(({ hostname }) => (hostname === undefined ? [] : [hostname])));
}
