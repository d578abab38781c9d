import { createHash } from "node:crypto";
import { compareText } from "../diag/index.ts";
import { type ConnectHeader, isPortKnown } from "./connect.ts";
import { chainWords, treeWords } from "./dump-chains.ts";
import { connectWords, isRoom } from "./dump-connect.ts";
import { calledByNumber, idFields } from "./dump-ids.ts";
import { bitWords, createLabels, type DumpNames, type Labels, leafWords } from "./dump-names.ts";
import { routeWords } from "./dump-routes.ts";
import { readTables } from "./dump-tables.ts";
import { targetWords } from "./dump-targets.ts";
import { commonWords, dictionaryWords, isFixedWord, wordOwner, wordValues } from "./dump-words.ts";
import { flags } from "./flags.ts";
import { type Header, recordTypes, type Svc4Slot, type Svc6Slot, type WordSlot } from "./gen/records.ts";
import { NONE } from "./piece.ts";
import type { RecordType } from "./record-io.ts";
import { type TableName, tables as tableSpecs } from "./tables.ts";

export interface DumpOptions {
  /**
   * How much a line says; default `ids`.
   * - `names`: what the golden files show. No record has its id or place, and ids in bytes are `id` (the words name what they lead to), so
   *   that one name more is one line more. Otherwise as `ids`.
   * - `ids`: what is the same in every bundle (known header names, methods) is one line with its count and hash, bulk whose meaning
   *   stands in other lines (texts, automata) is one hash, and room beside cells has no line.
   * - `all`: every record.
   */
  readonly detail?: "names" | "ids" | "all";
}

export type DumpHeader = ConnectHeader & Pick<Header, "decide">;

/**
 * The tables as text: one line a record (a bucket: one a used slot, sorted by what it says), words first, then the bytes by
 * field. Made from the images alone, so that it shows what the kernel holds.
 */
export function dumpImages(
  header: DumpHeader,
  images: ReadonlyMap<string, Uint8Array>,
  names: DumpNames,
  { detail = "ids" }: DumpOptions = {},
): string {
  const tables = readTables(images);
  const common = commonWords(tables, header.decide.words);
  const labels = createLabels(names, tables, common);
  const trees = treeWords(tables, labels, wordValues(common));
  const targets = targetWords(tables, labels);
  const words = {
    ...connectWords(header, tables, labels),
    ...chainWords(tables, labels, trees, targets.targetAt),
    ...targets.lines,
    ...routeWords(tables, labels, targets.targetAt),
    ...dictionaryWords(tables, labels, trees),
  } as Readonly<Record<string, Describe>>;
  const tableOf = wordOwner(tables);
  const isFixed = (name: TableName, record: unknown, id: number): boolean => {
    if (name === "word") return tableOf(id) === undefined && isFixedWord(record as WordSlot);
    return name === "header" && id < flags.KM_H_COUNT;
  };
  const out = headerLines(header, labels, tables.count("word") > 0);
  for (const { name, record } of tableSpecs) {
    const bytes = tables.bytes(name);
    if (bytes.length === 0) continue;
    const type = recordTypes[record] as RecordType<unknown>;
    const slot = slotType(type);
    const all = slot ? slotsOf(name, slot, type.size / slot.size, bytes, labels, tableOf) : recordsOf(type, bytes);
    const entries = name === "cell" && detail !== "all" ? all.filter((entry) => !isRoom(header, entry.id, entry.bytes)) : all;
    const used = slot || entries.length < all.length ? ` used=${entries.length}` : "";
    out.push(`table ${name} record=${record} size=${type.size} count=${tables.count(name)}${used}`);
    out.push(...linesOf(name, slot ?? type, entries, words[name]!, bytes, detail, isFixed).map((line) => `  ${line}`));
  }
  return `${out.join("\n")}\n`;
}

type Describe = (record: never, id: number) => string;

/** A record, or a used slot of a bucket. */
interface Entry {
  readonly id: number;
  /** Of a slot: `bucket.slot`. */
  readonly place?: string;
  readonly record: unknown;
  readonly bytes: Uint8Array;
}

function headerLines(header: DumpHeader, labels: Labels, decide: boolean): string[] {
  const { words, virtualListener } = header.decide;
  return [
    `header svc4 mask=${header.svc4Mask} seed=${header.svc4Seed}`,
    ...(header.ports.some((half) => half !== 0) ? [`header ports mod 64:${portWords(header)}`] : []),
    `header svc6 mask=${header.svc6Mask} seed=${header.svc6Seed}`,
    ...(decide ? [`header words first=${words.first} mask=${words.mask} seed=${words.seed}`] : []),
    ...(header.flags ? [`header flags${bitWords("KM_HF_", header.flags)}`] : []),
    `header virtual4 -> ${leafWords(header.virtual4, labels)}`,
    `header virtual6 -> ${leafWords(header.virtual6, labels)}`,
    ...(decide && virtualListener !== NONE ? [`header use_original_dst ${labels.listener(virtualListener)}`] : []),
  ];
}

