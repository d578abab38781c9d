import { ipText } from "../lir/ip.ts";
import { NONE } from "./decide-chains.ts";
import { flags } from "./flags.ts";
import {
  type Chain,
  type Dfa,
  type DfaMap,
  type DfaNext,
  type Edge,
  type Header,
  type HeaderName,
  type Http,
  Http as HttpRecord,
  type Listener,
  type Match,
  type Node,
  Node as NodeRecord,
  type NumberItem,
  type Route,
  type RouteTable,
  RouteTable as RouteTableRecord,
  type Share,
  type Target,
  type Text,
  Text as TextRecord,
  type Vhost,
  type WordSlot,
} from "./gen/records.ts";

/** Names that the decide tier's lines show; absent lists show ids alone. */
export interface DecideDumpNames {
  readonly clusters: readonly { readonly name: string }[];
  readonly listeners: readonly { readonly name: string }[];
  readonly chains?: readonly { readonly name: string }[];
  readonly routeConfigs?: readonly { readonly name: string }[];
  readonly vhosts?: readonly { readonly name: string }[];
  readonly entries?: readonly string[];
  readonly reasons?: readonly string[];
}

type Images = ReadonlyMap<string, Uint8Array>;

const quote = (text: string | undefined) => JSON.stringify(text ?? "?");
const idOr = (id: number, words: string) => (id === NONE ? "" : ` ${words}`);

/** Bits by name, as in flags.ts without the prefix. */
function bitWords(prefix: string, bits: number): string {
  const set = Object.entries(flags).filter(([name, bit]) => name.startsWith(prefix) && (bits & bit) !== 0);
  return set.map(([name]) => name.slice(prefix.length).toLowerCase()).join("+") || "-";
}

/** The name of a KM_<X>_ number. */
function kindWord(prefix: string, kind: number): string {
  const found = Object.entries(flags).find(([name, value]) => name.startsWith(prefix) && value === kind);
  return found ? found[0].slice(prefix.length).toLowerCase() : `kind ${kind}`;
}

function placeWords(place: number): string {
  if (place === NONE) return "no chain";
  return place & flags.KM_PLACE_CHAIN ? `chain=${(place & ~flags.KM_PLACE_CHAIN) >>> 0}` : `node=${place}`;
}

