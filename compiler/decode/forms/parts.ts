import type { MessagePlan } from "../plan/types.ts";
import type { XdsAny, XdsMessage, XdsValue } from "../types.ts";
import type { RecordedText, Recording } from "./recording.ts";

/** A value that is made again and again, with other texts. What has none of them is the same object each time. */
export type Part =
  | { readonly kind: "same"; readonly value: XdsValue }
  /** By its place among the texts. */
  | { readonly kind: "text"; readonly index: number }
  | { readonly kind: "list"; readonly items: readonly Part[] }
  | { readonly kind: "map"; readonly keys: readonly string[]; readonly parts: readonly Part[] }
  | { readonly kind: "any"; readonly any: string; readonly part: Part }
  | { readonly kind: "message"; readonly plan: MessagePlan; readonly keys: readonly string[]; readonly parts: readonly Part[] };

type Fields = Record<string, XdsValue>;

const maxDiffering = 2;

export function make(part: Part, texts: readonly string[]): XdsValue {
  switch (part.kind) {
    case "same":
      return part.value;
    case "text":
      return texts[part.index]!;
    case "message":
      return fill(new part.plan.Message(), part, texts);
    case "list":
      return part.items.map((item) => make(item, texts));
    case "map":
      return fill(Object.create(null) as Fields, part, texts);
    case "any":
      return { any: part.any, value: make(part.part, texts) as XdsMessage };
  }
}

function fill(
  made: Fields,
  { keys, parts }: { readonly keys: readonly string[]; readonly parts: readonly Part[] },
  texts: readonly string[],
): Fields {
  for (let i = 0; i < keys.length; i++) made[keys[i]!] = make(parts[i]!, texts);
  return made;
}

/**
 * How `message` is made from `open`, which are among the recording's texts. Undefined where one of these is not found in it, and where many
 * items of a list differ: there are more forms of such a message than of the items, which are better looked up by themselves.
 */
export function partsOf(message: XdsMessage, { texts, plans }: Recording, open: readonly RecordedText[]): Part | undefined {
  /** Of a field that was set twice, the last one counts. */
  const last = new Map<object, Map<string, RecordedText>>();
  for (const text of texts) {
    if (text.into === undefined) continue;
    const fields = last.get(text.into) ?? new Map<string, RecordedText>();
    last.set(text.into, fields.set(text.name, text));
  }
  const sought = new Set(open.filter(({ into, name }, i) => into !== undefined && last.get(into)!.get(name) === open[i]));

  let isList = false;
  const partOf = (value: XdsValue): Part => {
    const same: Part = { kind: "same", value };
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return same;
    if (Array.isArray(value)) {
      const items = (value as readonly XdsValue[]).map(partOf);
      const differing = items.filter((item) => !isSame(item)).length;
      isList ||= differing > maxDiffering;
      return differing === 0 ? same : { kind: "list", items };
    }
    const keys = Object.keys(value);
    const parts = keys.map((key): Part => {
      const text = last.get(value)?.get(key);
      return text !== undefined && sought.delete(text) ? { kind: "text", index: open.indexOf(text) } : partOf((value as Fields)[key]!);
    });
    if (parts.every(isSame)) return same;
    const plan = plans.get(value);
    if (plan) return { kind: "message", plan, keys, parts };
    if (Object.getPrototypeOf(value) === null) return { kind: "map", keys, parts };
    return { kind: "any", any: (value as XdsAny).any, part: parts[keys.indexOf("value")]! };
  };

  const whole = partOf(message);
  return sought.size === 0 && !isList ? whole : undefined;
}

function isSame({ kind }: Part): boolean {
  return kind === "same";
}
