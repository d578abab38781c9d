/** Random models, random questions: the generated C and the interpreter decide alike. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createInterpreter } from "../../hir/index.ts";
import { connectDifference, isPassed } from "../connect.ts";
import { createEngine, describeQuestion, firstDifference, validate } from "../index.ts";
import { partsOf } from "./load.ts";
import { createRandom, randomModel } from "./random.ts";
import { randomQuestion } from "./random-question.ts";

const fuzz = suite("fuzz");

const MODELS = 60;
const QUESTIONS = 200;

fuzz(`${MODELS} models, ${QUESTIONS} questions each`, async () => {
  for (let seed = 1; seed <= MODELS; seed++) {
    const random = createRandom(seed);
    const model = randomModel(random);
    const parts = await partsOf(model, { generic: true });
    const engine = createEngine(parts);
    const interpreter = createInterpreter(model);
    for (let i = 0; i < QUESTIONS; i++) {
      const question = randomQuestion(random);
      const simulated = engine.decide(question);
      const difference =
        firstDifference(interpreter.decide(question), simulated.decision) ?? connectDifference(isPassed(model), question, simulated, parts);
      assert.is(difference, undefined, `model ${seed}, question ${i} ${describeQuestion(question)}: ${difference}`);
    }
    validate(model, engine, parts, { questions: 300 });
  }
});

fuzz.run();
