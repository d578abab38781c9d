import { createHash } from "node:crypto";
import { reasons, verdicts } from "../lir/verdict.ts";
import { flags } from "./flags.ts";
import { recordTypes } from "./gen/records.ts";
import { HEADER_SLOTS, MAX_TABLES, POOL_SLOTS, SHAPE_SLOTS, tables } from "./tables.ts";

let format: string | undefined;

/**
 * SHA-256 of everything that a writer and a reader of tables must agree on: records with the place of each field, tables and their ids,
 * numbers of verdicts, reasons and flags, and the sizes of pools. Versions of equal formats can take over each other's maps; others work
 * beside them.
 */
export function recordFormat(): string {
  format ??= createHash("sha256")
    .update(JSON.stringify({ recordTypes, tables, reasons, verdicts, flags, HEADER_SLOTS, MAX_TABLES, POOL_SLOTS, SHAPE_SLOTS }))
    .digest("hex");
  return format;
}
