import type { Diagnostic, DiagnosticSink } from "./diagnostic.ts";

/** A note. */
export interface Remark {
  readonly code: string;
  readonly field: string;
  readonly message: string;
  /** Where `isBelow`, what follows the path of who says it; else a whole path. */
  readonly path: string;
  readonly isBelow: boolean;
  readonly count: number;
}

/** In the place of what a part has to say: all of that, and the part's path. */
interface PartSaid {
  readonly said: Said;
  readonly root: string;
}

/** So many that go on differently are known of each; what others say behind it is not shared. */
const FEW = 8;

/** When so many were made, all that are known are forgotten: they may be of resources that are gone. */
const MANY = 4096;

const none: readonly Said[] = [];

/** What is said first by those who share it. */
let begun: Said[] = [];
let made = 0;

/**
 * What somebody has to say: the last of it, and what comes before. It knows no path of who says it, so that of a large mesh all who say the
 * same below their own paths share one.
 */
export class Said {
  readonly #before: Said | undefined;
  readonly #what: Diagnostic | Remark | PartSaid;
  /** What others go on with. */
  #next: Said[] | typeof none = none;

  constructor(before: Said | undefined, what: Diagnostic | Remark | PartSaid) {
    this.#before = before;
    this.#what = what;
  }

  /** As the constructor, shared with who said the same. @param path what follows the path of who says it */
  static remark(before: Said | undefined, code: string, field: string, message: string, path: string, count: number): Said {
    const next = before ? before.#next : begun;
    for (const said of next) {
      const what = said.#what as Remark;
      if (what.path === path && what.code === code && what.field === field && what.message === message && what.count === count) return said;
    }
    if (++made % MANY === 0) begun = [];
    // A copy of the path: one that was cut from a longer text holds on to that.
    const said = new Said(before, { code, field, message, path: [...path].join(""), isBelow: true, count });
    if (before && next === none) before.#next = [said];
    else if (next.length < FEW) (next as Said[]).push(said);
    return said;
  }

  /** All of it, in its order. @param root gives the path of who says it */
  each(root: () => string, visit: (what: Diagnostic | Remark, root: () => string) => void): void {
    const all: (Diagnostic | Remark | PartSaid)[] = [];
    for (let said: Said | undefined = this; said; said = said.#before) all.push(said.#what);
    for (let at = all.length - 1; at >= 0; at--) {
      const what = all[at]!;
      if ("said" in what) what.said.each(() => what.root, visit);
      else visit(what, root);
    }
  }

  /** Says it to a sink, as if it were said there at first. @param root gives the path of who says it. Default: all of it stands with whole paths. */
  tell(sink: DiagnosticSink, root: () => string = () => ""): void {
    this.each(root, (what, by) => {
      if (isRemark(what)) sink.note(what.code, what.field, () => pathOf(what, by), what.message, what.count);
      else sink.add(what);
    });
  }
}

export function isRemark(what: Diagnostic | Remark): what is Remark {
  return "isBelow" in what;
}

/** @param root gives the path of who says it */
export function pathOf({ isBelow, path }: Remark, root: () => string): string {
  return isBelow ? root() + path : path;
}
