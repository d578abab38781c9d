import type { DiagnosticSink } from "../diag/index.ts";
import { buildCuckoo } from "./cuckoo.ts";
import type { TextPool } from "./decide-texts.ts";
import { flags } from "./flags.ts";
import { WordBucket, WordSlot, type Words } from "./gen/records.ts";
import { hashAdd } from "./hash.ts";
import { withinLimit } from "./image.ts";
import { limits } from "./limits.ts";
import type { Records, Ref, Space } from "./piece.ts";

const SLOTS = WordBucket.size / WordSlot.size;

/** Words of some spaces. A space is a set of texts with a value each. */
export interface WordPool {
  /** The number of a space of rules. @param fold letters count in any case: words are in lower case */
  readonly newSpace: (fold: boolean) => number;
  /** A space has a word once. bpf/lib/km_word.h has the same hash. */
  readonly add: (space: number, text: string, value: number) => void;
  /** @param values what values stand for, where they are numbers of a piece */
  readonly block: (values?: Space) => WordBlock;
  /** All that the block is made of: equal content gives an equal block. */
  readonly content: () => readonly unknown[];
}

/** Words in a cuckoo table of their own. Texts and values are what the pool that made them counts. */
export interface WordBlock {
  readonly count: number;
  /** Undefined where the largest table does not hold them. */
  readonly table: WordTable | undefined;
}

export interface WordTable extends Omit<Words, "first"> {
  /** Its buckets. */
  readonly records: Records;
}

export function createWords(texts: Pick<TextPool, "idOf">): WordPool {
  // One list a field: a mesh has tens of thousands of words.
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
    block: (to) => placeWords({ spaces, ids, values, hashA, hashB }, to),
    content: () => [nextSpace, ...spaces, ...hashA, ...ids, ...values],
  };
}

/** By word. */
interface WordLists {
  readonly spaces: readonly number[];
  readonly ids: readonly number[];
  readonly values: readonly number[];
  /** Two hashes of each word's bytes. */
  readonly hashA: readonly number[];
  readonly hashB: readonly number[];
}

/** Whether the largest table holds the words; else it is said. */
export function isPlaced({ count, table }: WordBlock, sink: DiagnosticSink): boolean {
  const { max } = limits.wordBuckets;
  return table !== undefined || withinLimit("wordBuckets", Math.max(Math.ceil(count / SLOTS), max + 1), "table word", sink);
}

function placeWords({ spaces, ids, values, hashA, hashB }: WordLists, to: Space | undefined): WordBlock {
  const count = spaces.length;
  const hash = (key: number, seed: number) => {
    const start = (seed ^ Math.imul(spaces[key]!, 0x9e3779b1)) >>> 0;
    return hashAdd(hashAdd(start, hashA[key]!), hashB[key]!);
  };
  const found = buildCuckoo({ keys: count, slots: SLOTS, maxBuckets: limits.wordBuckets.max, hash });
  if (!found) return { count, table: undefined };
  const { seed, mask, place } = found;
  const bytes = new Uint8Array((mask + 1) * WordBucket.size);
  const view = new DataView(bytes.buffer);
  const texts = new Uint32Array(count);
  let used = 0;
  for (let slot = 0; slot < place.length; slot++) {
    const key = place[slot]!;
    if (key === -1) continue;
    const at = slot * WordSlot.size;
    WordSlot.write(view, at, { space: spaces[key]!, hash: hashA[key]!, text: ids[key]!, value: values[key]! });
    texts[used++] = at + textAt;
  }
  const refs: Ref[] = [{ to: "text", at: texts }];
  if (to !== undefined) refs.push({ to, at: texts.map((at) => at - textAt + valueAt) });
  return { count, table: { records: { bytes, count: mask + 1, refs }, mask, seed } };
}

const fieldAt = (wanted: keyof WordSlot) => WordSlot.fields.find(({ name }) => name === wanted)!.offset;
const textAt = fieldAt("text");
const valueAt = fieldAt("value");
