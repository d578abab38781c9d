import { formatSocket, ipText } from "../lir/ip.ts";
import { reasons, verdicts } from "../lir/verdict.ts";
import type { ConnectHeader } from "./connect.ts";
import { type DecideDumpNames, decideHeaderWords, decideWords } from "./dump-decide.ts";
import { flags } from "./flags.ts";
import type { Cell, Endpoint, Header, Leaf, Range, Split, Svc4Slot, Svc6Slot } from "./gen/records.ts";
import { Range as RangeRecord, recordTypes } from "./gen/records.ts";
import type { RecordType } from "./record-io.ts";
import { tables } from "./tables.ts";

/** Names of ids, as the bundle has them. */
export type DumpNames = DecideDumpNames;

/** Words of one record, undefined to leave it out; a table without an entry gets its fields by name. Empty slots have no line. */
export type Describe = (record: never, names: DumpNames, id: number) => string | undefined;

/**
 * The tables as text: one line a record (a bucket: one a slot that is used), words first, then the bytes by field. Made from the images
 * alone, so that it shows what the kernel holds.
 */
export function dumpImages(
  header: ConnectHeader & Pick<Header, "decide">,
  images: ReadonlyMap<string, Uint8Array>,
  names: DumpNames,
  describe: Readonly<Record<string, Describe>> = {},
): string {
  const out = [
    `header svc4 mask=${header.svc4Mask} seed=${header.svc4Seed} svc6 mask=${header.svc6Mask} seed=${header.svc6Seed} flags=${header.flags}`,
    `header virtual4 -> ${leafWords(header.virtual4, names)}`,
    `header virtual6 -> ${leafWords(header.virtual6, names)}`,
    decideHeaderWords(header.decide),
  ];
  const words = { ...connectWords(portRecords(header, images)), ...decideWords(images), ...describe } as Readonly<Record<string, Describe>>;
  for (const { name, record } of tables) {
    const bytes = images.get(name);
    if (!bytes || bytes.length === 0) continue;
    const type = recordTypes[record] as RecordType<unknown>;
    out.push(`table ${name} record=${record} size=${type.size} count=${bytes.length / type.size}`);
    for (const line of dumpTable(name, type, bytes, names, words)) out.push(`  ${line}`);
  }
  return `${out.join("\n")}\n`;
}

function* dumpTable(
  table: string,
  type: RecordType<unknown>,
  bytes: Uint8Array,
  names: DumpNames,
  words: Readonly<Record<string, Describe>>,
): Generator<string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slot = slotType(type);
  for (let id = 0; id * type.size < bytes.length; id++) {
    const at = id * type.size;
    if (!slot) {
      const line = describeOne(table, type.read(view, at), names, words, id);
      if (line !== undefined) yield `${id} ${line} | ${hexOf(type, bytes, at)}`;
      continue;
    }
    for (let i = 0; i < type.size / slot.size; i++) {
      const from = at + i * slot.size;
      if (bytes.subarray(from, from + slot.size).every((b) => b === 0)) continue;
      const line = describeOne(table, slot.read(view, from), names, words, id);
      if (line !== undefined) yield `${id}.${i} ${line} | ${hexOf(slot, bytes, from)}`;
    }
  }
}

/** The record of a bucket's slots. */
function slotType(type: RecordType<unknown>): RecordType<unknown> | undefined {
  const [field, another] = type.fields;
  const match = another === undefined ? /^Fixed<(\w+), \d+>$/.exec(field?.type ?? "") : null;
  return match ? ((recordTypes as Readonly<Record<string, unknown>>)[match[1]!] as RecordType<unknown> | undefined) : undefined;
}

function describeOne(
  table: string,
  record: unknown,
  names: DumpNames,
  words: Readonly<Record<string, Describe>>,
  id: number,
): string | undefined {
  const describe = words[table];
  return describe ? describe(record as never, names, id) : fieldWords(record as Readonly<Record<string, unknown>>);
}

function fieldWords(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .filter(([name]) => !/^pad\d$/.test(name))
    .map(([name, value]) => `${name}=${valueWords(value)}`)
    .join(" ");
}

