import { comparedNotes, compareText } from "./collector.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { isRemark, pathOf, type Remark, Said } from "./said.ts";

/** What somebody had to say. */
export interface Speech {
  readonly said: Said;
  /** Gives the path of who said it. */
  readonly root: () => string;
}

/** Notes of a kind. */
interface Folded {
  first: Remark;
  count: number;
}

/** What several say one after the other, with notes of one kind as one, as the collector shows them. It stands with whole paths. */
export function fold(speeches: Iterable<Speech>): Said | undefined {
  const all: (Diagnostic | Folded)[] = [];
  const kinds = new Map<string, Folded>();
  /** The same by remark: many have one. */
  const known = new Map<Remark, Folded>();
  const add = (what: Diagnostic | Remark, root: () => string): void => {
    if (!isRemark(what)) {
      all.push(what);
      return;
    }
    let folded = known.get(what);
    if (!folded) {
      const kind = `${what.code} ${what.field}`;
      folded = kinds.get(kind);
      if (!folded) {
        const one = { first: { ...what, path: pathOf(what, root), isBelow: false }, count: what.count };
        all.push(one);
        kinds.set(kind, one);
        known.set(what, one);
        return;
      }
      known.set(what, folded);
    }
    if (folded.count < comparedNotes) {
      const path = pathOf(what, root);
      if (compareText(path, folded.first.path) < 0) folded.first = { ...what, path, isBelow: false };
    }
    folded.count += what.count;
  };
  for (const { said, root } of speeches) said.each(root, add);
  return all.reduce<Said | undefined>(
    (before, one) => new Said(before, "first" in one ? { ...one.first, count: one.count } : one),
    undefined,
  );
}