function reader(images: Images, name: string): DataView {
  const bytes = images.get(name) ?? new Uint8Array(0);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A text of the tables by id; shown as JSON, bytes as latin-1. */
function textOf(images: Images): (id: number) => string {
  const texts = reader(images, "text");
  const bytes = Buffer.from(images.get("bytes") ?? new Uint8Array(0));
  return (id) => {
    if ((id + 1) * TextRecord.size > texts.byteLength) return "?";
    const { first, length } = TextRecord.read(texts, id * TextRecord.size);
    return JSON.stringify(bytes.subarray(first, first + length).toString("latin1"));
  };
}

/** What each word space is: found from the tables that name it. */
function spaceNames(images: Images): ReadonlyMap<number, string> {
  const names = new Map<number, string>([
    [flags.KM_W_HEADER, "header"],
    [flags.KM_W_CLUSTER, "cluster"],
    [flags.KM_W_METHOD, "method"],
  ]);
  const tables = reader(images, "rtable");
  for (let id = 0; id * RouteTableRecord.size < tables.byteLength; id++) {
    const { exact } = RouteTableRecord.read(tables, id * RouteTableRecord.size);
    for (const [i, kind] of ["domain", "domain suffix", "domain prefix"].entries()) names.set(exact + i, `table=${id} ${kind}`);
  }
  const nodes = reader(images, "node");
  for (let id = 0; id * NodeRecord.size < nodes.byteLength; id++) {
    const { kind, first4 } = NodeRecord.read(nodes, id * NodeRecord.size);
    if (kind === flags.KM_N_NAME) names.set(first4, `node=${id} server name`);
    if (kind === flags.KM_N_PROTOCOL) names.set(first4, `node=${id} protocol`);
  }
  const https = reader(images, "http");
  for (let id = 0; id * HttpRecord.size < https.byteLength; id++) {
    const { upgrades } = HttpRecord.read(https, id * HttpRecord.size);
    if (upgrades !== 0 && !names.has(upgrades)) names.set(upgrades, `http=${id} upgrade`);
  }
  return names;
}

/** The header line of this tier. */
export function decideHeaderWords({ wordMask, wordSeed, virtualListener }: Header["decide"]): string {
  return `header word mask=${wordMask} seed=${wordSeed} virtual listener=${virtualListener === NONE ? "none" : virtualListener}`;
}

/** Texts, known header names and methods are the same in every bundle: they are counted in the table's line and not shown one by one. */
export function decideWords(images: Images) {
  const text = textOf(images);
  const spaces = spaceNames(images);
  const nodes = reader(images, "node");
  // Runs of ports: their upper ends are no addresses.
  const ports = new Set<number>();
  for (let id = 0; id * NodeRecord.size < nodes.byteLength; id++) {
    const { kind, first4, count4 } = NodeRecord.read(nodes, id * NodeRecord.size);
    if (kind === flags.KM_N_PORT || kind === flags.KM_N_SOURCE_PORT) for (let i = 0; i < count4; i++) ports.add(first4 + i);
  }
  const reason = (id: number, names: DecideDumpNames) => names.reasons?.[id] ?? String(id);
  const target = (kind: number, value: number, names: DecideDumpNames) =>
    kind === flags.KM_G_HEADER
      ? `cluster of header=${value}`
      : value === NONE
        ? "no such cluster"
        : `cluster=${value} ${quote(names.clusters[value]?.name)}`;
  return {
    listener: (one: Listener, names: DecideDumpNames, id: number) =>
      `${quote(names.listeners[id]?.name)} -> ${placeWords(one.root)}${idOr(one.defaultChain, `default chain=${one.defaultChain}`)}` +
      `${idOr(one.punt, `punt ${reason(one.punt, names)}`)} filters ${one.inspect.map((bits) => bitWords("KM_IF_", bits)).join(", ")}`,
    node: ({ kind, rest, first4, count4, first6, count6 }: Node) => {
      switch (kind) {
        case flags.KM_N_NAME:
        case flags.KM_N_PROTOCOL:
          return `${kindWord("KM_N_", kind)} space=${first4} rest -> ${placeWords(rest)}`;
        case flags.KM_N_TRANSPORT:
          return `transport tls -> ${placeWords(first4)}, raw -> ${placeWords(first6)}`;
        case flags.KM_N_SOURCE_TYPE:
          return `source_type local -> ${placeWords(first4)}, external -> ${placeWords(first6)}`;
        default:
          return `${kindWord("KM_N_", kind)} edges ${first4}+${count4}, ipv6 ${first6}+${count6}`;
      }
    },
    edge: ({ last, next }: Edge, _names: DecideDumpNames, id: number) =>
      `up to ${ports.has(id) && last[0] === 0 ? `port ${(last[14]! << 8) | last[15]!}` : ipText(last)} -> ${placeWords(next)}`,
    chain: ({ kind, value }: Chain, names: DecideDumpNames, id: number) => {
      const what: Readonly<Record<number, string>> = {
        [flags.KM_C_TCP]: `target=${value}`,
        [flags.KM_C_HTTP]: `http=${value}`,
        [flags.KM_C_PUNT]: reason(value, names),
      };
      return `${quote(names.chains?.[id]?.name)} ${kindWord("KM_C_", kind)}${what[kind] === undefined ? "" : ` ${what[kind]}`}`;
    },
    target: ({ kind, value, count, total, header }: Target, names: DecideDumpNames) =>
      kind === flags.KM_G_WEIGHTED
        ? `weighted shares ${value}+${count} of ${total}${idOr(header, `by header=${header}`)}`
        : target(kind, value, names),
    share: ({ upto, kind, value, entry }: Share, names: DecideDumpNames) =>
      `below ${upto} -> ${target(kind, value, names)} (${quote(names.entries?.[entry])})`,
    http: (one: Http, names: DecideDumpNames) =>
      `table=${one.routes === NONE ? "none" : one.routes} ${bitWords("KM_HM_", one.flags)} bytes=${one.maxBytes} headers=${one.maxHeaders}` +
      `${idOr(one.host10, `host ${text(one.host10)}`)}${one.upgrades ? ` upgrades space=${one.upgrades}` : ""}` +
      `${idOr(one.internal, `internal ${placeWords(one.internal)}`)}${idOr(one.punt, `punt ${reason(one.punt, names)}`)}`,
    rtable: (one: RouteTable, names: DecideDumpNames, id: number) =>
      `${quote(names.routeConfigs?.[id]?.name)} spaces=${one.exact}..${one.exact + 2} suffix lengths ${one.firstSuffix}+${one.suffixes}` +
      ` prefix lengths ${one.firstPrefix}+${one.prefixes} rest ${one.rest === NONE ? "none" : `vhost=${one.rest}`} ${bitWords("KM_RT_", one.flags)}` +
      `${idOr(one.vhostHeader, `host of header=${one.vhostHeader}`)}${one.internals ? ` internal only ${one.firstInternal}+${one.internals}` : ""}`,
    number: ({ value }: NumberItem) => String(value),
    vhost: (one: Vhost, names: DecideDumpNames, id: number) =>
      `${quote(names.vhosts?.[id]?.name)} routes ${one.first}+${one.count}${one.tls ? ` require_tls ${kindWord("KM_TLS_", one.tls)}` : ""}` +
      `${idOr(one.punt, `punt ${reason(one.punt, names)}`)}`,
    route: (one: Route, names: DecideDumpNames) => {
      const path = one.path === flags.KM_P_REGEX || one.path === flags.KM_P_TEMPLATE ? `dfa=${one.pathValue}` : text(one.pathValue);
      const matches = one.headers + one.queries + one.cookies;
      const values: Readonly<Record<number, string>> = {
        [flags.KM_A_FORWARD]: ` target=${one.value} else ${one.status}`,
        [flags.KM_A_RESPOND]: ` ${one.status}`,
      };
      const value = values[one.action];
      return (
        `${kindWord("KM_P_", one.path)}${one.path === flags.KM_P_CONNECT ? "" : ` ${path}`} ${bitWords("KM_RF_", one.flags)}` +
        `${matches ? ` matches ${one.first}+${one.headers}+${one.queries}+${one.cookies}` : ""}` +
        `${one.denominator ? ` fraction ${one.numerator}/${one.denominator}` : ""}${idOr(one.punt, `punt ${reason(one.punt, names)}`)}` +
        ` -> ${kindWord("KM_A_", one.action)}${value ?? (one.value === NONE ? "" : ` ${reason(one.value, names)}`)}` +
        `${one.upgrades ? ` upgrades ${one.upgrades}` : ""}`
      );
    },
    match: ({ name, kind, flags: bits, value, start, end }: Match) => {
      const range = kind === flags.KM_M_RANGE ? ` [${BigInt.asIntN(64, start)}, ${BigInt.asIntN(64, end)})` : "";
      const shown = kind === flags.KM_M_REGEX ? ` dfa=${value}` : value === NONE ? "" : ` ${text(value)}`;
      return `name=${name} ${kindWord("KM_M_", kind)}${shown}${range} ${bitWords("KM_MF_", bits)}`;
    },
    word: ({ space, text: id, value }: WordSlot) => {
      if (space === flags.KM_W_METHOD || (space === flags.KM_W_HEADER && value < flags.KM_H_COUNT)) return undefined;
      const name = spaces.get(space) ?? `space=${space}`;
      const places = name.startsWith("node=");
      return `${name} ${text(id)} -> ${places ? placeWords(value) : value}`;
    },
    text: (_record: Text): string | undefined => undefined,
    bytes: (_record: unknown): string | undefined => undefined,
    header: ({ flags: bits }: HeaderName, _names: DecideDumpNames, id: number) =>
      id < flags.KM_H_COUNT ? undefined : `header=${id} ${bitWords("KM_HN_", bits)}`,
    dfa: ({ map, first, classes, start }: Dfa) => `map=${map} from=${first} classes=${classes} start=${start}`,
    dfamap: ({ class: classes }: DfaMap) => classRuns(classes),
    dfanext: ({ state }: DfaNext) => state.join(" "),
  };
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
