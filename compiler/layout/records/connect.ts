import type { be16, be32, Fixed, Ip, u8, u16, u32, u64 } from "../brand.ts";

/** What to do with a connection: the end, or the next step, of a lookup. */
export interface Leaf {
  /** KM_V_*. */
  readonly verdict: u8;
  /** KM_R_*: counted when the verdict is final. */
  readonly reason: u8;
  readonly pad0: u16;
  /** Cluster, listener, or first record of a run, as the verdict says. */
  readonly target: u32;
}

/** One IPv4 listener address. */
export interface Svc4Slot {
  /** 0.0.0.0 takes every IPv4 destination with this port. */
  readonly ip: be32;
  readonly port: be16;
  /** KM_V_NONE: the slot is empty. */
  readonly verdict: u8;
  readonly reason: u8;
  readonly target: u32;
  /** Listener id, for words and counters. */
  readonly listener: u32;
}

/** A cache line of the cuckoo table. */
export interface Svc4Bucket {
  readonly slot: Fixed<Svc4Slot, 4>;
}

/** One IPv6 listener address. */
export interface Svc6Slot {
  /** :: takes every IPv6 destination with this port. */
  readonly ip: Ip;
  readonly port: be16;
  /** KM_V_NONE: the slot is empty. */
  readonly verdict: u8;
  readonly reason: u8;
  readonly target: u32;
  /** Listener id, for words and counters. */
  readonly listener: u32;
  readonly pad0: u32;
}

/** A cache line of the cuckoo table. */
export interface Svc6Bucket {
  readonly slot: Fixed<Svc6Slot, 2>;
}

/** A cluster: where its run of endpoints is. Replaced by one 8-byte store. Header.cellShift says which records of the table are cells. */
export interface Cell {
  /** Bits 63..32 first record, 31..16 count, 15 KM_CELL_UNIFORM, 14 KM_CELL_COMPACT, 13..0 a tag that changes with each store. */
  readonly run: u64;
}

/** An endpoint of a compact run: IPv4, with the same share as all others. It lies in table cell, behind its cluster's cell or behind all of them. */
export interface Endpoint4 {
  readonly ip: be32;
  readonly port: be16;
  readonly pad0: u16;
}

/** An address that gets traffic, of a run that is not compact. Endpoints with no share are not in the table. */
export interface Endpoint {
  readonly ip: Ip;
  readonly port: be16;
  /** KM_EP_* bits. */
  readonly flags: u16;
  /** Cumulative share within the run, scaled to 2^32, minus one: a draw r takes the first record with r <= upto. The last is 0xffffffff. */
  readonly upto: u32;
}

/** One weighted target. Targets of weight 0 are not in the table. */
export interface Split {
  /** As Endpoint.upto. */
  readonly upto: u32;
  readonly verdict: u8;
  readonly reason: u8;
  /** Records of this run; the same in each of them. */
  readonly count: u16;
  readonly target: u32;
  /** Place of the entry in the rule's list, for words. */
  readonly entry: u32;
}

/** One destination interval: a run is sorted and covers the whole key space, so only the upper ends are stored. */
export interface Range {
  /** Inclusive upper end: an address, or a port in the low 16 bits (KM_V_PORTS). */
  readonly last: Ip;
  readonly verdict: u8;
  readonly reason: u8;
  /** Records of this run; the same in each of them. */
  readonly count: u16;
  readonly target: u32;
}
