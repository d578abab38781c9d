import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import type { LirInterval, LirNode, LirPlace } from "../lir/decide.ts";
import type { WordPool } from "./decide-words.ts";
import { flags } from "./flags.ts";
import { Edge, Node } from "./gen/records.ts";
import { type Image, newImage, viewOf, withinLimit } from "./image.ts";
import { NONE } from "./piece.ts";

/** Chain trees of all listeners; equal subtrees (by identity) are put down once. */
export interface PlacePool {
  /** @param firstChain id of the first chain of the place's listener */
  readonly placeOf: (place: LirPlace, firstChain: number) => number;
  readonly images: (sink: DiagnosticSink) => readonly (Image | undefined)[];
}

const intervalKinds = {
  port: flags.KM_N_PORT,
  destination: flags.KM_N_DESTINATION,
  direct: flags.KM_N_DIRECT,
  source: flags.KM_N_SOURCE,
  source_port: flags.KM_N_SOURCE_PORT,
} as const;

export function createPlaces(words: WordPool): PlacePool {
  const known = new Map<LirPlace, number>();
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  const runs: number[] = [];

  const placeOf = (place: LirPlace, firstChain: number): number => {
    if (place.kind === "none") return NONE;
    if (place.kind === "chain") return (flags.KM_PLACE_CHAIN | (firstChain + place.chain)) >>> 0;
    let id = known.get(place);
    if (id === undefined) {
      id = nodes.push(emptyNode) - 1;
      known.set(place, id);
      nodes[id] = nodeOf(place, (next) => placeOf(next, firstChain));
    }
    return id;
  };
  type Next = (place: LirPlace) => number;
  const run = (intervals: readonly LirInterval[], place: Next): { readonly first: number; readonly count: number } => {
    // Places below first: a run is contiguous.
    const list = intervals.map(({ last, next }) => ({ last, next: place(next), pad0: 0 }));
    const first = edges.length;
    edges.push(...list);
    runs.push(list.length);
    return { first: list.length === 0 ? 0 : first, count: list.length };
  };
  const nodeOf = (node: LirNode, place: Next): Node => {
    switch (node.kind) {
      case "intervals": {
        const four = run(node.four, place);
        const six = run(node.six, place);
        return { kind: intervalKinds[node.by], rest: NONE, first4: four.first, count4: four.count, first6: six.first, count6: six.count };
      }
      case "names":
      case "protocols": {
        const isName = node.kind === "names";
        const space = words.newSpace(isName);
        for (const { name, next } of node.names) words.add(space, name, place(next));
        const kind = isName ? flags.KM_N_NAME : flags.KM_N_PROTOCOL;
        return { ...emptyNode, kind, rest: place(node.rest), first4: space };
      }
      case "transport":
        return { ...emptyNode, kind: flags.KM_N_TRANSPORT, first4: place(node.tls), first6: place(node.raw) };
      case "source_type":
        return { ...emptyNode, kind: flags.KM_N_SOURCE_TYPE, first4: place(node.local), first6: place(node.external) };
      default:
        return assertNever(node);
    }
  };
  return {
    placeOf,
    images: (sink) => {
      const fits = runs.every((count) => withinLimit("edgesPerNode", count, "filter_chain_match", sink));
      const node = newImage("node", nodes.length, sink);
      const edge = newImage("edge", edges.length, sink);
      if (!fits || !node || !edge) return [undefined];
      for (const [id, record] of nodes.entries()) Node.write(viewOf(node), id * Node.size, record);
      const view = viewOf(edge);
      for (const [id, record] of edges.entries()) Edge.write(view, id * Edge.size, record);
      return [node, edge];
    },
  };
}

const emptyNode: Node = { kind: 0, rest: NONE, first4: 0, count4: 0, first6: 0, count6: 0 };