function portWords(header: DumpHeader): string {
  return Array.from({ length: 64 }, (_, port) => (isPortKnown(header, port) ? ` ${port}` : "")).join("");
}

/** The record of a bucket's slots. */
function slotType(type: RecordType<unknown>): RecordType<unknown> | undefined {
  const [field, another] = type.fields;
  const match = another === undefined ? /^Fixed<(\w+), \d+>$/.exec(field?.type ?? "") : null;
  return match ? ((recordTypes as Readonly<Record<string, unknown>>)[match[1]!] as RecordType<unknown> | undefined) : undefined;
}

function recordsOf(type: RecordType<unknown>, bytes: Uint8Array): readonly Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / type.size);
  return Array.from({ length: count }, (_, id) => {
    const at = id * type.size;
    return { id, record: type.read(view, at), bytes: bytes.subarray(at, at + type.size) };
  });
}

function slotsOf(
  name: TableName,
  slot: RecordType<unknown>,
  perBucket: number,
  bytes: Uint8Array,
  labels: Labels,
  tableOf: (wordSlot: number) => number | undefined,
): readonly Entry[] {
  /** Words of a route table stand together, behind all others. */
  const groupOf = (id: number) => (name === "word" ? (tableOf(id) ?? -1) : 0);
  return recordsOf(slot, bytes)
    .filter((entry) => entry.bytes.some((byte) => byte !== 0))
    .map((entry) => ({ ...entry, place: `${Math.floor(entry.id / perBucket)}.${entry.id % perBucket}` }))
    .sort((a, b) => groupOf(a.id) - groupOf(b.id) || compareSlots(name, a.record, b.record, labels) || a.id - b.id);
}

/** By address, or by word: where a hash puts a slot says nothing. */
function compareSlots(name: TableName, a: unknown, b: unknown, labels: Labels): number {
  if (name === "svc4") {
    const [one, two] = [a as Svc4Slot, b as Svc4Slot];
    return one.ip - two.ip || one.port - two.port;
  }
  if (name === "svc6") {
    const [one, two] = [a as Svc6Slot, b as Svc6Slot];
    return Buffer.compare(one.ip, two.ip) || one.port - two.port;
  }
  const [one, two] = [a as WordSlot, b as WordSlot];
  return one.space - two.space || compareText(labels.rawText(one.text) ?? "", labels.rawText(two.text) ?? "");
}

/** Bulk that only other tables' lines make sense of. */
const folded: ReadonlySet<TableName> = new Set<TableName>(["text", "bytes", "dfamap", "dfanext"]);

function linesOf(
  name: TableName,
  type: RecordType<unknown>,
  entries: readonly Entry[],
  describe: Describe,
  bytes: Uint8Array,
  detail: "names" | "ids" | "all",
  isFixed: (name: TableName, record: unknown, id: number) => boolean,
): readonly string[] {
  const all = detail === "all";
  const masked = detail === "names" ? (idFields[name] ?? []) : [];
  const numbered = detail !== "names" || calledByNumber.has(name);
  if (!all && folded.has(name)) return [`sha256=${shortHash(bytes)}`];
  const fixed: string[] = [];
  const lines: string[] = [];
  for (const { id, place, record, bytes: own } of entries) {
    const words = describe(record as never, id);
    if (!all && isFixed(name, record, id)) {
      fixed.push(words);
      continue;
    }
    const line = `${words} | ${hexOf(type, own, masked)}`;
    if (place !== undefined) lines.push(detail === "names" ? line : `${line} @${place}`);
    else lines.push(numbered ? `${id} ${line}` : line);
  }
  return fixed.length === 0 ? lines : [`fixed=${fixed.length} sha256=${shortHash(fixed.sort().join("\n"))}`, ...lines];
}

function shortHash(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex").slice(0, 16);
}

function hexOf(type: RecordType<unknown>, bytes: Uint8Array, masked: readonly string[]): string {
  const fields = type.fields.map(({ name, offset, size }) => {
    const hex = Buffer.from(bytes.subarray(offset, offset + size)).toString("hex");
    return masked.includes(name) && hex !== noId ? "id" : hex;
  });
  return fields.join(" ");
}

const noId = "ffffffff";
