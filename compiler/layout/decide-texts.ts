import { Chunk, Text } from "./gen/records.ts";
import { sharedBytes } from "./image.ts";
import { createRecords, type Records, withRoom } from "./piece.ts";

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

/** Tables text and bytes of some texts, from byte 0 on, with room for some more. */
export function textRecords(texts: readonly string[]): Readonly<Record<"text" | "bytes", Records>> {
  const text = createRecords(Text, texts.length, withRoom(texts.length));
  let first = 0;
  for (const { length } of texts) {
    text.put({ first, length }, { first: "bytes" });
    first += length;
  }
  const count = withRoom(Math.ceil(first / Chunk.size));
  const bytes = sharedBytes(count * Chunk.size);
  bytes.set(Buffer.from(texts.join(""), "latin1"));
  return { text: text.done(), bytes: { bytes, count, refs: [] } };
}
