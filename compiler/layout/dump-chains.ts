import { ipText } from "../lir/ip.ts";
import { NONE } from "./decide-chains.ts";
import { bitWords, kindWord, type Labels, maybe } from "./dump-names.ts";
import { runIndex, type TableReader } from "./dump-tables.ts";
import { flags } from "./flags.ts";
import type { Chain, Edge, Http, Listener, Node, Share, Target } from "./gen/records.ts";

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
      return owner.kind === "listener" ? labels.listener(owner.id) : `internal addresses of http ${owner.id}`;
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

/** Nothing where no inspector runs. */
function inspectWords([first, second]: Listener["inspect"]): string {
  if (!first && !second) return "";
  return ` inspect${bitWords("KM_IF_", first ?? 0) || " nothing"}${second ? ` then${bitWords("KM_IF_", second)}` : ""}`;
}

/** Lines of listeners, their trees and chains. */
export function chainWords(tables: TableReader, labels: Labels, trees: TreeWords) {
  const nodes = tables.all("node");
  const nodeOf = runIndex(
    nodes.flatMap((node, of) => (hasEdges.has(node.kind) ? runsOf(node).map(([first, count]) => ({ first, count, of })) : [])),
  );
  const chainOf = new Map(tables.all("chain").flatMap(({ kind, value }, id) => (kind === flags.KM_C_HTTP ? [[value, id] as const] : [])));
  const targetOf = runIndex(
    tables.all("target").flatMap(({ kind, value, count }, of) => (kind === flags.KM_G_WEIGHTED ? [{ first: value, count, of }] : [])),
  );
  const cluster = (kind: number, value: number) => {
    if (kind === flags.KM_G_HEADER) return `cluster of header ${labels.header(value)}`;
    return value === NONE ? "missing cluster" : `cluster ${labels.cluster(value)}`;
  };
  const target = ({ kind, value, count, total, header }: Target) =>
    kind === flags.KM_G_WEIGHTED
      ? `weighted ${count} of ${total}${maybe(header, (id) => `by header ${labels.header(id)}`)}`
      : cluster(kind, value);
  const targetAt = (id: number) => {
    const found = tables.at("target", id);
    return found ? target(found) : "?";
  };
  return {
    targetAt,
    lines: {
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
        const [yes, no] = node.kind === flags.KM_N_TRANSPORT ? ["tls", "raw_buffer"] : ["local", "external"];
        if (node.kind === flags.KM_N_TRANSPORT || node.kind === flags.KM_N_SOURCE_TYPE)
          return `${what} ${yes} -> ${place(node.first4)} ${no} -> ${place(node.first6)}`;
        return `${what} other -> ${place(node.rest)}`;
      },
      edge: ({ last, next }: Edge, id: number) => {
        const node = nodeOf(id);
        const kind = node === undefined ? 0 : nodes[node]!.kind;
        const ports = kind === flags.KM_N_PORT || kind === flags.KM_N_SOURCE_PORT;
        const end = ports ? String(last[0] === 0 ? (last[14]! << 8) | last[15]! : 65535) : ipText(last);
        return `${node === undefined ? "unused" : `node ${node} ${kindWord("KM_N_", kind)}`} up to ${end} -> ${trees.place(next, node === undefined ? undefined : trees.ownerOf(node))}`;
      },
      chain: ({ kind, value }: Chain, id: number) => {
        const what: Readonly<Record<number, () => string>> = {
          [flags.KM_C_TCP]: () => targetAt(value),
          [flags.KM_C_HTTP]: () => `http ${value}`,
          [flags.KM_C_PUNT]: () => `punt ${labels.reason(value)}`,
        };
        return `${labels.chain(id)} -> ${what[kind]?.() ?? kindWord("KM_C_", kind)}`;
      },
      target,
      share: ({ upto, kind, value, entry }: Share, id: number) => {
        const of = targetOf(id);
        const path = labels.names.entries[entry] ?? "";
        return `target ${of ?? "?"} ${/clusters\[\d+\]$/.exec(path)?.[0] ?? "?"} upto=${upto} -> ${cluster(kind, value)}`;
      },
      http: (one: Http, id: number) => {
        const chain = chainOf.get(id);
        return (
          `${chain === undefined ? "unused" : labels.chain(chain)} routes ${one.routes === NONE ? "missing" : labels.routeConfig(one.routes)}` +
          `${bitWords("KM_HM_", one.flags)} bytes=${one.maxBytes} headers=${one.maxHeaders}` +
          `${maybe(one.host10, (text) => `host ${labels.text(text)}`)}${one.upgrades ? " upgrades" : ""}` +
          `${maybe(one.internal, (place) => `internal node ${place}`)}${maybe(one.punt, (reason) => `punt ${labels.reason(reason)}`)}`
        );
      },
    },
  };
}
