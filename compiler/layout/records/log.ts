import type { be16, Ip, u8, u16, u32, u64 } from "../brand.ts";

/** What a connect program did with one connection: an entry of km_log. */
export interface LogRecord {
  /** Nanoseconds since boot (CLOCK_MONOTONIC). */
  readonly time: u64;
  /** Id of the process's cgroup: the inode of its folder. */
  readonly cgroup: u64;
  /** The address that was asked for. */
  readonly original: Ip;
  /** Where the connection goes instead; of no meaning unless it was forwarded. */
  readonly chosen: Ip;
  readonly originalPort: be16;
  readonly chosenPort: be16;
  /** Process (thread group). */
  readonly pid: u32;
  /** KM_R_*: its level follows from it. */
  readonly reason: u8;
  /** Of the socket: 4 or 6. */
  readonly family: u8;
  readonly pad0: u16;
  readonly pad1: u32;
}
