import { test } from "uvu";
import * as assert from "uvu/assert";
import { NumberItem, Text } from "../gen/records.ts";
import { createRecords, place } from "../piece.ts";

const numbersIn = (bytes: Uint8Array): readonly number[] => {
  const { buffer, byteLength } = bytes;
  return Array.from({ length: byteLength / 4 }, (_, at) => new DataView(buffer).getUint32(4 * at, true));
};

test("a piece is placed where it lies, and elsewhere in a copy", () => {
  const texts = createRecords(Text, 2);
  texts.put({ first: 0, length: 3 }, { first: "bytes" });
  texts.put({ first: 3, length: 1 }, { first: "bytes" });
  const records = texts.done();
  const at100 = place(records, { bytes: 100 });
  assert.is(at100, records.bytes, "not held twice");
  assert.is(place(records, { bytes: 100 }), at100);
  const at7 = place(records, { bytes: 7 });
  assert.equal(
    [numbersIn(at7), numbersIn(place(records, { bytes: 0 }))],
    [
      [7, 3, 10, 1],
      [0, 3, 3, 1],
    ],
  );
  assert.equal(
    [numbersIn(at100), numbersIn(at7)],
    [
      [100, 3, 103, 1],
      [7, 3, 10, 1],
    ],
  );
});

test("numbers that were the same in the whole are told apart again", () => {
  const items = createRecords(NumberItem, 3);
  for (const value of [1, 0, 1]) items.put({ value, pad0: 0 }, { value: "header" });
  const records = items.done();
  const placed = [
    [5, 9],
    [2, 2],
    [8, 1],
  ].map((ids) => place(records, { header: Int32Array.from(ids) }));
  assert.equal(placed.map(numbersIn), [
    [9, 0, 5, 0, 9, 0],
    [2, 0, 2, 0, 2, 0],
    [1, 0, 8, 0, 1, 0],
  ]);
});

test.run();
