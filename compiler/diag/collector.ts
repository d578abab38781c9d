import type { Diagnostic, DiagnosticSink, Severity } from "./diagnostic.ts";

/**
 * Of this many notes of one kind the one with the first path is shown: resources come in order, but not the fields in which the same
 * message may stand. More are not compared, as making a path takes longer than counting.
 */
export const comparedNotes = 8;

/** A sink that keeps everything; errors and punts each, notes folded by kind unless `everyNote`. */
export class Collector implements DiagnosticSink {
  readonly #list: Diagnostic[] = [];
  /** By code, then field: a large mesh makes hundreds of thousands of notes, and joining the two would cost more than the rest. */
  readonly #folded = new Map<string, Map<string, { first: Diagnostic; count: number }>>();
  readonly #everyNote: boolean;

  constructor(options: { readonly everyNote?: boolean } = {}) {
    this.#everyNote = options.everyNote ?? false;
  }

  add(diagnostic: Diagnostic): void {
    this.#list.push(diagnostic);
  }

  note(code: string, field: string, path: () => string, message: string, count = 1): void {
    if (this.#everyNote) {
      this.#list.push({ code, severity: "note", path: path(), message, ...(count > 1 ? { count } : {}) });
      return;
    }
    let fields = this.#folded.get(code);
    if (!fields) {
      fields = new Map();
      this.#folded.set(code, fields);
    }
    const seen = fields.get(field);
    if (!seen) {
      fields.set(field, { first: { code, severity: "note", path: path(), message }, count });
      return;
    }
    if (seen.count < comparedNotes) {
      const at = path();
      if (compareText(at, seen.first.path) < 0) seen.first = { code, severity: "note", path: at, message };
    }
    seen.count += count;
  }

  /** All of them, sorted by severity, code, path: the same input in any order gives the same list. */
  list(): readonly Diagnostic[] {
    const folded = [...this.#folded.values()]
      .flatMap((fields) => [...fields.values()])
      .map(({ first, count }) => (count > 1 ? { ...first, count } : first));
    return [...this.#list, ...folded].sort(compareDiagnostics);
  }

  has(severity: Severity): boolean {
    return this.#list.some((d) => d.severity === severity) || (severity === "note" && this.#folded.size > 0);
  }
}

const rank: Record<Severity, number> = { error: 0, punt: 1, note: 2 };

export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    rank[a.severity] - rank[b.severity] || compareText(a.code, b.code) || compareText(a.path, b.path) || compareText(a.message, b.message)
  );
}

/** By code unit: the same on every host and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
