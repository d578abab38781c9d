import { Collector } from "../diag/index.ts";
import { type Answer, createInterpreter, type Question, treat } from "../hir/index.ts";
import type { EngineParts } from "../simulate/index.ts";
import { UsageError } from "./exit.ts";
import type { Session } from "./session.ts";

export type EngineName = "hir" | "wasm" | "both";

export interface AskerOptions {
  /** The address a service is reached by selects its virtual host: changes the tier, not the decision. */
  readonly vipSelectsVhost?: boolean;
}

/** Answers questions about one model. */
export interface Asker {
  /** Throws Disagreement when both engines are asked and differ. */
  ask(question: Question): Answer;
}

/** The generated C and the reference interpreter decide differently: a bug of ours, never an answer. */
export class Disagreement extends Error {
  override name = "Disagreement";
}

/** `wasm` and `both` run a bundle's own code, or compile the generated C for a snapshot's shape first (cached by content). */
export async function createAsker(session: Session, engine: EngineName, options: AskerOptions = {}): Promise<Asker> {
  const { model } = session;
  const interpreter = createInterpreter(model);
  if (engine === "hir") return { ask: (question) => treat(model, question, interpreter.decide(question)) };
  // Loads wasm, and clang for a shape that is not in the cache: only where they are asked for.
  const { createEngine, firstDifference } = await import("../simulate/index.ts");
  const simulator = createEngine(await partsOf(session, options));
  return {
    ask(question) {
      const { decision, tier } = simulator.decide(question);
      if (engine === "both") {
        const difference = firstDifference(interpreter.decide(question), decision);
        if (difference) throw new Disagreement(difference);
      }
      return { ...treat(model, question, decision), tier };
    },
  };
}

async function partsOf({ model, bundle }: Session, options: AskerOptions): Promise<EngineParts> {
  const { compileModel, partsOfBundle, partsOfModel } = await import("../index.ts");
  const held = bundle && partsOfBundle(bundle);
  if (held) return held;
  const sink = new Collector();
  const compiled = compileModel(model, sink, options);
  const made = compiled && (await partsOfModel(compiled, sink));
  if (made) return made;
  const errors = sink.list().filter((d) => d.severity === "error");
  const why = errors.map(({ code, message, hint }) => `${code} ${message}${hint ? ` (${hint})` : ""}`).join("; ");
  throw new UsageError(`the generated C can't be run: ${why}; --engine hir asks the reference interpreter alone`);
}
