import { asciiLower, wireText } from "../hir/bytes.ts";
import type { LirDfa } from "../lir/decide.ts";
import { perText } from "../memo/index.ts";
import { compileDfa, type DfaLimits } from "./decide-dfa.ts";

/** What one expression's automaton may cost. 4,096 states of 16 bits and 256 classes are 2 MiB. */
export const dfaLimits: DfaLimits = { states: 4096, work: 4_000_000 };

/** A header's name as tables have it. */
export function headerKey(name: string): string {
  return asciiLower(wireText(name));
}

/** An expression's automaton, made once for many rules; undefined past the limit. */
export const dfaOf = perText(
  { texts: 4096, units: 2 ** 22 },
  (regex): LirDfa | undefined => compileDfa(regex, dfaLimits),
  (dfa) => dfa?.next.length ?? 0,
);

/** What is said of an expression past the limit. */
export function tooLarge(regex: string, path: string) {
  return {
    code: "KM3500",
    severity: "punt",
    path,
    message: `the regular expression ${JSON.stringify(regex)} needs more than ${dfaLimits.states} states: requests that reach this route are left to a proxy`,
    hint: "use a simpler expression: bounded repetitions ({1,100}) of wide classes make many states",
  } as const;
}
