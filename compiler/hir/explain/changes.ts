/** One difference between two models. `path` is the xDS path in the model that has it (the newer one where both have). */
export interface Change {
  readonly kind: "added" | "removed" | "changed";
  readonly what: "listener" | "filter_chain" | "virtual_host" | "route" | "cluster" | "endpoint" | "route_configuration";
  readonly path: string;
  /** One sentence, no line breaks. */
  readonly message: string;
}

export function change(kind: Change["kind"], what: Change["what"], path: string, message: string): Change {
  return { kind, what, path, message };
}

/** What a node says, by name; an empty text is nothing. */
export type Facts = Readonly<Record<string, string | Plain>>;

/** A value in JSON: compared whole, told in part where it is long. */
interface Plain {
  readonly json: string;
}

/** A sentence for each fact that reads differently. */
export function compareFacts(path: string, what: Change["what"], before: Facts, after: Facts): Change[] {
  return Object.keys({ ...before, ...after }).flatMap((name) => {
    const [x, y] = [before[name] ?? "", after[name] ?? ""];
    const at = firstDifference(textOf(x), textOf(y));
    return at < 0 ? [] : [change("changed", what, path, `${name}: ${told(x, at)} -> ${told(y, at)}`)];
  });
}

function textOf(fact: string | Plain): string {
  return typeof fact === "string" ? fact : fact.json;
}

/** -1 where there is none. */
function firstDifference(x: string, y: string): number {
  if (x === y) return -1;
  let at = 0;
  while (at < x.length && x[at] === y[at]) at++;
  return at;
}

/** The longest value that is told whole. */
const maxValue = 120;

/** What is told of a longer one in front of the first difference. */
const lead = 20;

function told(fact: string | Plain, difference: number): string {
  const text = textOf(fact);
  if (typeof fact === "string" || text.length <= maxValue) return text || "none";
  const start = difference < maxValue ? 0 : difference - lead;
  const end = start + maxValue;
  return `${start > 0 ? "..." : ""}${text.slice(start, end)}${end < text.length ? "..." : ""} (${text.length} characters)`;
}

/**
 * Every field of a node that has no words of its own, in JSON, so that no difference goes unsaid. `worded` are the others, and those that
 * are nodes themselves.
 */
export function plainFacts<T extends object>(node: T, worded: readonly (keyof T)[]): Facts {
  const told = Object.entries(node).filter(([field, value]) => !worded.includes(field as keyof T) && value !== undefined);
  return Object.fromEntries(told.map(([field, value]) => [snakeCase(field), { json: JSON.stringify(value) }]));
}

/** Facts by name; what has the name of one before it is numbered. */
export function numbered(list: readonly { readonly name: string; readonly facts: string }[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, facts } of list) {
    let key = name;
    for (let n = 2; found.has(key); n++) key = `${name} (${n})`;
    found.set(key, facts);
  }
  return found;
}

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
