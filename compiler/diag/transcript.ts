import type { Diagnostic, DiagnosticSink } from "./diagnostic.ts";

type Told = (sink: DiagnosticSink) => void;

/** A sink that can tell again what it was told, to any other sink and in the same order: what a piece of work that is not done again had to say. */
export class Transcript implements DiagnosticSink {
  readonly #told: Told[] = [];

  add(diagnostic: Diagnostic): void {
    this.#told.push((sink) => sink.add(diagnostic));
  }

  note(code: string, field: string, path: () => string, message: string): void {
    this.#told.push((sink) => sink.note(code, field, path, message));
  }

  isEmpty(): boolean {
    return this.#told.length === 0;
  }

  tell(sink: DiagnosticSink): void {
    for (const told of this.#told) told(sink);
  }
}
