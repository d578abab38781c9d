import type { DiagnosticSink } from "../diag/index.ts";
import type { LirDfa } from "../lir/decide.ts";
import { createSameNumbers, type Last } from "../memo/index.ts";
import { type Piece, type PieceTable, pieceTables } from "./decide-pieces.ts";
import type { NamedTargets } from "./decide-targets.ts";
import { isPlaced, type WordBlock } from "./decide-words.ts";
import { complete, type Image, withinLimit } from "./image.ts";
import { type Numbers, placeAll } from "./piece.ts";

/** A piece, and where what it brings begins in the whole. */
export interface PlacedPiece {
  readonly piece: Piece;
  readonly numbers: Numbers;
  readonly first: Readonly<Record<PieceTable | "text", number>>;
}

export interface PlacedPieces {
  readonly list: readonly PlacedPiece[];
  /** All numbers of the whole that are in their records, in one order. */
  readonly ids: Int32Array;
}

/** Ids in the whole of what pieces name. */
export interface WholeNames {
  readonly targets: (named: NamedTargets) => readonly number[];
  readonly dfa: (dfa: LirDfa) => number;
  readonly header: (name: string) => number;
  readonly reason: (code: string) => number;
}

/** Gives the pieces their places, one behind the other; texts and words behind those of everything else. */
export function placePieces(
  pieces: readonly Piece[],
  names: WholeNames,
  before: { readonly texts: number; readonly words: number },
): PlacedPieces {
  const next = { rtable: 0, number: 0, vhost: 0, route: 0, match: 0, word: before.words, text: before.texts };
  const ids: number[] = [];
  const list = pieces.map((piece): PlacedPiece => {
    const first = { ...next };
    for (const table of pieceTables) next[table] += piece.records[table]?.count ?? 0;
    next.text += piece.texts.count;
    const targets = names.targets(piece.targets);
    const dfas = piece.dfas.map(names.dfa);
    const headers = piece.headers.map(names.header);
    const reasons = piece.reasons.map(names.reason);
    for (const some of [Object.values(first), targets, dfas, headers, reasons]) for (const id of some) ids.push(id);
    const from = (base: number) => (local: number) => base + local;
    return {
      piece,
      first,
      numbers: {
        number: from(first.number),
        vhost: from(first.vhost),
        route: from(first.route),
        match: from(first.match),
        word: from(first.word),
        text: from(first.text),
        target: (local) => targets[local]!,
        dfa: (local) => dfas[local]!,
        header: (local) => headers[local]!,
        reason: (local) => reasons[local]!,
      },
    };
  });
  return { list, ids: Int32Array.from(ids) };
}

/** Where rules stand in the snapshot, by id: for what there is to say of them. */
export interface RulePaths {
  readonly vhosts: readonly { readonly path: string }[];
  readonly routes: readonly { readonly path: string }[];
}

/**
 * Tables rtable, number, vhost, route, match and word.
 * @param words those of everything else
 */
export function layoutTables(
  { list, ids }: PlacedPieces,
  words: WordBlock,
  paths: RulePaths,
  sink: DiagnosticSink,
  last: Last,
): readonly (Image | undefined)[] {
  const sameIds = last("numbers in route tables", [], createSameNumbers)(ids);
  const all = [words, sameIds, ...list.map(({ piece }) => piece)];
  return last("records of route tables", all, () => complete(tableImages(list, words, paths, sink))) ?? [undefined];
}

function tableImages(
  placed: readonly PlacedPiece[],
  words: WordBlock,
  paths: RulePaths,
  sink: DiagnosticSink,
): readonly (Image | undefined)[] {
  const fits = placed.map(({ piece: { mostRoutes, mostMatches }, first }) => {
    const vhost = first.vhost + mostRoutes.at;
    const route = first.route + mostMatches.at;
    const routes = withinLimit("routesPerVhost", mostRoutes.count, () => paths.vhosts[vhost]?.path ?? `virtual host ${vhost}`, sink);
    const matches = withinLimit("matchesPerRoute", mostMatches.count, () => `${paths.routes[route]?.path ?? `route ${route}`}.match`, sink);
    return routes && matches;
  });
  const blocks = [words, ...placed.flatMap(({ piece }) => piece.words ?? [])];
  if (!fits.every(Boolean) || !blocks.every((block) => isPlaced(block, sink))) return [undefined];
  return pieceTables.map((table) => {
    const before = table === "word" && words.table ? [{ records: words.table.records, numbers: {} }] : [];
    const parts = placed.flatMap(({ piece: { records }, numbers }) => (records[table] ? { records: records[table], numbers } : []));
    return placeAll(table, [...before, ...parts], sink);
  });
}
