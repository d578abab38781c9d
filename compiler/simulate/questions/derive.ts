import type { HirModel, Question } from "../../hir/index.ts";
import { chainSeeds, listenerSeeds } from "./connections.ts";
import { requestSeeds } from "./requests.ts";

/**
 * Representative connections and requests of a model's rules: each listener address, chain criterion, domain and route with its
 * neighbours; at most `most`, each kind getting an equal part and what the ones before it left over.
 */
export function* derivedQuestions(model: HirModel, most: number): Iterable<Question> {
  const { domains, routes } = requestSeeds(model);
  const groups = [listenerSeeds(model), chainSeeds(model), domains, routes];
  let asked = 0;
  for (const [i, seeds] of groups.entries()) {
    const share = asked + (most - asked) / (groups.length - i);
    for (let place = 0; place < seeds.length && asked < share; place++) {
      for (const question of seeds.at(place)()) {
        asked++;
        yield question;
      }
    }
  }
}
