import { wireQuoted } from "../lir/text.ts";
import type { TreeWords } from "./dump-chains.ts";
import { bitWords, type Labels, wordSlots } from "./dump-names.ts";
import type { TableReader } from "./dump-tables.ts";
import { flags } from "./flags.ts";
import type { Chunk, Dfa, DfaMap, DfaNext, HeaderName, Text, WordSlot } from "./gen/records.ts";

/** What a word of some space means, given its text and value. */
type Space = (text: string, value: number) => string;

/** Values of table word by space. */
export function wordValues(tables: TableReader): ReadonlyMap<number, readonly number[]> {
  const values = new Map<number, number[]>();
  for (const { space, value } of wordSlots(tables)) {
    const list = values.get(space);
    if (list) list.push(value);
    else values.set(space, [value]);
  }
  return values;
}

/** Lines of words, texts and automata. */
export function dictionaryWords(tables: TableReader, labels: Labels, trees: TreeWords) {
  const spaces = spaceWords(tables, labels, trees);
  return {
    word: ({ space, text, value }: WordSlot) =>
      spaces.get(space)?.(labels.rawText(text) ?? "?", value) ?? `space ${space} ${labels.text(text)}`,
    text: (_record: Text, id: number) => labels.text(id),
    bytes: ({ data }: Chunk) => wireQuoted(Buffer.from(data).toString("latin1")),
    header: ({ flags: bits }: HeaderName, id: number) => `${labels.header(id)}${bitWords("KM_HN_", bits)}`,
    dfa: ({ classes, start }: Dfa) => `classes=${classes} start=${start}`,
    dfamap: ({ class: classes }: DfaMap) => classRuns(classes),
    dfanext: ({ state }: DfaNext) => state.join(" "),
  };
}

/** Spaces, found from the tables that name them. */
function spaceWords(tables: TableReader, labels: Labels, trees: TreeWords): ReadonlyMap<number, Space> {
  const spaces = new Map<number, Space>([
    [flags.KM_W_HEADER, (text) => `header ${wireQuoted(text)}`],
    [flags.KM_W_CLUSTER, (text, value) => `cluster name ${wireQuoted(text)} -> ${labels.cluster(value)}`],
    [flags.KM_W_METHOD, (text) => `method ${wireQuoted(text)}`],
  ]);
  for (const [id, { exact }] of tables.all("rtable").entries()) {
    const domain = (text: string, vhost: number) => `${labels.routeConfig(id)} domain ${wireQuoted(text)} -> ${labels.vhost(vhost)}`;
    spaces.set(exact, domain);
    spaces.set(exact + 1, (text, vhost) => domain(`*${text}`, vhost));
    spaces.set(exact + 2, (text, vhost) => domain(`${text}*`, vhost));
  }
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

/** Words that are the same in every bundle: known header names and methods. */
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
