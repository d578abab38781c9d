import { BUNDLE_FORMAT, recordFormat } from "../../compiler/bundle/format.ts";
import { sha256 } from "../../compiler/bundle/sha256.ts";

let format: string | undefined;

/**
 * SHA-256 of everything that owners of a set must agree on: the tables, by recordFormat(), and the texts beside them (manifest and names),
 * which are those of a bundle.
 */
export function setFormat(): string {
  format ??= sha256(`${recordFormat()} ${BUNDLE_FORMAT}`);
  return format;
}
