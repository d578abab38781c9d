import { judgedRefusalOf, refusalOf } from "./refusals/index.ts";
import { loadSchema, shortName } from "./schema.ts";

/**
 * Not read where they are noted: almost every resource, route and endpoint has one, and all that their rules say is that the keys of a map
 * are not empty.
 */
const trusted: ReadonlySet<string> = new Set(["envoy.config.core.v3.Metadata"]);

const known = new Map<string, boolean>();

/** Whether a message of this name (full name), or one that can stand in it, has rules that Envoy refuses it by. A duration has its range. */
export function hasRules(name: string): boolean {
  const found = known.get(name);
  if (found !== undefined) return found;
  // A message that can stand in itself has the rules of its other fields.
  known.set(name, false);
  const answer = !trusted.has(name) && findRules(name);
  known.set(name, answer);
  return answer;
}

function findRules(name: string): boolean {
  const { messages } = loadSchema();
  const proto = messages.get(name);
  if (!proto) return false;
  if (Object.values(proto.oneofs ?? {}).some(({ options }) => options?.["(validate.required)"])) return true;
  const short = shortName(name);
  if (refusalOf(short) || judgedRefusalOf(short)) return true;
  return Object.entries(proto.fields).some(
    ([field, { type, options }]) =>
      refusalOf(`${short}.${field}`) !== undefined ||
      options?.["(validate.rules)"] !== undefined ||
      type === ".google.protobuf.Duration" ||
      (type.startsWith(".") && hasRules(type.slice(1))),
  );
}
