import { InternalError } from "../diag/index.ts";
import { anyDraw, type Condition, probabilityOf, splitDraw, weighDraw } from "../hir/draw.ts";

/** One way through the draws of a decision: what each draw answers, and how likely the way is. */
interface Way {
  readonly answers: readonly number[];
  readonly condition: Condition;
  /** Set once weights were drawn: nothing is drawn behind them. */
  readonly chance?: number;
}

/** What the tables say of a draw: how many of `denominator` a fraction takes, or the weights of a choice. */
export interface DrawTables {
  readonly fraction: (route: number) => number;
  readonly weights: (target: number) => readonly number[];
}

/** Runs a decision once for each way that its draws can go, with the exact probability of each. */
export interface Draws {
  /** The answer to one draw of the running decision. */
  readonly draw: (modulus: number, weighted: number, id: number) => number;
  readonly each: (run: () => void, done: (probability: number) => void) => void;
}

export function createDraws(tables: DrawTables): Draws {
  let way: Way = { answers: [], condition: anyDraw };
  let at = 0;
  const later: Way[] = [];

  const answer = (value: number): number => {
    at++;
    return value;
  };
  const drawFraction = (modulus: number, route: number): number => {
    const numerator = tables.fraction(route);
    const { taken, left } = splitDraw(way.condition, { numerator, denominator: modulus });
    const yes: Way | undefined = taken && { answers: [...way.answers, 0], condition: taken };
    const no: Way | undefined = left && { answers: [...way.answers, modulus - 1], condition: left };
    if (yes && no) later.push(no);
    way = yes ?? no ?? way;
    return answer(way.answers[at]!);
  };
  const drawWeighted = (target: number): number => {
    const weights = tables.weights(target);
    const chances = weighDraw(way.condition, weights);
    const ways: Way[] = [];
    let from = 0;
    for (const [i, weight] of weights.entries()) {
      if (chances[i]! > 0) ways.push({ answers: [...way.answers, from], condition: way.condition, chance: chances[i]! });
      from += weight;
    }
    const first = ways.shift();
    if (!first) throw new InternalError("a weighted target without weights is drawn");
    later.push(...ways.reverse());
    way = first;
    return answer(way.answers[at]!);
  };
  return {
    draw: (modulus, weighted, id) => {
      const known = way.answers[at];
      if (known !== undefined) return answer(known);
      return weighted ? drawWeighted(id) : drawFraction(modulus, id);
    },
    each: (run, done) => {
      later.length = 0;
      later.push({ answers: [], condition: anyDraw });
      for (let next = later.pop(); next; next = later.pop()) {
        way = next;
        at = 0;
        run();
        done(way.chance ?? probabilityOf(way.condition));
      }
    },
  };
}
