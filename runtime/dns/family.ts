import type { Ask, Family, Outcome } from "./types.ts";

/** The addresses of a name that a family means, as Envoy's resolver asks for them. */
export async function lookUp(ask: Ask, hostname: string, family: Family): Promise<Outcome> {
  switch (family) {
    case "v4_only":
      return ask(hostname, 4);
    case "v6_only":
      return ask(hostname, 6);
    case "auto":
      return firstWithAddresses(ask, hostname, [6, 4]);
    case "v4_preferred":
      return firstWithAddresses(ask, hostname, [4, 6]);
    case "all":
      return both(await Promise.all([ask(hostname, 4), ask(hostname, 6)]));
  }
}

async function firstWithAddresses(ask: Ask, hostname: string, families: readonly (4 | 6)[]): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const family of families) {
    const outcome = await ask(hostname, family);
    if (outcome.kind === "answer" && outcome.records.length > 0) return outcome;
    outcomes.push(outcome);
  }
  return both(outcomes);
}

/** Addresses of any count; without one, a failure of any: that the name has none is not known then. */
function both(outcomes: readonly Outcome[]): Outcome {
  const records = outcomes.flatMap((outcome) => (outcome.kind === "answer" ? outcome.records : []));
  const failure = outcomes.find(({ kind }) => kind === "failure");
  return failure && records.length === 0 ? failure : { kind: "answer", records };
}
