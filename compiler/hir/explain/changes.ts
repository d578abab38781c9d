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
export type Facts = Readonly<Record<string, string>>;

/** A sentence for each fact that reads differently. */
export function compareFacts(path: string, what: Change["what"], before: Facts, after: Facts): Change[] {
  return Object.keys({ ...before, ...after })
    .filter((name) => (before[name] ?? "") !== (after[name] ?? ""))
    .map((name) => change("changed", what, path, `${name}: ${before[name] || "none"} -> ${after[name] || "none"}`));
}

/** The longest value that is told whole. */
const maxValue = 120;

/**
 * Every field of a node that has no words of its own, in JSON, so that no difference goes unsaid. `worded` are the others, and those that
 * are nodes themselves.
 */
export function plainFacts<T extends object>(node: T, worded: readonly (keyof T)[]): Facts {
  const told = Object.entries(node).filter(([field, value]) => !worded.includes(field as keyof T) && value !== undefined);
  return Object.fromEntries(told.map(([field, value]) => [snakeCase(field), shorten(JSON.stringify(value))]));
}

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function shorten(text: string): string {
  return text.length <= maxValue ? text : `${text.slice(0, maxValue)}... (${text.length} characters)`;
}
