import { comparedNotes, compareText } from "./collector.ts";
import type { Diagnostic, DiagnosticSink } from "./diagnostic.ts";

/** What `note` was told: no function that tells it again, as a large mesh has tens of thousands. */
interface Note {
  readonly code: string;
  readonly field: string;
  path: () => string;
  message: string;
  count: number;
}

/** As the collector does. */
function addTo(known: Note, told: Note): void {
  if (known.count < comparedNotes && compareText(told.path(), known.path()) < 0) {
    known.path = told.path;
    known.message = told.message;
  }
  known.count += told.count;
}

/** A sink that can tell again what it was told, to any other sink and in the same order: what a piece of work that is not done again had to say. */
export class Transcript implements DiagnosticSink {
  readonly #told: (Diagnostic | Note)[] = [];

  add(diagnostic: Diagnostic): void {
    this.#told.push(diagnostic);
  }

  note(code: string, field: string, path: () => string, message: string, count = 1): void {
    this.#told.push({ code, field, path, message, count });
  }

  isEmpty(): boolean {
    return this.#told.length === 0;
  }

  /** What several tell one after the other, with notes of one kind as one. */
  static fold(parts: Iterable<Transcript>): Transcript {
    const folded = new Transcript();
    const notes = new Map<string, Note>();
    for (const part of parts)
      for (const told of part.#told) {
        const key = "field" in told ? `${told.code} ${told.field}` : undefined;
        const known = key === undefined ? undefined : notes.get(key);
        if (known) addTo(known, told as Note);
        else {
          const copy = { ...told };
          folded.#told.push(copy);
          if (key !== undefined) notes.set(key, copy as Note);
        }
      }
    return folded;
  }

  tell(sink: DiagnosticSink): void {
    for (const told of this.#told) {
      if ("field" in told) sink.note(told.code, told.field, told.path, told.message, told.count);
      else sink.add(told);
    }
  }
}
