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
  /** `forward` for spaces of prefixes: their hash grows from the first byte. A word that the space has already stays as it is. */
  readonly add: (space: number, text: string, value: number, forward?: boolean) => void;
  readonly image: (sink: DiagnosticSink) => { readonly image: Image; readonly seed: number; readonly mask: number } | undefined;
}

interface Word {
  readonly space: number;
  readonly text: number;
  readonly value: number;
  readonly a: number;
  readonly b: number;
}

export function createWords(texts: TextPool): WordPool {
  const words: Word[] = [];
  const known = new Set<string>();
  let nextSpace: number = flags.KM_W_RULES;
  return {
    newSpaces: (count) => {
      nextSpace += count;
      return nextSpace - count;
    },
    add: (space, text, value, forward = false) => {
      const id = texts.idOf(text);
      const key = `${space} ${id}`;
      if (known.has(key)) return;
      known.add(key);
      words.push({ space, text: id, value, ...hashWord(text, forward) });
    },
    image: (sink) => {
      const maxBuckets = limits.wordBuckets.max;
      const table = buildCuckoo({
        keys: words.length,
        slots: SLOTS,
        maxBuckets,
        hash: (key, seed) => {
          const word = words[key]!;
          return hashAdd(hashAdd(hashAdd(seed, word.space), word.a), word.b);
        },
      });
      if (!table) {
        withinLimit("wordBuckets", Math.max(Math.ceil(words.length / SLOTS), maxBuckets + 1), "table word", sink);
        return undefined;
      }
      const image = newImage("word", table.mask + 1, sink);
      if (!image) return undefined;
      const view = viewOf(image);
      for (const [slot, key] of table.place.entries()) {
        if (key === -1) continue;
        const { space, a, text, value } = words[key]!;
        WordSlot.write(view, slot * WordSlot.size, { space, hash: a, text, value });
      }
      return { image, seed: table.seed, mask: table.mask };
    },
  };
}

/** bpf/lib/km_word.h is the same function. */
export function hashWord(text: string, forward: boolean): { readonly a: number; readonly b: number } {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(forward ? i : text.length - 1 - i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b + c, 0x85ebca6b);
    b ^= b >>> 15;
  }
  return { a: a >>> 0, b: b >>> 0 };
}
