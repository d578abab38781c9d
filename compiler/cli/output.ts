import { type Diagnostic, escapeControl, foldPunts, renderDiagnostic, type Severity, summarize } from "../diag/index.ts";

/** Colour where a person reads it: a terminal, unless NO_COLOR (no-color.org) asks otherwise. */
function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
}

/** Diagnostics as text on `stream`. `least` hides what is less severe; the summary counts all. `every`: no punts as one. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  least: Severity,
  stream: NodeJS.WriteStream,
  options: { readonly every?: boolean } = {},
): void {
  const rank: Record<Severity, number> = { error: 0, punt: 1, note: 2 };
  const colour = wantsColour(stream);
  const shown = diagnostics.filter((d) => rank[d.severity] <= rank[least]);
  for (const diagnostic of options.every ? shown : foldPunts(shown)) stream.write(`${renderDiagnostic(diagnostic, { colour })}\n`);
  const hidden = diagnostics.length - shown.length;
  stream.write(`${summarize(diagnostics)}${hidden ? " (--diagnostics note shows all)" : ""}\n`);
}

/** One JSON document on stdout, bigint-free by construction. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printText(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** `width`-aligned rows for people; never part of a golden. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map(escapeControl)
    .join("\n");
}
