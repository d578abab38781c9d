import type { Fixed, u32, u64 } from "../brand.ts";
import type { Control } from "./control.ts";
import type { Header } from "./header.ts";

/** Whole cache lines: what each connection reads of a header is one of them. */
export interface HeaderPlace {
  readonly header: Header;
  readonly pad0: Fixed<u32, 7>;
}

/**
 * What every connection reads first, in one page: the value of km_root. The first cache line is the same in every version, so that each can
 * tell the programs of another what all of them know.
 */
export interface Root {
  /** The root cell. Low 32 bits: header slot; high 32 bits: generation, 0: nothing is published. One store. */
  readonly published: u64;
  readonly control: Control;
  readonly pad0: Fixed<u64, 3>;
  /** By header slot. A place is never written while `published` names it or a reader may still hold it. */
  readonly place: Fixed<HeaderPlace, 8>;
}
