import type { DiagnosticSink } from "../diag/index.ts";
import { buildCuckoo } from "./cuckoo.ts";
import type { TextPool } from "./decide-texts.ts";
import { flags } from "./flags.ts";
import { WordBucket, WordSlot, type Words } from "./gen/records.ts";
import { hashAdd } from "./hash.ts";
import { sharedBytes, withinLimit } from "./image.ts";
import { limits } from "./limits.ts";
import type { Records, Ref, Space } from "./piece.ts";
import { offsetOf } from "./record-io.ts";

const SLOTS = WordBucket.size / WordSlot.size;

/** Words of some spaces. A space is a set of texts with a value each. */
export interface WordPool {
  /** The number of a space of rules. @param fold letters count in any case: words are in lower case */
  readonly newSpace: (fold: boolean) => number;
  /** A space has a word once. bpf/lib/km_word.h has the same hash. */
  readonly add: (space: number, text: string, value: number) => void;
  readonly lists: () => WordLists;
}

/** By word: a list a field, as a mesh has tens of thousands of words. */
export interface WordLists {
  readonly spaces: Uint32Array;
  readonly texts: Uint32Array;
  readonly values: Uint32Array;
  /** Two hashes of its bytes. */
  readonly hashA: Uint32Array;
  readonly hashB: Uint32Array;
}

export function createWords(texts: Pick<TextPool, "idOf">): WordPool {
  const spaces: number[] = [];
  const ids: number[] = [];
  const values: number[] = [];
  const hashA: number[] = [];
  const hashB: number[] = [];
  let nextSpace: number = flags.KM_W_RULES;
  return {
    newSpace: (fold) => {
      nextSpace += 2;
      return (nextSpace - 2) | (fold ? flags.KM_W_FOLD : 0);
    },
    add: (space, text, value) => {
      const forward = space === flags.KM_W_PREFIX;
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
    lists: () => ({
      spaces: Uint32Array.from(spaces),
      texts: Uint32Array.from(ids),
      values: Uint32Array.from(values),
      hashA: Uint32Array.from(hashA),
      hashB: Uint32Array.from(hashB),
    }),
  };
}

/** All that the lists hold. */
export function numbersOf(lists: WordLists): Int32Array {
  const { length } = lists.spaces;
  const fields = Object.values(lists);
  const all = new Int32Array(length * fields.length);
  for (const [at, list] of fields.entries()) all.set(list, at * length);
  return all;
}

/** Words in a cuckoo table of their own. */
export interface WordBlock {
  readonly count: number;
  /** Undefined where the largest table does not hold them. */
  readonly table: WordTable | undefined;
}

export interface WordTable extends Omit<Words, "first"> {
  /** Its buckets. */
  readonly records: Records;
}

/** Words, and what is added to the numbers in them. */
export interface PlacedWords {
  readonly words: WordLists;
  readonly text: number;
  readonly value: number;
}

/** @param to what values stand for, where they and texts are numbers of a piece */
export function placeWords(lists: readonly PlacedWords[], to?: Space): WordBlock {
  const count = lists.reduce((sum, { words }) => sum + words.spaces.length, 0);
  const { spaces, texts, values, hashA, hashB } = joined(lists, count);
  const hash = (key: number, seed: number) => {
    const start = (seed ^ Math.imul(spaces[key]!, 0x9e3779b1)) >>> 0;
    return hashAdd(hashAdd(start, hashA[key]!), hashB[key]!);
  };
  const found = buildCuckoo({ keys: count, slots: SLOTS, maxBuckets: limits.wordBuckets.max, hash });
  if (!found) return { count, table: undefined };
  const { seed, mask, place } = found;
  const bytes = sharedBytes((mask + 1) * WordBucket.size);
  const view = new DataView(bytes.buffer);
  const textsAt = new Uint32Array(count);
  let used = 0;
  for (let slot = 0; slot < place.length; slot++) {
    const key = place[slot]!;
    if (key === -1) continue;
    const at = slot * WordSlot.size;
    WordSlot.write(view, at, { space: spaces[key]!, hash: hashA[key]!, text: texts[key]!, value: values[key]! });
    textsAt[used++] = at + textAt;
  }
  const valuesAt = () => textsAt.map((at) => at - textAt + valueAt);
  const refs: readonly Ref[] =
    to === undefined
      ? []
      : [
          { to: "text", at: textsAt },
          { to, at: valuesAt() },
        ];
  return { count, table: { records: { bytes, count: mask + 1, refs }, mask, seed } };
}

function joined(lists: readonly PlacedWords[], count: number): WordLists {
  const all = {
    spaces: new Uint32Array(count),
    texts: new Uint32Array(count),
    values: new Uint32Array(count),
    hashA: new Uint32Array(count),
    hashB: new Uint32Array(count),
  };
  let first = 0;
  for (const { words, text, value } of lists) {
    for (const field of ["spaces", "hashA", "hashB"] as const) all[field].set(words[field], first);
    for (let i = 0; i < words.texts.length; i++) {
      all.texts[first + i] = words.texts[i]! + text;
      all.values[first + i] = words.values[i]! + value;
    }
    first += words.spaces.length;
  }
  return all;
}

const textAt = offsetOf(WordSlot, "text");
const valueAt = offsetOf(WordSlot, "value");

/** Whether the largest table holds the words; else it is said. */
export function isPlaced({ count, table }: WordBlock, sink: DiagnosticSink): boolean {
  const { max } = limits.wordBuckets;
  return table !== undefined || withinLimit("wordBuckets", Math.max(Math.ceil(count / SLOTS), max + 1), "table word", sink);
}
