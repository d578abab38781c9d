import { resultOf } from "../decode/index.ts";
import type { Said } from "../diag/index.ts";
import type { Abouts, AllAsked } from "./asked.ts";

/** What resolving a resource asked, was told, had to say, and gave. */
export class Entry {
  /** Of the memo that it is of, and of the strictness. */
  readonly mark: object;
  readonly asked: AllAsked;
  /** Undefined where it had nothing to say, as most. */
  readonly said: Said | undefined;
  readonly result: unknown;
  /** The last pass in which the answers were these. */
  pass: number;

  constructor(mark: object, asked: AllAsked, said: Said | undefined, result: unknown, pass: number) {
    this.mark = mark;
    this.asked = asked;
    this.said = said;
    this.result = result;
    this.pass = pass;
  }
}

/** The same of a part of a resource. */
export class PartEntry extends Entry {
  readonly path: string;
  /** What it was given beside itself: one list for all parts. */
  given: readonly unknown[];

  constructor(of: Entry, path: string, given: readonly unknown[]) {
    super(of.mark, of.asked, of.said, of.result, of.pass);
    this.path = path;
    this.given = given;
  }
}

/** What was noted of a resource, or of a part of one, whatever its mark. */
export function entryOf(key: object): Entry | undefined {
  return resultOf(key) as Entry | undefined;
}

/** What a chunk's resources asked and gave together, in the last pass in which every answer was the same. */
export interface ChunkEntry {
  readonly strict: boolean;
  readonly asked: Abouts;
  readonly results: readonly unknown[];
  readonly said: Said | undefined;
  pass: number;
}
