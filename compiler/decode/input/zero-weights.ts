import { COLON, MINUS, ZERO } from "../json/letters.ts";
import { isJsonObject } from "../json/reader.ts";
import { isSpace } from "../json/space.ts";
import { jsonOf, textOf } from "./document.ts";
import { fieldOf, type JsonFields, listField } from "./json-object.ts";
import type { RawContent } from "./raw.ts";

/** Envoy prints a locality without a weight as one of weight 0, which it refuses to read. */
export function withoutZeroWeights(assignment: RawContent): RawContent {
  if (!mayHoldZeroWeight(assignment)) return assignment;
  const object = jsonOf(assignment);
  const localities = listField(object, "endpoints");
  const isZero = (locality: unknown) => isJsonObject(locality) && fieldOf(locality, "load_balancing_weight") === 0;
  if (!localities.some(isZero)) return assignment;
  const endpoints = localities.map((locality) =>
    isZero(locality) ? { ...(locality as JsonFields), load_balancing_weight: null, loadBalancingWeight: null } : locality,
  );
  return textOf({ ...object, endpoints });
}

/** What both spellings of load_balancing_weight end with. */
const keyEnd = 'eight"';

/** Whether a value that begins as a zero does stands behind such a key. */
function mayHoldZeroWeight(assignment: RawContent): boolean {
  const bytes = assignment.bytes.subarray(assignment.start, assignment.end);
  for (let at = bytes.indexOf(keyEnd); at !== -1; at = bytes.indexOf(keyEnd, at)) {
    at += keyEnd.length;
    while (isSpace(bytes[at]!) || bytes[at] === COLON || bytes[at] === MINUS) at++;
    if (bytes[at] === ZERO) return true;
  }
  return false;
}
