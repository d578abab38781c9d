import type { Diagnostic, DiagnosticSink } from "./diagnostic.ts";
import { Said } from "./said.ts";

/** A sink that keeps what it is told, so that it can be told again: what a piece of work that is not done again had to say. */
export class Transcript implements DiagnosticSink {
  readonly #rootOf: (() => string) | undefined;
  #root: string | undefined;
  #said: Said | undefined;

  /** @param root gives the path of who says it, where it is known then and whenever this is told again: most of it is shared with others then */
  constructor(root?: () => string) {
    this.#rootOf = root;
  }

  add(diagnostic: Diagnostic): void {
    this.#said = new Said(this.#said, diagnostic);
  }

  note(code: string, field: string, path: () => string, message: string, count = 1): void {
    const whole = path();
    this.#root ??= this.#rootOf?.();
    this.#said =
      this.#root !== undefined && whole.startsWith(this.#root)
        ? Said.remark(this.#said, code, field, message, whole.slice(this.#root.length), count)
        : new Said(this.#said, { code, field, message, path: whole, isBelow: false, count });
  }

  /** Adds what a part of it said, with the part's path. */
  addPart(said: Said, root: string): void {
    this.#said = new Said(this.#said, { said, root });
  }

  /** What it was told so far; undefined where that is nothing, as mostly. */
  ended(): Said | undefined {
    return this.#said;
  }
}
