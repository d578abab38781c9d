import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createSlot, perObject } from "../index.ts";

const memo = suite("memo: slot");

memo("values by object, apart by slot, and the last one of each", () => {
  const [one, two] = [createSlot<object, number>(), createSlot<object, number>()];
  for (const key of [{ a: 1 }, [1], new Uint8Array(1), new Map(), () => 1]) {
    assert.is(one.get(key), undefined);
    one.set(key, 1);
    two.set(key, 2);
    one.set(key, 3);
    assert.equal([one.get(key), two.get(key)], [3, 2]);
    assert.is(one.get({ ...key }), undefined);
  }
});

memo("nobody sees a value", () => {
  const key = { a: 1 };
  createSlot<object, string>().set(key, "hidden");
  assert.equal(Reflect.ownKeys(key), ["a"]);
  assert.is(JSON.stringify(key), '{"a":1}');
  // A function can't be copied to another thread.
  createSlot<object, () => void>().set(key, () => {});
  assert.equal(structuredClone(key), { a: 1 });
});

memo("an object with room is like others, of its slot and of another one", () => {
  const [one, two] = [createSlot<object, number>(), createSlot<object, number>()];
  class Key extends one.Room {
    readonly a = 1;
  }
  const [key, other] = [new Key(), new Key()];
  assert.equal([one.get(key), two.get(key)], [undefined, undefined]);
  one.set(key, 1);
  two.set(key, 2);
  assert.equal([one.get(key), two.get(key), one.get(other)], [1, 2, undefined]);
  assert.equal(Reflect.ownKeys(key), ["a"]);
  assert.is(JSON.stringify(key), '{"a":1}');
});

memo("per object: made once, undefined too", () => {
  const made: unknown[] = [];
  const of = perObject((key: { readonly gives: unknown }) => {
    made.push(key);
    return key.gives;
  });
  const keys = [undefined, null, 0, "a"].map((gives) => ({ gives }));
  for (let i = 0; i < 2; i++) assert.equal(keys.map(of), [undefined, null, 0, "a"]);
  assert.equal(made, keys);
});

memo.run();
