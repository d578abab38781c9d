import type { LimitName } from "./limits.ts";

export interface TableSpec {
  /** At most 9 characters, so that the map's name `km_p_<name>` fits the kernel's 15. */
  readonly name: string;
  /** Interface name in records/. */
  readonly record: string;
  readonly limit: LimitName;
  /** Which programs read it. */
  readonly tier: "connect" | "decide" | "both";
  /** Records in a value of the kernel's array, side by side: what is found by one look-up. A power of two. Default 1. */
  readonly perValue?: number;
}

/**
 * Unit: records of table cell. Two cache lines. A cell and a run that lies beside it are in one value, so that most connections look both up at once: a look-up in
 * an inner map is a call of the kernel's.
 */
export const CELLS_PER_VALUE = 16;

/** Every table of a bundle. A table's id is its place here: append only, and at most MAX_TABLES. */
export const tables = [
  { name: "svc4", record: "Svc4Bucket", limit: "svc4Buckets", tier: "both" },
  { name: "svc6", record: "Svc6Bucket", limit: "svc6Buckets", tier: "both" },
  // Cells, then compact runs: what most connections read after their service is in one map, so that it is looked up in the pools once.
  { name: "cell", record: "Cell", limit: "cellRecords", tier: "both", perValue: CELLS_PER_VALUE },
  { name: "endpoint", record: "Endpoint", limit: "endpoints", tier: "both" },
  { name: "split", record: "Split", limit: "splits", tier: "both" },
  { name: "range", record: "Range", limit: "ranges", tier: "both" },
  { name: "listener", record: "Listener", limit: "listeners", tier: "decide" },
  { name: "node", record: "Node", limit: "nodes", tier: "decide" },
  { name: "edge", record: "Edge", limit: "edges", tier: "decide" },
  { name: "chain", record: "Chain", limit: "chains", tier: "decide" },
  { name: "target", record: "Target", limit: "targets", tier: "decide" },
  { name: "share", record: "Share", limit: "shares", tier: "decide" },
  { name: "http", record: "Http", limit: "chains", tier: "decide" },
  { name: "rtable", record: "RouteTable", limit: "routeTables", tier: "decide" },
  { name: "number", record: "NumberItem", limit: "numbers", tier: "decide" },
  { name: "vhost", record: "Vhost", limit: "vhosts", tier: "decide" },
  { name: "route", record: "Route", limit: "routes", tier: "decide" },
  { name: "match", record: "Match", limit: "matches", tier: "decide" },
  { name: "word", record: "WordBucket", limit: "wordBuckets", tier: "decide" },
  { name: "text", record: "Text", limit: "texts", tier: "decide" },
  { name: "bytes", record: "Chunk", limit: "textChunks", tier: "decide" },
  { name: "header", record: "HeaderName", limit: "headerNames", tier: "decide" },
  { name: "dfa", record: "Dfa", limit: "dfas", tier: "decide" },
  { name: "dfamap", record: "DfaMap", limit: "dfas", tier: "decide" },
  { name: "dfanext", record: "DfaNext", limit: "dfaNexts", tier: "decide" },
] as const satisfies readonly TableSpec[];

export type TableName = (typeof tables)[number]["name"];

/** Records in a value of a table's array. */
export function perValue(name: string): number {
  return (tables as readonly TableSpec[]).find((table) => table.name === name)?.perValue ?? 1;
}

/** Length of Header.slot and Header.count. */
export const MAX_TABLES = 32;

/** Inner maps of each pool: the running generation, the next one, and room for a grown table that waits out a grace period. */
export const POOL_SLOTS = 4;

/** Generation headers that fit in km_root (Root.place). */
export const HEADER_SLOTS = 8;

/** Programs that km_prog4 and km_prog6 hold: shapes alive at one time. */
export const SHAPE_SLOTS = 8;
