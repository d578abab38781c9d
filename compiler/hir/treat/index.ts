import type { Answer, Decision, Question } from "../decision.ts";
import type { HirModel } from "../model.ts";
import { endsOf } from "./ends.ts";
import { openExchange } from "./exchange.ts";
import { foldEnds } from "./fold.ts";
import { indexModel } from "./names.ts";

/**
 * What the client and the upstream see of a decision. Takes everything from the model, the question and the decision, so that decisions
 * of any engine are treated alike.
 */
export function treat(model: HirModel, question: Question, decision: Decision): Answer {
  const index = indexModel(model);
  const ends = decision.shares.flatMap((share) => endsOf(openExchange(index, question, share), index));
  return foldEnds(ends, index);
}
