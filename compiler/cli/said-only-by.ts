import type { Diagnostic } from "../diag/index.ts";

/** Errors and punts: a note has no effect on traffic. What stands at another place of a list, and says the same, is said by both. */
export function saidOnlyBy(these: readonly Diagnostic[], others: readonly Diagnostic[]): readonly Diagnostic[] {
  const alone = apartFrom(these, others);
  const moved = new Map<string, number>();
  for (const other of apartFrom(others, these)) moved.set(placeless(other), (moved.get(placeless(other)) ?? 0) + 1);
  return alone.filter((one) => {
    const left = moved.get(placeless(one)) ?? 0;
    moved.set(placeless(one), left - 1);
    return left <= 0;
  });
}

function apartFrom(these: readonly Diagnostic[], others: readonly Diagnostic[]): readonly Diagnostic[] {
  const known = new Set(others.map(keyOf));
  return these.filter((one) => one.severity !== "note" && !known.has(keyOf(one)));
}

function keyOf({ severity, code, path, message }: Diagnostic): string {
  return JSON.stringify([severity, code, path, message]);
}

/** Without the numbers of a path, in the message too. */
function placeless({ severity, code, path, message }: Diagnostic): string {
  return JSON.stringify([severity, code, ...[path, message].map((text) => text.replace(/\[\d+\]/g, "[]"))]);
}
