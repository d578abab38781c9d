import { isDeepStrictEqual } from "node:util";
import type { Decision, DecisionShare } from "../hir/index.ts";
import { tooLongPunt } from "./engine.ts";

/** Codes of punts that only the tables make: what does not fit them. The interpreter knows no such limit. */
const tablePunts: ReadonlySet<string> = new Set(["KM3500", tooLongPunt]);

/** Probabilities are sums of exact fractions in another order. */
const tolerance = 1e-9;

/**
 * The first difference of two decisions in words, the interpreter's first; undefined when they agree. A punt that the tables make agrees
 * with whatever the interpreter decides from there on.
 */
export function firstDifference(interpreted: Decision, generated: Decision): string | undefined {
  // Most are one share, and the same: no words are made for them.
  if (interpreted.shares.length === 1 && generated.shares.length === 1 && isDeepStrictEqual(interpreted.shares[0], generated.shares[0]))
    return undefined;
  const punted = generated.shares.some(isTablePunt);
  const want = byPlace(interpreted.shares);
  const got = byPlace(generated.shares.filter((share) => !isTablePunt(share)));
  for (const [place, probability] of got) {
    const other = want.get(place);
    if (other === undefined) return `the generated code gives ${place}, the interpreter ${[...want.keys()].join("; ")}`;
    const differs = punted ? probability > other + tolerance : Math.abs(probability - other) > tolerance;
    if (differs) return `${place}: ${probability} by the generated code, ${other} by the interpreter`;
  }
  if (punted) return undefined;
  for (const place of want.keys()) {
    if (!got.has(place)) return `the interpreter gives ${place}, the generated code ${[...got.keys()].join("; ")}`;
  }
  return undefined;
}

function isTablePunt({ outcome }: DecisionShare): boolean {
  return outcome.kind === "punt" && tablePunts.has(outcome.why);
}

/** Shares that end at one place in one way are one. */
function byPlace(shares: readonly DecisionShare[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const share of shares) {
    const place = describe(share);
    places.set(place, (places.get(place) ?? 0) + share.probability);
  }
  return places;
}

function describe({ listener, chain, vhost, route, weighted, outcome }: DecisionShare): string {
  const steps = Object.entries({ listener, chain, vhost, route, weighted, ...outcome });
  return steps.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join(" ");
}
