import { align, noteAligned } from "./align.ts";
import { joined } from "./joined.ts";

/**
 * `make` of each item of a list. An item that stands in the list of the call before, beside the same neighbours or not far from them, is not
 * even looked at: in a large mesh most of the time goes to fetching objects that nobody has used since the last change. `make` knows the item
 * and nothing else, and the item never changes. The same list gives the same results, as one list.
 */
export function createEach<T, R>(make: (item: T) => R): (list: readonly T[]) => readonly R[] {
  let before: readonly T[] = [];
  let results: readonly R[] = [];
  return (list) => {
    if (list === before) return results;
    const known = results;
    const stretches = align(before, list);
    const made = joined(
      stretches.map(({ at, length, from }) =>
        from === -1 ? list.slice(at, at + length).map((item) => make(item)) : known.slice(from, from + length),
      ),
    );
    noteAligned(known, made, stretches);
    before = list;
    results = made;
    return made;
  };
}
