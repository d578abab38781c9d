import type { u32 } from "../brand.ts";

/** Header fields of the decide tier: masks and seeds of its bucket tables. */
export interface DecideHeader {
  readonly reserved: u32;
  readonly pad0: u32;
}
