import { type Answer, createInterpreter, type HirModel, type Question, treat } from "../hir/index.ts";

export type EngineName = "hir" | "wasm" | "both";

/** Answers questions about one model. */
export interface Asker {
  /** Throws Disagreement when both engines are asked and differ. */
  ask(question: Question): Answer;
}

/** The generated C and the reference interpreter decide differently: a bug of ours, never an answer. */
export class Disagreement extends Error {
  override name = "Disagreement";
}

/** `wasm` and `both` compile the generated C for this model's shape first (cached by content). */
export async function createAsker(model: HirModel, engine: EngineName): Promise<Asker> {
  const interpreter = createInterpreter(model);
  if (engine === "hir") return { ask: (question) => treat(model, question, interpreter.decide(question)) };
  // Loads clang and wasm: only where they are asked for.
  const { createSimulator, firstDifference } = await import("../simulate/index.ts");
  const simulator = await createSimulator(model);
  return {
    ask(question) {
      const { decision, tier } = simulator.decide(question);
      if (engine === "both") {
        const difference = firstDifference(interpreter.decide(question), decision);
        if (difference) throw new Disagreement(difference);
      }
      const answer = treat(model, question, decision);
      return tier === undefined ? answer : { ...answer, tier };
    },
  };
}
