import { wireQuoted } from "../lir/text.ts";
import type { TreeWords } from "./dump-chains.ts";
import { bitWords, type Labels } from "./dump-names.ts";
import { runIndex, type TableReader } from "./dump-tables.ts";
import { flags } from "./flags.ts";
import {
  type Chunk,
  type Dfa,
  type DfaMap,
  type DfaNext,
  type HeaderName,
  type Text,
  WordBucket,
  WordSlot,
  type Words,
} from "./gen/records.ts";

/** What a word of some space means, given its text and value. */
type Space = (text: string, value: number) => string;

/** The words of all but route tables. */
export function commonWords(tables: TableReader, { first, mask }: Words): readonly WordSlot[] {
  const buckets = tables.all("word").slice(first, first + mask + 1);
  return buckets.flatMap(({ slot }) => slot.filter(({ space }) => space !== 0));
}

/** Values of words by space. */
export function wordValues(slots: readonly WordSlot[]): ReadonlyMap<number, readonly number[]> {
  const values = new Map<number, number[]>();
  for (const { space, value } of slots) {
    const list = values.get(space);
    if (list) list.push(value);
    else values.set(space, [value]);
  }
  return values;
}

/** Lines of words, texts and automata. */
export function dictionaryWords(tables: TableReader, labels: Labels, trees: TreeWords) {
  const common = commonSpaces(tables, labels, trees);
  const tableOf = wordOwner(tables);
  return {
    word: ({ space, text, value }: WordSlot, id: number) => {
      const table = tableOf(id);
      const words = table === undefined ? common.get(space) : domainWords(space, labels, table);
      return words?.(labels.rawText(text) ?? "?", value) ?? `space ${space} ${labels.text(text)}`;
    },
    text: (_record: Text, id: number) => labels.text(id),
    bytes: ({ data }: Chunk) => wireQuoted(Buffer.from(data).toString("latin1")),
    header: ({ flags: bits }: HeaderName, id: number) => `${labels.header(id)}${bitWords("KM_HN_", bits)}`,
    dfa: ({ classes, start }: Dfa) => `classes=${classes} start=${start}`,
    dfamap: ({ class: classes }: DfaMap) => classRuns(classes),
    dfanext: ({ state }: DfaNext) => state.join(" "),
  };
}

/** By slot of table word: the route table that has it; undefined for the words of everything else. */
export function wordOwner(tables: TableReader): (slot: number) => number | undefined {
  const perBucket = WordBucket.size / WordSlot.size;
  const blocks = tables.all("rtable").map(({ words: { first, mask } }, id) => ({ first, count: mask + 1, of: id }));
  const ownerOf = runIndex(blocks);
  return (slot) => ownerOf(Math.floor(slot / perBucket));
}

function domainWords(space: number, labels: Labels, table: number): Space | undefined {
  const domain = (text: string, vhost: number) => `${labels.routeConfig(table)} domain ${wireQuoted(text)} -> ${labels.vhost(vhost)}`;
  switch (space) {
    case flags.KM_W_WHOLE:
      return domain;
    case flags.KM_W_SUFFIX:
      return (text, vhost) => domain(`*${text}`, vhost);
    case flags.KM_W_PREFIX:
      return (text, vhost) => domain(`${text}*`, vhost);
    default:
      return undefined;
  }
}

/** Spaces of all but route tables, found from the tables that name them. */
function commonSpaces(tables: TableReader, labels: Labels, trees: TreeWords): ReadonlyMap<number, Space> {
  const spaces = new Map<number, Space>([
    [flags.KM_W_HEADER, (text) => `header ${wireQuoted(text)}`],
    [flags.KM_W_CLUSTER, (text, value) => `cluster name ${wireQuoted(text)} -> ${labels.cluster(value)}`],
    [flags.KM_W_METHOD, (text) => `method ${wireQuoted(text)}`],
  ]);
  for (const [id, { kind, first4 }] of tables.all("node").entries()) {
    if (kind !== flags.KM_N_NAME && kind !== flags.KM_N_PROTOCOL) continue;
    const what = kind === flags.KM_N_NAME ? "server name" : "application protocol";
    spaces.set(first4, (text, place) => `node ${id} ${what} ${wireQuoted(text)} -> ${trees.place(place, trees.ownerOf(id))}`);
  }
  for (const [id, { upgrades }] of tables.all("http").entries()) {
    if (upgrades !== 0 && !spaces.has(upgrades)) spaces.set(upgrades, (text) => `${labels.http(id)} upgrade ${wireQuoted(text)}`);
  }
  return spaces;
}

/** Words that are the same in every bundle: known header names and methods, of the words of all but route tables. */
export function isFixedWord({ space, value }: WordSlot): boolean {
  return space === flags.KM_W_METHOD || (space === flags.KM_W_HEADER && value < flags.KM_H_COUNT);
}

/** `0-46:0 47:1 ...`: runs of bytes of one class. */
function classRuns(classes: Uint8Array): string {
  const out: string[] = [];
  for (let from = 0; from < 256; ) {
    let to = from;
    while (to < 255 && classes[to + 1] === classes[from]) to++;
    out.push(`${from === to ? from : `${from}-${to}`}:${classes[from]}`);
    from = to + 1;
  }
  return out.join(" ");
}
