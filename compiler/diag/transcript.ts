import { comparedNotes, compareText } from "./collector.ts";
import type { Diagnostic, DiagnosticSink } from "./diagnostic.ts";

/** What notes of a kind say alike, wherever they stand: one object for a large mesh's tens of thousands. */
interface Kind {
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

/** What `note` was told: no function that tells it again, or finds its path, as each would be larger. */
interface Note {
  kind: Kind;
  path: string;
  count: number;
}

/** By code, the kind that was met last. */
const kinds = new Map<string, Kind>();

function kindOf(code: string, field: string, message: string): Kind {
  const last = kinds.get(code);
  if (last?.field === field && last.message === message) return last;
  const kind = { code, field, message };
  kinds.set(code, kind);
  return kind;
}

/** As the collector does. */
function addTo(known: Note, told: Note): void {
  if (known.count < comparedNotes && compareText(told.path, known.path) < 0) {
    known.path = told.path;
    known.kind = told.kind;
  }
  known.count += told.count;
}

/** A sink that can tell again what it was told, to any other sink and in the same order: what a piece of work that is not done again had to say. */
export class Transcript implements DiagnosticSink {
  readonly #told: (Diagnostic | Note)[];

  constructor(told: (Diagnostic | Note)[] = []) {
    this.#told = told;
  }

  add(diagnostic: Diagnostic): void {
    this.#told.push(diagnostic);
  }

  note(code: string, field: string, path: () => string, message: string, count = 1): void {
    this.#told.push({ kind: kindOf(code, field, message), path: path(), count });
  }

  /** To keep: undefined where nothing was told, else a copy that has no room left over from growing. */
  ended(): Transcript | undefined {
    return this.#told.length === 0 ? undefined : new Transcript(this.#told.slice());
  }

  /** What several tell one after the other, with notes of one kind as one. */
  static fold(parts: Iterable<Transcript>): Transcript {
    const folded = new Transcript();
    const notes = new Map<string, Note>();
    for (const part of parts)
      for (const told of part.#told) {
        const key = "kind" in told ? `${told.kind.code} ${told.kind.field}` : undefined;
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
      if ("kind" in told) sink.note(told.kind.code, told.kind.field, () => told.path, told.kind.message, told.count);
      else sink.add(told);
    }
  }
}
