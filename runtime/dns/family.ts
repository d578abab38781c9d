import type { Ask, HostnameQuery, Outcome } from "./types.ts";

type AskFamily = (family: 4 | 6) => Promise<Outcome>;

/** The addresses of a name that its family means, as Envoy's resolver asks for them. */
export async function lookUp(ask: Ask, query: HostnameQuery): Promise<Outcome> {
  const askFamily: AskFamily = (family) => ask(query.hostname, family, query);
  switch (query.family) {
    case "v4_only":
      return askFamily(4);
    case "v6_only":
      return askFamily(6);
    case "auto":
      return firstWithAddresses(askFamily, [6, 4]);
    case "v4_preferred":
      return firstWithAddresses(askFamily, [4, 6]);
    case "all":
      return both(await Promise.all([askFamily(4), askFamily(6)]));
  }
}

async function firstWithAddresses(askFamily: AskFamily, families: readonly (4 | 6)[]): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const family of families) {
    const outcome = await askFamily(family);
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
