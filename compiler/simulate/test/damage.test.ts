/** Damaged tables: a decision, or an InternalError, but never a hang, a trap or another exception. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { InternalError } from "../../diag/index.ts";
import { inOnePiece } from "../../layout/index.ts";
import { createEngine, type EngineParts } from "../index.ts";
import { partsOf } from "./load.ts";
import { createRandom, type Random, randomModel } from "./random.ts";
import { randomQuestion } from "./random-question.ts";

const damage = suite("damage");

function damaged(parts: EngineParts, random: Random): EngineParts {
  const images = new Map(parts.images);
  for (let i = 0; i < 8; i++) {
    const name = random.pick([...images.keys()].sort());
    const image = images.get(name)!;
    if (image.count === 0) continue;
    const bytes = inOnePiece(image.parts).slice();
    const at = random.below(bytes.length) & ~3;
    bytes.set(
      random.pick([[255, 255, 255, 255], [0, 0, 0, 0], [1, 0, 0, 0], [255, 255, 255, 127], [random.below(256)]]),
      Math.min(at, bytes.length - 4),
    );
    images.set(name, { ...image, parts: [bytes] });
  }
  return { ...parts, images };
}

damage("300 damaged bundles", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const parts = await partsOf(randomModel(random), { generic: true });
    const engine = createEngine(damaged(parts, random));
    for (let i = 0; i < 10; i++) {
      try {
        engine.decide(randomQuestion(random));
      } catch (error) {
        assert.instance(error, InternalError, `bundle ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
  }
});

damage.run();
