import type { DiagnosticSink } from "../diag/index.ts";
import { buildCuckoo } from "./cuckoo.ts";
import type { TextPool } from "./decide-texts.ts";
import { flags } from "./flags.ts";
import { WordSlot } from "./gen/records.ts";
import { hashAdd } from "./hash.ts";
import { type Image, newImage, viewOf, withinLimit } from "./image.ts";
import { limits } from "./limits.ts";

const SLOTS = 4;

/** Words of all spaces. A space is a set of texts with a value each. */
export interface WordPool {
  /** Numbers for this many spaces of rules, in a row. */
  readonly newSpaces: (count: number) => number;
  /** `forward` for spaces of prefixes: their hash grows from the first byte. A space has a word once. bpf/lib/km_word.h has the same hash. */
  readonly add: (space: number, text: string, value: number, forward?: boolean) => void;
  readonly image: (sink: DiagnosticSink) => { readonly image: Image; readonly seed: number; readonly mask: number } | undefined;
}

export function createWords(texts: TextPool): WordPool {
  // One list a field: a mesh has tens of thousands of words.
  const spaces: number[] = [];
  const ids: number[] = [];
  const values: number[] = [];
  const hashA: number[] = [];
  const hashB: number[] = [];
  let nextSpace: number = flags.KM_W_RULES;
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
    image: (sink) => {
      const maxBuckets = limits.wordBuckets.max;
      const table = buildCuckoo({
        keys: spaces.length,
        slots: SLOTS,
        maxBuckets,
        hash: (key, seed) => hashAdd(hashAdd(hashAdd(seed, spaces[key]!), hashA[key]!), hashB[key]!),
      });
      if (!table) {
        withinLimit("wordBuckets", Math.max(Math.ceil(spaces.length / SLOTS), maxBuckets + 1), "table word", sink);
        return undefined;
      }
      const image = newImage("word", table.mask + 1, sink);
      if (!image) return undefined;
      const view = viewOf(image);
      for (const [slot, key] of table.place.entries()) {
        if (key === -1) continue;
        WordSlot.write(view, slot * WordSlot.size, { space: spaces[key]!, hash: hashA[key]!, text: ids[key]!, value: values[key]! });
      }
      return { image, seed: table.seed, mask: table.mask };
    },
  };
}