function valueWords(value: unknown): string {
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("latin1"));
  if (Array.isArray(value)) return `[${value.map(valueWords).join(",")}]`;
  return value === 0xffffffff ? "~0" : String(value);
}

function hexOf(type: RecordType<unknown>, bytes: Uint8Array, at: number): string {
  return type.fields.map((f) => Buffer.from(bytes.buffer, bytes.byteOffset + at + f.offset, f.size).toString("hex")).join(" ");
}

const verdictNames = new Map<number, string>(Object.entries(verdicts).map(([name, value]) => [value, name.toLowerCase()]));
const reasonNames = new Map<number, string>(Object.entries(reasons).map(([name, value]) => [value, name]));

/** `direct cluster=3 "reviews"`. */
function leafWords(leaf: Pick<Leaf, "verdict" | "reason" | "target">, names: DumpNames): string {
  const verdict = verdictNames.get(leaf.verdict) ?? `verdict ${leaf.verdict}`;
  switch (leaf.verdict) {
    case verdicts.DIRECT:
      return `direct cluster=${leaf.target} ${nameOf(names.clusters, leaf.target)}`;
    case verdicts.SPLIT:
    case verdicts.RANGE:
    case verdicts.PORTS:
      return `${verdict} from=${leaf.target}`;
    case verdicts.L7:
      return `l7 listener=${leaf.target} ${reasonNames.get(leaf.reason)}`;
    case verdicts.NONE:
      return verdict;
    default:
      return `${verdict} ${reasonNames.get(leaf.reason) ?? leaf.reason}`;
  }
}

/** Quoted as JSON: no name can look like a line of its own. */
function nameOf(list: readonly { readonly name: string }[], id: number): string {
  return JSON.stringify(list[id]?.name ?? "?");
}

/** Records of table range that are searched by port: only a virtual leaf leads to them. */
function portRecords(header: ConnectHeader, images: ReadonlyMap<string, Uint8Array>): ReadonlySet<number> {
  const bytes = images.get("range") ?? new Uint8Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Set<number>();
  for (const { verdict, target } of [header.virtual4, header.virtual6]) {
    if (verdict !== verdicts.PORTS || (target + 1) * RangeRecord.size > bytes.length) continue;
    const { count } = RangeRecord.read(view, target * RangeRecord.size);
    for (let id = target; id < target + count; id++) found.add(id);
  }
  return found;
}

const connectWords = (ports: ReadonlySet<number>) => ({
  svc4: (slot: Svc4Slot, names: DumpNames) => {
    const ip = [24, 16, 8, 0].map((shift) => (slot.ip >>> shift) & 255).join(".");
    return `${ip}:${slot.port} listener=${slot.listener} ${nameOf(names.listeners, slot.listener)} -> ${leafWords(slot, names)}`;
  },
  svc6: (slot: Svc6Slot, names: DumpNames) =>
    `${formatSocket(ipText(slot.ip), slot.port)} listener=${slot.listener} ${nameOf(names.listeners, slot.listener)} -> ${leafWords(slot, names)}`,
  cell: ({ run }: Cell, names: DumpNames, id: number) => {
    const uniform = run & BigInt(flags.KM_CELL_UNIFORM) ? " uniform" : "";
    return `${nameOf(names.clusters, id)} first=${run >> 32n} count=${(run >> 16n) & 0xffffn}${uniform}`;
  },
  endpoint: (e: Endpoint) => {
    if (e.flags & flags.KM_EP_NONE) return `none upto=${e.upto}`;
    const ip = e.flags & flags.KM_EP_IPV4 ? e.ip.subarray(12).join(".") : ipText(e.ip);
    return `${formatSocket(ip, e.port)} upto=${e.upto}`;
  },
  split: (s: Split, names: DumpNames) => `entry=${s.entry} of=${s.count} upto=${s.upto} -> ${leafWords(s, names)}`,
  range: (r: Range, names: DumpNames, id: number) => {
    const last = ports.has(id) ? `port ${(r.last[14]! << 8) | r.last[15]!}` : ipText(r.last);
    return `of=${r.count} up to ${last} -> ${leafWords(r, names)}`;
  },
});
