import { align } from "./align.ts";

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
    const made = new Array<R>(list.length);
    const places = align(before, list);
    for (let at = 0; at < list.length; at++) {
      const place = places[at]!;
      made[at] = place >= 0 ? known[place]! : make(list[at]!);
    }
    before = list;
    results = made;
    return made;
  };
}
