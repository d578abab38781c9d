import type { Fixed, u8, u16, u32 } from "../brand.ts";
import type { Leaf } from "./connect.ts";
import type { DecideHeader } from "./decide.ts";

/**
 * A generation: which slot of every pool is its own. Written whole before the root cell names it, then never again while it is published. Its
 * first 64 bytes, a cache line, are all that an IPv4 connection reads of it.
 */
export interface Header {
  /** The number in the root cell's upper half; another one here means that the header was reused under a reader. */
  readonly generation: u32;
  /** Index in km_prog4 and km_prog6 of the entry programs that were compiled for this generation's shape. */
  readonly shapeSlot: u8;
  /** Cluster id's cell is record id << cellShift of table cell; in between there is room for its compact run. */
  readonly cellShift: u8;
  /** KM_HF_* bits. */
  readonly flags: u16;
  /** Number of svc4 buckets minus one (a power of two minus one). */
  readonly svc4Mask: u32;
  readonly svc4Seed: u32;
  /** For IPv4 destinations that no listener address takes. */
  readonly virtual4: Leaf;
  /** Bit (port & 63) of each port in svc4 or svc6: a destination whose bit is 0 is in neither. Low half first. */
  readonly ports: Fixed<u32, 2>;
  /** Pool slot of each table, by table id. */
  readonly slot: Fixed<u8, 32>;
  readonly svc6Mask: u32;
  readonly svc6Seed: u32;
  /** For IPv6 destinations (IPv4-mapped ones too) that no listener address takes. */
  readonly virtual6: Leaf;
  /** Cells. Runs that find no room beside theirs are behind all of them. */
  readonly clusters: u32;
  readonly decide: DecideHeader;
  /** Records of each table, by table id. */
  readonly count: Fixed<u32, 32>;
}
