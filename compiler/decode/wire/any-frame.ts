import { type ByteReader, readLength, readText, readVarint32, skipValue } from "./bytes.ts";

/** Where the value of the Any that ends at the reader's end is. */
export function readAnyFrame(reader: ByteReader): { readonly url: string; readonly start: number; readonly end: number } {
  let url = "";
  let start = reader.end;
  let end = reader.end;
  while (reader.pos < reader.end && reader.broken === undefined) {
    const tag = readVarint32(reader);
    if (tag === 10) url = readText(reader);
    else if (tag === 18) {
      const stop = readLength(reader);
      start = reader.pos;
      end = stop;
      reader.pos = stop;
    } else skipValue(reader, tag & 7);
  }
  return { url, start, end };
}
