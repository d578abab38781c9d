import type { Fixed, u64 } from "../brand.ts";

/** What programs keep on each CPU: the value of km_cpu. Outlives daemons and generations. */
export interface Cpu {
  /** State of the random numbers; 0: not drawn yet. */
  readonly random: u64;
  /** Connections by reason. */
  readonly counter: Fixed<u64, 64>;
}
