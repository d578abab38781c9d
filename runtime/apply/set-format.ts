import { createHash } from "node:crypto";
import { BUNDLE_FORMAT, recordFormat } from "../../compiler/bundle/format.ts";

let format: string | undefined;

/**
 * SHA-256 of everything that owners of a set must agree on: the tables, by recordFormat(), and the texts beside them (manifest and names),
 * which are those of a bundle.
 */
export function setFormat(): string {
  format ??= createHash("sha256").update(`${recordFormat()} ${BUNDLE_FORMAT}`).digest("hex");
  return format;
}
