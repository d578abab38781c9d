import { randomInt } from "node:crypto";
import { compareText } from "../../diag/index.ts";
import type { Answer } from "../../hir/index.ts";

/** How often each outcome was drawn. */
export interface Draw {
  readonly outcome: string;
  readonly count: number;
}

/** Draws `n` connections from the answer's exact distribution: endpoints, and the clusters whose share has none. */
export function countDraws(answer: Answer, n: number): Draw[] {
  const { endpoints = [], clusters = [] } = answer;
  const outcomes = endpoints.map((e) => ({ outcome: `${e.address} (${e.cluster})`, probability: e.probability }));
  if (endpoints.length === 0 && clusters.length < 2) return [{ outcome: [answer.verdict, answer.why].filter(Boolean).join(" "), count: n }];
  for (const c of clusters) {
    const isMain = c.verdict === undefined;
    if (isMain && endpoints.length > 0) continue;
    const { verdict, status, why } = isMain ? answer : c;
    outcomes.push({
      outcome: `${[verdict, status, why].filter(Boolean).join(" ")} (${c.name || "no cluster"})`,
      probability: c.probability,
    });
  }
  const total = outcomes.reduce((sum, o) => sum + o.probability, 0);
  const counts = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    const drawn = pick(outcomes, (randomInt(2 ** 32) / 2 ** 32) * total);
    counts.set(drawn.outcome, (counts.get(drawn.outcome) ?? 0) + 1);
  }
  return [...counts].map(([outcome, count]) => ({ outcome, count })).sort((a, b) => b.count - a.count || compareText(a.outcome, b.outcome));
}

/** The first outcome whose cumulative probability passes `at`. */
function pick<T extends { readonly probability: number }>(outcomes: readonly T[], at: number): T {
  let upto = 0;
  for (const outcome of outcomes) {
    upto += outcome.probability;
    if (at < upto) return outcome;
  }
  return outcomes[outcomes.length - 1]!;
}
