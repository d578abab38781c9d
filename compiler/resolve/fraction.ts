import type { FractionalPercent } from "../decode/gen/types.ts";
import type { HirFraction } from "../hir/index.ts";

const denominators = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 } as const;

/** An absent message is 0 of 100, as its fields' defaults say. */
export function fractionOf(percent: FractionalPercent | undefined): HirFraction {
  return { numerator: percent?.numerator ?? 0, denominator: denominators[percent?.denominator ?? "HUNDRED"] };
}
