/** What is made of a list of the list before must be what is made of it from nothing, whatever changed. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { align, createFinder } from "../index.ts";

const memo = suite("memo: lists");

interface Item {
  readonly name: string;
}

/** A list after the other: items come, go, are replaced and move, a few or very many. */
function* randomLists(): Iterable<readonly Item[]> {
  let state = 7;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  let list: Item[] = [];
  for (let step = 0; step < 300; step++) {
    const next = list.slice();
    for (let change = step % 10 === 0 ? 700 : below(4); change >= 0; change--) {
      const at = below(next.length + 1);
      // Few names: some are there twice.
      const come = Array.from({ length: below(3) }, () => ({ name: `item ${below(2000)}` }));
      const gone = next.splice(at, next.length < 1000 ? below(2) : below(4), ...come);
      if (below(10) === 0) next.splice(below(next.length), 0, ...gone);
    }
    list = next;
    yield list;
  }
}

memo("an item is aligned with itself, in the order of both lists", () => {
  let before: readonly Item[] = [];
  for (const list of randomLists()) {
    const places = align(before, list);
    assert.is(places.length, list.length);
    let last = -1;
    for (const [at, place] of places.entries()) {
      if (place === -1) continue;
      assert.ok(place > last);
      assert.is(before[place], list[at]);
      last = place;
    }
    before = list;
  }
});

memo("few changes leave all others aligned", () => {
  const items = Array.from({ length: 5000 }, (_, i) => ({ name: String(i) }));
  const changed = items
    .toSpliced(4000, 1)
    .toSpliced(3000, 1, { name: "other" })
    .toSpliced(10, 0, ...Array.from({ length: 100 }, () => ({ name: "new" })));
  const lost = [...align(items, changed)].filter((place) => place === -1).length;
  assert.is(lost, 101);
});

memo("a finder finds what an index of the list would", () => {
  const find = createFinder(({ name }: Item) => name);
  let old: { readonly list: readonly Item[]; readonly places: ReturnType<typeof find> } | undefined;
  for (const list of randomLists()) {
    const wanted = new Map(list.map(({ name }, at) => [name, at]));
    const places = find(list);
    for (let i = 0; i < 2000; i++) assert.is(places.get(`item ${i}`), wanted.get(`item ${i}`));
    // One that was asked for before answers for its own list.
    for (const [at, { name }] of old?.list.entries() ?? []) assert.is(old!.list[old!.places.get(name)!]!.name, name, String(at));
    old = { list, places };
  }
});

memo.run();
