import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import type { LirHttp, LirInspect, LirListenerPart, LirNode, LirPlace } from "../lir/decide.ts";
import { perObject } from "../memo/index.ts";
import { type NamedTargets, namedTargets } from "./decide-targets.ts";
import { flags } from "./flags.ts";
import { Chain, Listener } from "./gen/records.ts";
import { type Image, imageOf } from "./image.ts";
import { createRecords, NONE, place, type Records } from "./piece.ts";
import { createNames } from "./piece-names.ts";

const pieceTables = ["listener", "chain"] as const;

/** Some listeners in a row, laid out by themselves. What they name of the whole stands in lists, in the order of its numbers. */
interface ListenerPiece {
  readonly records: Readonly<Record<(typeof pieceTables)[number], Records>>;
  /** Where the search for a chain begins in a tree. */
  readonly trees: readonly Tree[];
  readonly https: readonly LirHttp[];
  readonly targets: NamedTargets;
  readonly reasons: readonly string[];
}

interface Tree {
  readonly root: LirNode;
  /** The first chain of its listener. */
  readonly firstChain: number;
}

/** A part that stays is laid out once. */
const pieceOf = perObject(({ listeners }: LirListenerPart): ListenerPiece => {
  const names = createNames();
  const trees: Tree[] = [];
  const https: LirHttp[] = [];
  const records = {
    listener: createRecords(Listener, listeners.length),
    chain: createRecords(
      Chain,
      listeners.reduce((sum, { chains }) => sum + chains.length, 0),
    ),
  };
  let firstChain = 0;
  for (const { root, chains, defaultChain, punt, inspect } of listeners) {
    const [first, second] = inspect.map(inspectFlags);
    records.listener.put(
      {
        root: rootOf(root, firstChain, trees),
        defaultChain: defaultChain === undefined ? NONE : firstChain + defaultChain,
        punt: names.reason(punt),
        inspect: [first ?? 0, second ?? 0],
        pad0: 0,
      },
      { root: root.kind === "chain" ? "chain" : "node", defaultChain: "chain", punt: "reason" },
    );
    for (const chain of chains) {
      switch (chain.kind) {
        case "tcp":
          records.chain.put({ kind: flags.KM_C_TCP, value: names.target(chain.target) }, { value: "target" });
          break;
        case "http":
          records.chain.put({ kind: flags.KM_C_HTTP, value: https.push(chain.http) - 1 }, { value: "http" });
          break;
        case "punt":
          records.chain.put({ kind: flags.KM_C_PUNT, value: names.reason(chain.why) }, { value: "reason" });
          break;
        case "close":
          records.chain.put({ kind: flags.KM_C_CLOSE, value: NONE }, {});
          break;
        default:
          assertNever(chain);
      }
    }
    firstChain += chains.length;
  }
  const { targets, reasons } = names.lists;
  return {
    records: { listener: records.listener.done(), chain: records.chain.done() },
    trees,
    https,
    targets: namedTargets(targets),
    reasons,
  };
});

/** A chain of the piece, or a tree of it. */
function rootOf(root: LirPlace, firstChain: number, trees: Tree[]): number {
  if (root.kind === "none") return NONE;
  if (root.kind === "chain") return (flags.KM_PLACE_CHAIN | (firstChain + root.chain)) >>> 0;
  return trees.push({ root, firstChain }) - 1;
}

/** Listener.inspect of one listener's filters. */
function inspectFlags({ tls, http, shortHttp, missing }: LirInspect): number {
  if (!tls && !http) return 0;
  return (
    (tls ? flags.KM_IF_TLS : 0) |
    (http ? flags.KM_IF_HTTP : 0) |
    (shortHttp ? flags.KM_IF_SHORT : 0) |
    (missing === "wait" ? flags.KM_IF_WAIT : missing === "close" ? flags.KM_IF_CLOSE : 0)
  );
}

/** Listeners whose trees, reasons and connection managers have their numbers. */
export interface PlacedListeners {
  readonly list: readonly PlacedPiece[];
  readonly https: readonly LirHttp[];
}

interface PlacedPiece {
  readonly piece: ListenerPiece;
  readonly firstChain: number;
  readonly firstHttp: number;
  readonly roots: Int32Array;
  readonly reasons: Int32Array;
}

export function placeListeners(
  parts: readonly LirListenerPart[],
  /** @param firstChain id of the first chain of the place's listener */
  placeOf: (place: LirPlace, firstChain: number) => number,
  reason: (code: string) => number,
): PlacedListeners {
  const https: LirHttp[] = [];
  let nextChain = 0;
  const list = parts.map((part): PlacedPiece => {
    const piece = pieceOf(part);
    const firstChain = nextChain;
    const firstHttp = https.length;
    const roots = Int32Array.from(piece.trees, (tree) => placeOf(tree.root, firstChain + tree.firstChain));
    nextChain += piece.records.chain.count;
    for (const http of piece.https) https.push(http);
    return { piece, firstChain, firstHttp, roots, reasons: Int32Array.from(piece.reasons, reason) };
  });
  return { list, https };
}

/** Tables listener and chain. @param targetIds ids in the whole of where chains lead to */
export function layoutListeners(
  { list }: PlacedListeners,
  targetIds: (named: NamedTargets) => Int32Array,
  sink: DiagnosticSink,
): readonly (Image | undefined)[] {
  const placed = list.map(({ piece, firstChain, firstHttp, roots, reasons }) => {
    return { piece, numbers: { chain: firstChain, http: firstHttp, node: roots, target: targetIds(piece.targets), reason: reasons } };
  });
  return pieceTables.map((table) => {
    const parts = placed.map(({ piece, numbers }) => place(piece.records[table], numbers));
    return imageOf(table, parts, sink);
  });
}
