import type { Check } from "../types.ts";
import { clusterRefusals } from "./cluster.ts";
import { extensionRefusals } from "./extensions.ts";
import { filterRefusals } from "./filters.ts";
import { formatRefusals, isGrammarField, isGrammarType, whyNoGrammar } from "./grammars.ts";
import { healthCheckRefusals } from "./health-checks.ts";
import { http2Refusals } from "./http2-settings.ts";
import { routeRefusals } from "./route.ts";

/*
 * What Envoy 1.40 refuses of fields that are noted or punted, beyond the rules that the protos declare. Resolve does not look at these fields;
 * what is wrong with fields that are honoured, or noted and kept for it, it says itself.
 */

const refusals: ReadonlyMap<string, Check> = new Map([
  ...routeRefusals,
  ...clusterRefusals,
  ...healthCheckRefusals,
  ...http2Refusals,
  ...formatRefusals,
  ...filterRefusals,
  ...extensionRefusals,
]);

/** By `Message.field`, or by the message's full name without package for all fields of that type: for one value or one item of a list. */
export function refusalOf(label: string): Check | undefined {
  return refusals.get(label);
}

/**
 * For messages of a type (without package) where they are only judged. Where they are kept resolve looks at their texts, and says where in the
 * configuration they stand.
 * @param label `Message.field` of the field that holds them; absent: wherever they stand
 */
export function judgedRefusalOf(type: string, label?: string): Check | undefined {
  const isJudged = label === undefined ? isGrammarType(type) : isGrammarField(label, type);
  return isJudged ? (value) => whyNoGrammar(type, value) : undefined;
}
