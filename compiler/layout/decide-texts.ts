import type { DiagnosticSink } from "../diag/index.ts";
import { Chunk, Text } from "./gen/records.ts";
import { type Image, newImage, viewOf } from "./image.ts";

/** Byte strings by value: equal ones share an id. Ids are in order of first use. */
export interface TextPool {
  readonly idOf: (text: string) => number;
  /** By id. */
  readonly texts: readonly string[];
}

export function createTexts(): TextPool {
  const ids = new Map<string, number>();
  const texts: string[] = [];
  return {
    texts,
    idOf: (text) => {
      let id = ids.get(text);
      if (id === undefined) {
        id = texts.push(text) - 1;
        ids.set(text, id);
      }
      return id;
    },
  };
}

/** Texts laid out by themselves, from byte 0 on. */
export interface TextBlock {
  readonly count: number;
  readonly bytes: Uint8Array;
  /** Bytes of each. */
  readonly lengths: Uint32Array;
}

export function textBlock(texts: readonly string[]): TextBlock {
  return { count: texts.length, bytes: Buffer.from(texts.join(""), "latin1"), lengths: Uint32Array.from(texts, (text) => text.length) };
}

/** Tables text and bytes: blocks one after the other, which gives the ids. */
export function layoutTexts(blocks: readonly TextBlock[], sink: DiagnosticSink): readonly (Image | undefined)[] {
  const table = newImage(
    "text",
    blocks.reduce((sum, { count }) => sum + count, 0),
    sink,
  );
  const length = blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const chunks = newImage("bytes", Math.ceil(length / Chunk.size), sink);
  if (!table || !chunks) return [undefined];
  const view = viewOf(table);
  let first = 0;
  let id = 0;
  for (const { bytes, lengths } of blocks) {
    chunks.bytes.set(bytes, first);
    for (const textLength of lengths) {
      Text.write(view, id * Text.size, { first, length: textLength });
      first += textLength;
      id++;
    }
  }
  return [table, chunks];
}
