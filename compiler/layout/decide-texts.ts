import type { DiagnosticSink } from "../diag/index.ts";
import { Chunk, Text } from "./gen/records.ts";
import { type Image, newImage, viewOf } from "./image.ts";

/** Byte strings by value: equal ones share an id. Ids are in order of first use. */
export interface TextPool {
  readonly idOf: (text: string) => number;
  readonly images: (sink: DiagnosticSink) => readonly (Image | undefined)[];
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
    images: (sink) => {
      const length = texts.reduce((sum, text) => sum + text.length, 0);
      const table = newImage("text", texts.length, sink);
      const chunks = newImage("bytes", Math.ceil(length / Chunk.size), sink);
      if (!table || !chunks) return [undefined];
      const view = viewOf(table);
      Buffer.from(chunks.bytes.buffer, chunks.bytes.byteOffset, chunks.bytes.length).write(texts.join(""), "latin1");
      let first = 0;
      for (const [id, text] of texts.entries()) {
        Text.write(view, id * Text.size, { first, length: text.length });
        first += text.length;
      }
      return [table, chunks];
    },
  };
}
