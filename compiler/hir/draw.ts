/**
 * One request draws one number, uniform over 64 bits, and Envoy asks it of everything on the way: each runtime_fraction takes it modulo
 * its denominator, weighted clusters take it modulo their sum. So these choices are not independent (a route with fraction 50 % and
 * clusters 50:50 only ever uses the first of them; after a route with 30 %, one with 50 % gets 20 %). Seen on Envoy 1.40.
 *
 * A condition is what is known of that number; probabilities are exact counts over residues.
 */
import { perText } from "../memo/index.ts";
import type { HirFraction } from "./model.ts";

/** The number modulo `modulus` lies in [from, to). At most one for a modulus; moduli divide each other (100, 10,000, 1,000,000). */
export interface Residues {
  readonly modulus: number;
  readonly from: number;
  readonly to: number;
}

/** All of them hold; the empty list says nothing. Sorted by modulus. */
export type Condition = readonly Residues[];

export const anyDraw: Condition = [];

/** The part of `condition` that a fraction takes, and the part that it leaves; each absent when its probability is 0. */
export function splitDraw(
  condition: Condition,
  fraction: HirFraction,
): { readonly taken: Condition | undefined; readonly left: Condition | undefined } {
  const { numerator, denominator } = fraction;
  return {
    taken: narrow(condition, { modulus: denominator, from: 0, to: numerator }),
    left: narrow(condition, { modulus: denominator, from: numerator, to: denominator }),
  };
}

/** The probability of a condition. */
export function probabilityOf(condition: Condition): number {
  if (condition.length === 0) return 1;
  if (condition.length === 1) return (condition[0]!.to - condition[0]!.from) / condition[0]!.modulus;
  return count(condition, 1)[0]! / condition.at(-1)!.modulus;
}

/**
 * How likely `condition` holds and the number modulo the sum of `weights` falls to each of them, cumulatively in their order. The sum of
 * the result is the condition's probability.
 */
export function weighDraw(condition: Condition, weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map(() => 0);
  if (condition.length === 0) return weights.map((weight) => weight / total);
  const modulus = condition.at(-1)!.modulus;
  const common = greatestCommonDivisor(modulus, total);
  const chance = probabilityOf(condition);
  if (common === 1) return weights.map((weight) => (chance * weight) / total);
  const counts = count(condition, common);
  let from = 0;
  return weights.map((weight) => {
    const start = from;
    from += weight;
    let sum = 0;
    for (let residue = 0; residue < common; residue++) {
      const here = counts[residue]!;
      if (here > 0) sum += here * (below(from, residue, common) - below(start, residue, common));
    }
    return (sum * (common / modulus)) / total;
  });
}

function narrow(condition: Condition, residues: Residues): Condition | undefined {
  const known = condition.find(({ modulus }) => modulus === residues.modulus);
  const from = Math.max(residues.from, known?.from ?? 0);
  const to = Math.min(residues.to, known?.to ?? residues.modulus);
  if (from >= to) return undefined;
  const others = condition.filter((other) => other !== known);
  const whole = from === 0 && to === residues.modulus;
  const result = whole ? others : [...others, { modulus: residues.modulus, from, to }].sort((a, b) => a.modulus - b.modulus);
  return result.length > 1 && count(result, 1)[0] === 0 ? undefined : result;
}

/** Of the residues modulo the largest modulus that fit, how many there are for each residue modulo `common`. */
function count(condition: Condition, common: number): readonly number[] {
  return counted(JSON.stringify({ condition, common }));
}

const counted = perText({ texts: 256, units: 2 ** 16 }, (text): readonly number[] => {
  const { condition, common } = JSON.parse(text) as { readonly condition: Condition; readonly common: number };
  const counts = Array<number>(common).fill(0);
  const rest = condition.slice(0, -1);
  const last = condition.at(-1)!;
  for (let residue = last.from; residue < last.to; residue++) {
    if (rest.every(({ modulus, from, to }) => residue % modulus >= from && residue % modulus < to)) counts[residue % common]!++;
  }
  return counts;
});

/** How many numbers under `bound` are `residue` modulo `modulus`. */
function below(bound: number, residue: number, modulus: number): number {
  return bound <= residue ? 0 : Math.floor((bound - residue - 1) / modulus) + 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
