import { type Diagnostic, renderDiagnostic } from "../../compiler/diag/index.ts";
import type { XdsClock } from "./clock.ts";

/** Tells of what the client sees, each code and kind once in `quietMs`: a broken control plane repeats itself a thousand times a second. */
export function createReporter(clock: XdsClock, sink: ((diagnostic: Diagnostic) => void) | undefined): (diagnostic: Diagnostic) => void {
  const told = new Map<string, { at: number; count: number }>();
  return (diagnostic) => {
    // Not the name: a hostile control plane has as many as it likes.
    const key = `${diagnostic.code} ${diagnostic.path.split("[", 1)[0]}`;
    const before = told.get(key);
    const now = clock.now();
    if (before && now - before.at < quietMs) {
      before.count += 1;
      return;
    }
    const count = (before?.count ?? 0) + (diagnostic.count ?? 1);
    told.set(key, { at: now, count: 0 });
    sink?.(count > 1 ? { ...diagnostic, count } : diagnostic);
  };
}

const quietMs = 10_000;

/** Collects one kind of complaint about the resources of a response: the first with a count of the others. */
export interface Complaints {
  add(code: string, name: string, message: string, hint?: string): void;
  list(): readonly Diagnostic[];
}

export function createComplaints(kind: string): Complaints {
  const byCode = new Map<string, Diagnostic>();
  return {
    add(code, name, message, hint) {
      const first = byCode.get(code);
      byCode.set(
        code,
        first
          ? { ...first, count: (first.count ?? 1) + 1 }
          : { code, severity: "error", path: `${kind}s[${JSON.stringify(name)}]`, message, ...(hint !== undefined && { hint }) },
      );
    },
    list: () => [...byCode.values()],
  };
}

/** Bytes of an error_detail: servers log it, and headers and logs have limits. */
const maxDetail = 4096;

/** The text of a NACK: what an operator reads in the control plane's log. */
export function detailOf(diagnostics: readonly Diagnostic[]): string {
  let text = "";
  for (const [index, diagnostic] of diagnostics.entries()) {
    const line = renderDiagnostic(diagnostic, { colour: false });
    const rest = diagnostics.length - index;
    if (Buffer.byteLength(text) + Buffer.byteLength(line) > maxDetail && index > 0) return `${text}\n(and ${rest} more)`;
    text += (index > 0 ? "\n" : "") + cut(line);
  }
  return text === "" ? "rejected" : text;
}

function cut(line: string): string {
  if (Buffer.byteLength(line) <= maxDetail) return line;
  // A character that is cut in two becomes U+FFFD.
  return `${Buffer.from(line).subarray(0, maxDetail).toString("utf8")}...`;
}
