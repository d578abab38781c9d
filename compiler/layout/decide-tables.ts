import type { DiagnosticSink } from "../diag/index.ts";
import type { LirDfa } from "../lir/decide.ts";
import { type Piece, type PieceTable, pieceTables } from "./decide-pieces.ts";
import type { NamedTargets } from "./decide-targets.ts";
import { isPlaced, type WordBlock } from "./decide-words.ts";
import { Chunk } from "./gen/records.ts";
import { type Image, imageOf, withinLimit } from "./image.ts";
import { type Numbers, place, type Records } from "./piece.ts";

/** A piece, and where what it brings begins in the whole. */
export interface PlacedPiece {
  readonly piece: Piece;
  readonly first: Readonly<Record<PieceTable, number>>;
  readonly numbers: Numbers;
}

/** Ids in the whole of what pieces name. */
export interface WholeNames {
  readonly targets: (named: NamedTargets) => Int32Array;
  readonly dfa: (dfa: LirDfa) => number;
  readonly header: (name: string) => number;
  readonly reason: (code: string) => number;
}

/** What is not of route tables, and comes before them. */
export interface OwnRecords {
  readonly words: WordBlock;
  readonly texts: Readonly<Record<"text" | "bytes", Records>>;
}

/** Gives the pieces their places, one behind the other. */
export function placePieces(pieces: readonly Piece[], names: WholeNames, { words, texts }: OwnRecords): readonly PlacedPiece[] {
  const own = { word: words.table?.records.count ?? 0, text: texts.text.count, bytes: texts.bytes.count };
  const next = { rtable: 0, number: 0, vhost: 0, route: 0, match: 0, ...own };
  return pieces.map((piece): PlacedPiece => {
    const first = { ...next };
    for (const table of pieceTables) next[table] += piece.records[table]?.count ?? 0;
    const numbers: Numbers = {
      ...first,
      bytes: first.bytes * Chunk.size,
      target: names.targets(piece.targets),
      dfa: Int32Array.from(piece.dfas, names.dfa),
      header: Int32Array.from(piece.headers, names.header),
      reason: Int32Array.from(piece.reasons, names.reason),
    };
    return { piece, first, numbers };
  });
}

/** Where rules stand in the snapshot, by id: for what there is to say of them. */
export interface RulePaths {
  readonly vhosts: readonly { readonly path: string }[];
  readonly routes: readonly { readonly path: string }[];
}

/** The tables of pieces; undefined where a limit is reached (the sink says which). */
export function layoutTables(
  placed: readonly PlacedPiece[],
  { words, texts }: OwnRecords,
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
    const before = table === "word" ? words.table!.records : table === "text" || table === "bytes" ? texts[table] : undefined;
    const parts = placed.flatMap(({ piece: { records }, numbers }) => (records[table] ? place(records[table], numbers) : []));
    return imageOf(table, before ? [before.bytes, ...parts] : parts, sink);
  });
}
