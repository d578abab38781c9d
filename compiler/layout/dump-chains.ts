import { ipText } from "../lir/ip.ts";
import { bitWords, kindWord, type Labels, maybe } from "./dump-names.ts";
import { runIndex, type TableReader } from "./dump-tables.ts";
import { flags } from "./flags.ts";
import type { Chain, Edge, Http, Listener, Node } from "./gen/records.ts";
import { NONE } from "./piece.ts";

/** Whose tree a node is in. */
export type NodeOwner = { readonly kind: "listener" | "internal"; readonly id: number };

/** What the lines of trees share: also the words of names in them. */
export interface TreeWords {
  readonly ownerOf: (node: number) => NodeOwner | undefined;
  readonly owner: (node: number) => string;
  readonly place: (place: number, owner: NodeOwner | undefined) => string;
}

/** `values` gives the places that a node of names leads to, by word space. */
export function treeWords(tables: TableReader, labels: Labels, values: ReadonlyMap<number, readonly number[]>): TreeWords {
  const owners = new Map<number, NodeOwner>();
  const visit = (root: number, owner: NodeOwner) => {
    const open = [root];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const node = place & flags.KM_PLACE_CHAIN || owners.has(place) ? undefined : tables.at("node", place);
      if (!node) continue;
      owners.set(place, owner);
      open.push(...nextPlaces(tables, node, values));
    }
  };
  for (const [id, { root }] of tables.all("listener").entries()) visit(root, { kind: "listener", id });
  for (const [id, { internal }] of tables.all("http").entries()) visit(internal, { kind: "internal", id });
  return {
    ownerOf: (node) => owners.get(node),
    owner: (node) => {
      const owner = owners.get(node);
      if (!owner) return "unused";
      return owner.kind === "listener" ? labels.listener(owner.id) : `${labels.http(owner.id)} internal addresses`;
    },
    place: (place, owner) => {
      if (owner?.kind === "internal") return place === NONE ? "external" : "internal";
      if (place === NONE) return "no chain";
      return place & flags.KM_PLACE_CHAIN ? labels.chain((place & ~flags.KM_PLACE_CHAIN) >>> 0, owner?.id) : `node ${place}`;
    },
  };
}

function nextPlaces(tables: TableReader, node: Node, values: ReadonlyMap<number, readonly number[]>): readonly number[] {
  switch (node.kind) {
    case flags.KM_N_NAME:
    case flags.KM_N_PROTOCOL:
      return [...(values.get(node.first4) ?? []), node.rest];
    case flags.KM_N_TRANSPORT:
    case flags.KM_N_SOURCE_TYPE:
      return [node.first4, node.first6];
    default: {
      const places: number[] = [];
      for (const [first, count] of runsOf(node)) {
        for (let id = first; id < Math.min(first + count, tables.count("edge")); id++) places.push(tables.at("edge", id)!.next);
      }
      return places;
    }
  }
}

function runsOf({ first4, count4, first6, count6 }: Node): readonly (readonly [number, number])[] {
  return [
    [first4, count4],
    [first6, count6],
  ];
}

const hasEdges: ReadonlySet<number> = new Set([
  flags.KM_N_PORT,
  flags.KM_N_DESTINATION,
  flags.KM_N_DIRECT,
  flags.KM_N_SOURCE,
  flags.KM_N_SOURCE_PORT,
]);

/** The end of an interval; one behind the last port or IPv4 address is that. */
function endWords(kind: number, last: Uint8Array, six: boolean): string {
  if (kind === flags.KM_N_PORT || kind === flags.KM_N_SOURCE_PORT) return String(last[0] === 0 ? (last[14]! << 8) | last[15]! : 65535);
  if (six) return ipText(last);
  return last[0] === 0 ? ipText(last).replace(/^::ffff:/, "") : "255.255.255.255";
}

const twoWays: Readonly<Record<number, readonly [string, string]>> = {
  [flags.KM_N_TRANSPORT]: ["tls", "raw_buffer"],
  [flags.KM_N_SOURCE_TYPE]: ["local", "external"],
};

/** Nothing where no inspector runs. */
function inspectWords([first, second]: Listener["inspect"]): string {
  if (!first && !second) return "";
  return ` inspect${bitWords("KM_IF_", first ?? 0) || " nothing"}${second ? ` then${bitWords("KM_IF_", second)}` : ""}`;
}

/** Lines of listeners, their trees and chains. */
export function chainWords(tables: TableReader, labels: Labels, trees: TreeWords, target: (id: number) => string) {
  const nodes = tables.all("node");
  const runOf = runIndex(
    nodes.flatMap((node, id) =>
      hasEdges.has(node.kind) ? runsOf(node).map(([first, count], i) => ({ first, count, of: { id, six: i === 1 } })) : [],
    ),
  );
  return {
    listener: ({ root, defaultChain, punt, inspect }: Listener, id: number) => {
      const owner = { kind: "listener", id } as const;
      return (
        `${labels.listener(id)}${inspectWords(inspect)} -> ${trees.place(root, owner)}` +
        `${maybe(defaultChain, (chain) => `default -> ${labels.chain(chain, id)}`)}${maybe(punt, (reason) => `punt ${labels.reason(reason)}`)}`
      );
    },
    node: (node: Node, id: number) => {
      const owner = trees.ownerOf(id);
      const place = (to: number) => trees.place(to, owner);
      const what = `${trees.owner(id)} ${kindWord("KM_N_", node.kind)}`;
      if (hasEdges.has(node.kind)) return `${what} intervals=${node.count4}+${node.count6}`;
      const [yes, no] = twoWays[node.kind] ?? [];
      if (yes !== undefined) return `${what} ${yes} -> ${place(node.first4)} ${no} -> ${place(node.first6)}`;
      return `${what} other -> ${place(node.rest)}`;
    },
    edge: ({ last, next }: Edge, id: number) => {
      const run = runOf(id);
      if (!run) return `unused up to ${ipText(last)} -> ${trees.place(next, undefined)}`;
      const { kind } = nodes[run.id]!;
      return `node ${run.id} ${kindWord("KM_N_", kind)} up to ${endWords(kind, last, run.six)} -> ${trees.place(next, trees.ownerOf(run.id))}`;
    },
    chain: ({ kind, value }: Chain, id: number) => {
      const what: Readonly<Record<number, () => string>> = {
        [flags.KM_C_TCP]: () => target(value),
        [flags.KM_C_PUNT]: () => `punt ${labels.reason(value)}`,
      };
      return `${labels.chain(id)} -> ${what[kind]?.() ?? kindWord("KM_C_", kind)}`;
    },
    http: (one: Http, id: number) =>
      `${labels.http(id)} routes ${one.routes === NONE ? "missing" : labels.routeConfig(one.routes)}` +
      `${bitWords("KM_HM_", one.flags)} bytes=${one.maxBytes} headers=${one.maxHeaders}${one.trustedHops ? ` hops=${one.trustedHops}` : ""}` +
      `${maybe(one.via, (text) => `via ${labels.text(text)}`)}` +
      `${maybe(one.host10, (text) => `host ${labels.text(text)}`)}${one.upgrades ? " upgrades" : ""}` +
      `${maybe(one.internal, (place) => `internal node ${place}`)}${maybe(one.punt, (reason) => `punt ${labels.reason(reason)}`)}`,
  };
}
