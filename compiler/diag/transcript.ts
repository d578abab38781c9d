import type { Diagnostic, DiagnosticSink } from "./diagnostic.ts";

/** What `note` was told: no function that tells it again, as a large mesh has tens of thousands. */
interface Note {
  readonly code: string;
  readonly field: string;
  readonly path: () => string;
  readonly message: string;
}

/** A sink that can tell again what it was told, to any other sink and in the same order: what a piece of work that is not done again had to say. */
export class Transcript implements DiagnosticSink {
  readonly #told: (Diagnostic | Note)[] = [];

  add(diagnostic: Diagnostic): void {
    this.#told.push(diagnostic);
  }

  note(code: string, field: string, path: () => string, message: string): void {
    this.#told.push({ code, field, path, message });
  }

  isEmpty(): boolean {
    return this.#told.length === 0;
  }

  tell(sink: DiagnosticSink): void {
    for (const told of this.#told) {
      if ("field" in told) sink.note(told.code, told.field, told.path, told.message);
      else sink.add(told);
    }
  }
}
