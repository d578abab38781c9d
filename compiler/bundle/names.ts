import { sharedBytes } from "../layout/index.ts";
import { type Chunk, createChunks, createSlot, joined, perObject } from "../memo/index.ts";
import type { BundleName, BundleNames } from "./format.ts";
import { sha256 } from "./sha256.ts";

/** names.json: a JSON text in lines, of which a change brings a few. */
export interface NamesFile {
  /** By list of names, each with its end. A line that stays is the same object. */
  readonly lines: readonly (readonly Uint8Array[])[];
  /** Of the file, by its lines: see namesHash. */
  readonly sha256: string;
}

/**
 * SHA-256 of the hashes of the lines (in hexadecimal, each with its end of line). A large mesh has megabytes of names, of which a change
 * touches a few lines: the others need not be hashed again.
 */
export function namesHash(file: Uint8Array | string): string {
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  const hashes: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(LINE_END, at);
    const end = found === -1 ? bytes.length : found;
    hashes.push(sha256(bytes.subarray(at, end)));
    at = end + 1;
  }
  return hashOfLines(hashes);
}

function hashOfLines(hashes: readonly string[]): string {
  return sha256(hashes.map((hash) => `${hash}\n`).join(""));
}

const LINE_END = 0x0a;

/** The file in one piece. */
export function namesBytes({ lines }: NamesFile): Buffer {
  return Buffer.concat(lines.flat());
}

/** Of names that were made from a file. */
const files = new WeakMap<BundleNames, NamesFile>();

/** names.json. What is in the next bundle too is neither printed nor hashed again. */
export function namesFile(names: BundleNames): NamesFile {
  const known = files.get(names);
  if (known) return known;
  const parts = lists.map((list, i): readonly Line[] => [
    heads[i]!,
    ...partsOf(list, names[list]).flatMap((items, at) => (at > 0 ? [comma, lineOf(items)] : [lineOf(items)])),
    ...(i === lists.length - 1 ? [end] : []),
  ]);
  const file: NamesFile = {
    lines: parts.map((part) => part.map(({ bytes }) => bytes)),
    sha256: hashOfLines(parts.flatMap((part) => part.map(({ hash }) => hash))),
  };
  files.set(names, file);
  return file;
}

/** By names of a file, what the file was made of. */
const madeOf = new WeakMap<BundleNames, BundleNames>();

/** The same names, in objects that may have more and are here anyway; themselves where there are none. */
export function heldNames(names: BundleNames): BundleNames {
  return madeOf.get(names) ?? names;
}

/**
 * The names of a file that namesFile gave, read when the first is asked for: few ask.
 *
 * @param held what the file was made of
 */
export function namesOfFile(file: NamesFile, held?: BundleNames): BundleNames {
  let read: BundleNames | undefined;
  const names = (): BundleNames => {
    read ??= JSON.parse(namesBytes(file).toString()) as BundleNames;
    return read;
  };
  const lazy = {};
  for (const list of lists) Object.defineProperty(lazy, list, { enumerable: true, get: () => names()[list] });
  files.set(lazy as BundleNames, file);
  if (held) madeOf.set(lazy as BundleNames, held);
  return lazy as BundleNames;
}

/**
 * Names that were read from a file: it is what is written of them again. Where its lines end is known to who made it alone, and the hash of
 * the manifest is of these lines.
 */
export function keepNamesFile(names: BundleNames, bytes: Uint8Array, hash: string): void {
  files.set(names, { lines: [[bytes]], sha256: hash });
}

type List = keyof BundleNames;

const lists: readonly List[] = ["listeners", "chains", "routeConfigs", "vhosts", "routes", "clusters", "entries", "reasons"];

type Item = BundleName | string;

/** Lists that were put together of parts. */
const partsOfList = createSlot<readonly Item[], readonly (readonly Item[])[]>();

/** Some names, one list after the other. Each is a line of names.json. */
export function namesOfParts(parts: readonly (readonly BundleName[])[]): readonly BundleName[] {
  const list = joined(parts);
  partsOfList.set(
    list,
    parts.filter(({ length }) => length > 0),
  );
  return list;
}

/** Parts of any list: items that stay are the same objects in the next bundle's. */
function partsOf(list: List, items: readonly Item[]): readonly (readonly Item[])[] {
  return partsOfList.get(items) ?? chunksOf[list](items).map((chunk) => chunk.items);
}

const chunksOf = Object.fromEntries(
  lists.map((list) => [list, createChunks<Item>((item) => (typeof item === "string" ? item : item.path))]),
) as Readonly<Record<List, (list: readonly Item[]) => readonly Chunk<Item>[]>>;

interface Line {
  /** With its end. */
  readonly bytes: Uint8Array;
  readonly hash: string;
}

function line(text: string): Line {
  const bytes = sharedBytes(Buffer.byteLength(text) + 1);
  encoder.encodeInto(text, bytes);
  bytes[bytes.length - 1] = LINE_END;
  return { bytes, hash: sha256(bytes.subarray(0, -1)) };
}

const encoder = new TextEncoder();

const heads = lists.map((list, i) => line(`${i === 0 ? "{" : "],"}"${list}":[`));
const comma = line(",");
const end = line("]}");

const lineOf = perObject((items: readonly Item[]): Line => line(JSON.stringify(items.map(nameAlone)).slice(1, -1)));

/** What has a name may have more. */
function nameAlone(item: Item): Item {
  return typeof item === "string" ? item : { name: item.name, path: item.path };
}
