import { suite, type Test } from "uvu";
import * as assert from "uvu/assert";
import type { HirModel } from "../model.ts";
import { ask, inShort } from "./build.ts";

/** A fact, a model, a question and the answer in short. */
export type Row = readonly [fact: string, hir: HirModel, words: Readonly<Record<string, unknown>>, want: string];

/** One test a row; the file calls .run(). */
export function tableSuite(name: string, rows: readonly Row[]): Test {
  const table = suite(name);
  for (const [fact, hir, words, want] of rows) {
    table(`${fact}: ${JSON.stringify(words).slice(0, 80)}`, () => assert.is(inShort(ask(hir, words)), want));
  }
  return table;
}
