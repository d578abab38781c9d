import type { DiagnosticSink } from "../diag/index.ts";
import { createLast, type Last } from "../memo/index.ts";
import { buildCuckoo } from "./cuckoo.ts";
import type { TextPool } from "./decide-texts.ts";
import { flags } from "./flags.ts";
import { WordSlot } from "./gen/records.ts";
import { hashAdd } from "./hash.ts";
import { type Image, newImage, viewOf, withinLimit } from "./image.ts";
import { limits } from "./limits.ts";

const SLOTS = 4;

/** Words of some spaces. A space is a set of texts with a value each. */
export interface WordPool {
  /** Numbers for this many spaces, in a row. */
  readonly newSpaces: (count: number) => number;
  /** `forward` for spaces of prefixes: their hash grows from the first byte. A space has a word once. bpf/lib/km_word.h has the same hash. */
  readonly add: (space: number, text: string, value: number, forward?: boolean) => void;
  readonly block: () => WordBlock;
  /** All that the block is made of: equal content gives an equal block. */
  readonly content: () => readonly unknown[];
}

/** Words laid out by themselves. Spaces, texts and values are what the pool that made them counts. */
export interface WordBlock {
  readonly spaces: Uint32Array;
  /** Two hashes of each word's bytes. */
  readonly hashA: Uint32Array;
  readonly hashB: Uint32Array;
  readonly texts: Uint32Array;
  readonly values: Uint32Array;
  /** Spaces that were numbered. */
  readonly spaceCount: number;
}

/** @param firstSpace number of the first space of rules */
export function createWords(texts: Pick<TextPool, "idOf">, firstSpace: number = flags.KM_W_RULES): WordPool {
  // One list a field: a mesh has tens of thousands of words.
  const spaces: number[] = [];
  const ids: number[] = [];
  const values: number[] = [];
  const hashA: number[] = [];
  const hashB: number[] = [];
  let nextSpace = firstSpace;
  return {
    newSpaces: (count) => {
      nextSpace += count;
      return nextSpace - count;
    },
    add: (space, text, value, forward = false) => {
      let a = 0x811c9dc5;
      let b = 0x9e3779b9;
      for (let i = 0; i < text.length; i++) {
        const c = text.charCodeAt(forward ? i : text.length - 1 - i);
        a = Math.imul(a ^ c, 0x01000193);
        b = Math.imul(b + c, 0x85ebca6b);
        b ^= b >>> 15;
      }
      spaces.push(space);
      ids.push(texts.idOf(text));
      values.push(value);
      hashA.push(a >>> 0);
      hashB.push(b >>> 0);
    },
    block: () => ({
      spaces: Uint32Array.from(spaces),
      hashA: Uint32Array.from(hashA),
      hashB: Uint32Array.from(hashB),
      texts: Uint32Array.from(ids),
      values: Uint32Array.from(values),
      spaceCount: nextSpace - firstSpace,
    }),
    content: () => [nextSpace, ...spaces, ...hashA, ...ids, ...values],
  };
}

/** A block, and what is added to the numbers in it. */
export interface PlacedWords {
  readonly block: WordBlock;
  readonly space: number;
  readonly text: number;
  readonly value: number;
}

export interface WordTable {
  readonly image: Image;
  readonly seed: number;
  readonly mask: number;
}

/** Table word. */
export function layoutWords(placed: readonly PlacedWords[], sink: DiagnosticSink, last: Last = createLast()): WordTable | undefined {
  const all = placed.flatMap(({ block, space, text, value }) => [block, space, text, value]);
  return last("words", all, () => placeWords(placed, sink));
}

function placeWords(placed: readonly PlacedWords[], sink: DiagnosticSink): WordTable | undefined {
  const keys = placed.reduce((sum, { block }) => sum + block.spaces.length, 0);
  const all = { spaces: new Uint32Array(keys), hashA: new Uint32Array(keys), hashB: new Uint32Array(keys) };
  const texts = new Uint32Array(keys);
  const values = new Uint32Array(keys);
  let at = 0;
  for (const { block, space, text, value } of placed) {
    all.hashA.set(block.hashA, at);
    all.hashB.set(block.hashB, at);
    for (let i = 0; i < block.spaces.length; i++, at++) {
      all.spaces[at] = block.spaces[i]! + space;
      texts[at] = block.texts[i]! + text;
      values[at] = block.values[i]! + value;
    }
  }
  const { spaces, hashA, hashB } = all;
  const maxBuckets = limits.wordBuckets.max;
  const hash = (key: number, seed: number) => hashAdd(hashAdd(hashAdd(seed, spaces[key]!), hashA[key]!), hashB[key]!);
  const table = buildCuckoo({ keys, slots: SLOTS, maxBuckets, hash });
  if (!table) {
    withinLimit("wordBuckets", Math.max(Math.ceil(keys / SLOTS), maxBuckets + 1), "table word", sink);
    return undefined;
  }
  const image = newImage("word", table.mask + 1, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  const { place } = table;
  for (let slot = 0; slot < place.length; slot++) {
    const key = place[slot]!;
    if (key === -1) continue;
    WordSlot.write(view, slot * WordSlot.size, { space: spaces[key]!, hash: hashA[key]!, text: texts[key]!, value: values[key]! });
  }
  return { image, seed: table.seed, mask: table.mask };
}
