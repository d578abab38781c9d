import type { Diagnostic, Severity } from "../../diag/index.ts";
import { exit, UsageError } from "../exit.ts";

/** Options that several commands share, in the form of node:util's parseArgs. */
export const commonOptions = {
  json: { type: "boolean", default: false },
  strict: { type: "boolean", default: false },
  diagnostics: { type: "string" },
} as const;

const levels: readonly Severity[] = ["error", "punt", "note"];

export function levelOf(text: string | undefined, standard: Severity): Severity {
  if (text === undefined) return standard;
  const level = levels.find((l) => l === text);
  if (!level) throw new UsageError(`--diagnostics is ${levels.join(", ")}, not ${JSON.stringify(text)}`);
  return level;
}

export function exactly(command: string, positionals: readonly string[], names: readonly string[]): string[] {
  if (positionals.length !== names.length) {
    throw new UsageError(
      `${command} takes ${names.join(" and ")}${positionals.length > names.length ? `, not also ${positionals.slice(names.length).join(" ")}` : ""}`,
    );
  }
  return [...positionals];
}

/** 1 when something was rejected. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.some((d) => d.severity === "error") ? exit.rejected : exit.fine;
}

/** Counts by severity, for JSON output. */
export function countBySeverity(diagnostics: readonly Diagnostic[]): Record<string, number> {
  const counts: Record<string, number> = { error: 0, punt: 0, note: 0 };
  for (const d of diagnostics) counts[d.severity] = (counts[d.severity] ?? 0) + (d.count ?? 1);
  return counts;
}
