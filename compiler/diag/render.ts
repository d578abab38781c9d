import { counted } from "./counted.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";

/** How text output looks: colour only where a person reads it. */
export interface RenderOptions {
  readonly colour: boolean;
}

const colours: Record<Severity, string> = { error: "\u001b[31m", punt: "\u001b[33m", note: "\u001b[36m" };

/**
 * One diagnostic as text: `error KM2004 listeners["x"].address: message`, the hint indented below. Names from the input can hold any
 * character; control characters are shown escaped, so that a line stays a line and a terminal is not driven by a name.
 */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const { severity, code, path, message, hint, count } = diagnostic;
  const label = options.colour ? `${colours[severity]}${severity}\u001b[0m` : severity;
  const more = count !== undefined && count > 1 ? ` (and ${count - 1} more like it)` : "";
  const lines = [`${label} ${escapeControl(`${code} ${path}: ${message}${more}`)}`];
  if (hint) lines.push(escapeControl(`  hint: ${hint}`));
  return lines.join("\n");
}

/** For people: punts that differ in nothing but their path, as one with their number, as a sink tells notes of one kind. The list is sorted. */
export function foldPunts(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  /** Where the first one of a kind stands in `folded`. */
  const first = new Map<string, number>();
  const folded: Diagnostic[] = [];
  for (const one of diagnostics) {
    const kind = one.severity === "punt" ? JSON.stringify([one.code, one.message, one.hint]) : undefined;
    const at = kind === undefined ? undefined : first.get(kind);
    if (at !== undefined) folded[at] = { ...folded[at]!, count: (folded[at]!.count ?? 1) + (one.count ?? 1) };
    else {
      if (kind !== undefined) first.set(kind, folded.length);
      folded.push(one);
    }
  }
  return folded;
}

/** `2 errors, 1 punt, 14 notes`; folded ones count each. */
export function summarize(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity): number => diagnostics.filter((d) => d.severity === severity).reduce((n, d) => n + (d.count ?? 1), 0);
  return [counted(count("error"), "error"), counted(count("punt"), "punt"), counted(count("note"), "note")].join(", ");
}

/** Control characters as \xNN or \uNNNN, those that turn the direction of text too, so that hostile names can't break lines or drive a terminal. */
export function escapeControl(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (c) => {
    const code = c.charCodeAt(0).toString(16);
    return c <= "\xff" ? `\\x${code.padStart(2, "0")}` : `\\u${code}`;
  });
}
