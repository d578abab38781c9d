import type { u64 } from "../brand.ts";

/** What the daemon tells programs of every generation. Outlives daemons and generations: a new root begins with what the old one says. */
export interface Control {
  /** Id of the cgroup that the daemon runs in: connections made there are not steered. 0: none. One store. */
  readonly daemonCgroup: u64;
  /** Ports that the daemon connects to: bit (port & 63) of each. Only connections to such a port are asked where they come from. One store. */
  readonly daemonPorts: u64;
  /** What is written to km_log. Bits 0..47: a reason's bit is set when it is wanted. Bits 56..63: the level that wants them. One store. */
  readonly logWanted: u64;
  /** Entries that found the ring full. Counted by programs. */
  readonly logDropped: u64;
}
