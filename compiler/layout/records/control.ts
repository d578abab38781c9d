import type { u64 } from "../brand.ts";

/** What the daemon tells programs of every generation: the value of km_control. Outlives daemons and generations. */
export interface Control {
  /** What is written to km_log. Bits 0..47: a reason's bit is set when it is wanted. Bits 56..63: the level that wants them. One store. */
  readonly logWanted: u64;
  /** Entries that found the ring full. Counted by programs. */
  readonly logDropped: u64;
  /** Id of the cgroup that the daemon runs in: connections made there are not steered. 0: none. One store. */
  readonly daemonCgroup: u64;
}
