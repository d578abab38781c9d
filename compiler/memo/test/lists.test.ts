/** What is made of a list of the list before must be what is made of it from nothing, whatever changed. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  align,
  type Chunk,
  createChunks,
  createEach,
  createFinder,
  createLookUps,
  createParts,
  createSameNumbers,
  goneFrom,
} from "../index.ts";

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

/** Where each item of `now` stood, or -1. */
function placesOf(before: readonly Item[], now: readonly Item[]): readonly number[] {
  return align(before, now).flatMap(({ length, from }) => Array.from({ length }, (_, i) => (from === -1 ? -1 : from + i)));
}

memo("an item is aligned with itself, in the order of both lists", () => {
  let before: readonly Item[] = [];
  for (const list of randomLists()) {
    const places = placesOf(before, list);
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
  assert.is(placesOf(items, changed).filter((place) => place === -1).length, 101);
  assert.is(align(items, changed), align(items, changed));
  const gone = goneFrom(items.length, align(items, changed));
  assert.equal(gone, [
    [3000, 3001],
    [4000, 4001],
  ]);
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

memo("look-ups of names that stay find what a finder finds", () => {
  const keys = [0, 1].map((odd) => Array.from({ length: 1000 }, (_, i) => `item ${2 * i + odd}`));
  const lookUps = createLookUps(createFinder(({ name }: Item) => name));
  let step = 0;
  for (const list of randomLists()) {
    // Keys of items differ.
    const clear = [...new Map(list.map((item) => [item.name, item])).values()];
    const wanted = new Map(clear.map(({ name }, at) => [name, at]));
    const lookUp = lookUps(clear);
    // Some are not asked for at every step.
    for (const names of ++step % 3 === 0 ? keys : keys.slice(0, 1))
      assert.equal(
        [...lookUp(names)],
        names.map((name) => wanted.get(name) ?? -1),
      );
  }
});

memo("each item is made once, while it stays", () => {
  let made = 0;
  const each = createEach(({ name }: Item) => {
    made++;
    return `${name}!`;
  });
  let last: readonly Item[] = [];
  for (const list of randomLists()) {
    assert.equal(
      each(list),
      list.map(({ name }) => `${name}!`),
    );
    last = list;
  }
  const before = made;
  assert.is(each(last), each(last));
  each([...last.slice(0, 500), { name: "new" }, ...last.slice(501)]);
  assert.is(made, before + 1);
});

memo("where chunks end does not depend on the list before, and those that stay are the same", () => {
  const cut = createChunks(({ name }: Item) => name);
  const items = (chunks: readonly Chunk<Item>[]) => chunks.map((chunk) => chunk.items);
  let last: readonly Item[] = [];
  for (const list of randomLists()) {
    assert.equal(items(cut(list)), items(createChunks(({ name }: Item) => name)(list)));
    assert.equal(items(cut(list)).flat(), list);
    last = list;
  }
  assert.ok(last.length > 700, String(last.length));
  const before = cut(last);
  assert.ok(before.length > 4, String(before.length));
  const now = cut([...last.slice(0, 500), { name: "new" }, ...last.slice(500)]);
  assert.ok(before.filter((chunk) => !now.includes(chunk)).length <= 1);
});

memo("parts are the chunks of a list, and are found again by their items alone", () => {
  const keyOf = ({ name }: Item) => name;
  const cut = createParts(keyOf);
  const items = (chunks: readonly Chunk<Item>[]) => chunks.map((chunk) => chunk.items);
  let last: readonly Item[] = [];
  for (const list of randomLists()) {
    assert.equal(items(cut(list)), items(createChunks(keyOf)(list)));
    last = list;
  }
  const before = cut(last);
  cut([]);
  const now = cut([...last.slice(0, 500), { name: "new" }, ...last.slice(500)]);
  assert.ok(before.length > 4 && before.filter((part) => !now.includes(part)).length <= 1);
});

memo("equal numbers are one list", () => {
  const same = createSameNumbers();
  const first = same(Int32Array.of(1, -1));
  assert.is(same(Int32Array.of(1, -1)), first);
  assert.equal(same(Int32Array.of(1, -1, 0)), Int32Array.of(1, -1, 0));
  assert.is.not(same(Int32Array.of(1, -1)), first);
});

memo.run();
