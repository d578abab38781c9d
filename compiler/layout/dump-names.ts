import { type LirName, type LirNames, nameText, placeText } from "../lir/names.ts";
import { quoted, wireQuoted } from "../lir/text.ts";
import { reasons, verdicts } from "../lir/verdict.ts";
import type { TableReader } from "./dump-tables.ts";
import { flags } from "./flags.ts";
import type { Leaf, WordSlot } from "./gen/records.ts";
import { NONE } from "./piece.ts";

/** Names of ids, as the bundle has them. */
export interface DumpNames extends LirNames {
  readonly clusters: readonly LirName[];
  /** Paths of weighted entries. */
  readonly entries: readonly string[];
  /** Diagnostic codes of punts. */
  readonly reasons: readonly string[];
}

/** Ids in words. A number that names nothing is `?`. */
export interface Labels {
  readonly names: DumpNames;
  readonly cluster: (id: number) => string;
  readonly listener: (id: number) => string;
  /** With the listener, unless it is the one given. */
  readonly chain: (id: number, listener?: number) => string;
  /** The chain of a connection manager. */
  readonly http: (id: number) => string;
  /** The name where no other has it, else the path. */
  readonly routeConfig: (id: number) => string;
  /** Route configuration id; none where the path is of none. */
  readonly configOfVhost: (id: number) => number;
  /** Below the route configuration. */
  readonly vhost: (id: number) => string;
  readonly route: (id: number) => string;
  readonly reason: (id: number) => string;
  /** Latin-1 text of a text id. */
  readonly rawText: (id: number) => string | undefined;
  readonly text: (id: number) => string;
  /** A header's name by header id. */
  readonly header: (id: number) => string;
}

/** @param common words of all but route tables */
export function createLabels(names: DumpNames, tables: TableReader, common: readonly WordSlot[]): Labels {
  const configs = new Map(names.routeConfigs.map(({ path }, id) => [path, id]));
  const configNames = new Map<string, number>();
  for (const { name } of names.routeConfigs) configNames.set(name, (configNames.get(name) ?? 0) + 1);
  const bytes = Buffer.from(tables.bytes("bytes"));
  const rawText = (id: number) => {
    const text = tables.at("text", id);
    return text && bytes.toString("latin1", text.first, text.first + text.length);
  };
  const text = (id: number) => {
    const raw = rawText(id);
    return raw === undefined ? "?" : wireQuoted(raw);
  };
  const below = (node: LirName | undefined) => (node ? placeText(node, configPath(node.path, configs)) : "?");
  let headers: ReadonlyMap<number, number> | undefined;
  let managers: ReadonlyMap<number, number> | undefined;
  const chain = (id: number, listener?: number) =>
    placeText(names.chains[id], listener === undefined ? "" : names.listeners[listener]?.path);
  return {
    names,
    cluster: (id) => quotedName(names.clusters[id]),
    listener: (id) => nameText(names.listeners[id]),
    chain,
    http: (id) => {
      managers ??= new Map(tables.all("chain").flatMap(({ kind, value }, of) => (kind === flags.KM_C_HTTP ? [[value, of]] : [])));
      const found = managers.get(id);
      return found === undefined ? "unused" : chain(found);
    },
    routeConfig: (id) => (configNames.get(names.routeConfigs[id]?.name ?? "") === 1 ? nameText : placeText)(names.routeConfigs[id]),
    configOfVhost: (id) => configs.get(configPath(names.vhosts[id]?.path ?? "", configs)) ?? NONE,
    vhost: (id) => below(names.vhosts[id]),
    route: (id) => below(names.routes[id]),
    reason: (id) => names.reasons[id] ?? "?",
    rawText,
    text,
    header: (id) => {
      headers ??= new Map(common.flatMap((slot) => (slot.space === flags.KM_W_HEADER ? [[slot.value, slot.text]] : [])));
      const found = headers.get(id);
      return found === undefined ? "?" : text(found);
    },
  };
}

function quotedName(node: LirName | undefined): string {
  return node ? quoted(node.name) : "?";
}

/** The path of a virtual host's or route's configuration: a name in it may itself look like a path. */
function configPath(path: string, configs: ReadonlyMap<string, number>): string {
  const mark = ".virtual_hosts[";
  for (let at = path.indexOf(mark); at !== -1; at = path.indexOf(mark, at + 1)) {
    if (configs.has(path.slice(0, at))) return path.slice(0, at);
  }
  return "";
}

/** Bits by name, as in flags.ts: ` normalize absolute`; nothing where none is set. */
export function bitWords(prefix: string, bits: number): string {
  const set = Object.entries(flags).filter(([name, bit]) => name.startsWith(prefix) && (bits & bit) !== 0);
  return set.map(([name]) => ` ${name.slice(prefix.length).toLowerCase()}`).join("");
}

/** The name of a KM_<X>_ number. */
export function kindWord(prefix: string, kind: number): string {
  const found = Object.entries(flags).find(([name, value]) => name.startsWith(prefix) && value === kind);
  return found ? found[0].slice(prefix.length).toLowerCase() : `kind ${kind}`;
}

/** ` word value`, unless the id is none. */
export function maybe(id: number, words: (id: number) => string): string {
  return id === NONE ? "" : ` ${words(id)}`;
}

const verdictNames = new Map<number, string>(Object.entries(verdicts).map(([name, value]) => [value, name.toLowerCase()]));
const reasonNames = new Map<number, string>(Object.entries(reasons).map(([name, value]) => [value, name]));

/** `direct "reviews"`. */
export function leafWords(leaf: Pick<Leaf, "verdict" | "reason" | "target">, labels: Labels): string {
  const verdict = verdictNames.get(leaf.verdict) ?? `verdict ${leaf.verdict}`;
  const reason = reasonNames.get(leaf.reason) ?? `reason ${leaf.reason}`;
  switch (leaf.verdict) {
    case verdicts.DIRECT:
      return `direct ${labels.cluster(leaf.target)}`;
    case verdicts.SPLIT:
    case verdicts.RANGE:
    case verdicts.PORTS:
      return `${verdict} from ${leaf.target}`;
    case verdicts.L7:
      return `l7 ${labels.listener(leaf.target)} ${reason}`;
    case verdicts.NONE:
      return verdict;
    default:
      return `${verdict} ${reason}`;
  }
}
