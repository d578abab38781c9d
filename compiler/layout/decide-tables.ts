import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import type { LirDfa, LirDomain, LirRouteTable, LirTarget } from "../lir/decide.ts";
import { type Last, type LookUp, perObject } from "../memo/index.ts";
import { createRouteRecords } from "./decide-routes.ts";
import { createTexts, type TextBlock, textBlock } from "./decide-texts.ts";
import { createWords, isPlaced, type WordBlock } from "./decide-words.ts";
import { flags } from "./flags.ts";
import { NumberItem, RouteTable, Vhost } from "./gen/records.ts";
import { complete, type Image, newImage, viewOf, withinLimit } from "./image.ts";
import { createRecords, NONE, type Numbers, place, type Records } from "./piece.ts";
import { createNames } from "./piece-names.ts";
import type { TableName } from "./tables.ts";

/** Tables that pieces have records of. */
const pieceTables = ["rtable", "number", "vhost", "route", "match", "word"] as const satisfies readonly TableName[];

/** A route table laid out by itself. What it names of the whole stands in lists, in the order of its numbers. */
export interface TablePiece {
  readonly records: Readonly<Record<(typeof pieceTables)[number], Records>>;
  readonly texts: TextBlock;
  readonly words: WordBlock;
  readonly targets: readonly LirTarget[];
  /** By target: the cluster that a single one names, or empty. */
  readonly targetClusters: readonly string[];
  readonly dfas: readonly LirDfa[];
  readonly headers: readonly string[];
  /** Of `headers`, and those that targets read. */
  readonly headerNames: readonly string[];
  readonly reasons: readonly string[];
  /** The virtual host with the most routes, and the route with the longest list of conditions: each has a limit. */
  readonly mostRoutes: Longest;
  readonly mostMatches: Longest;
}

interface Longest {
  readonly count: number;
  /** Which. */
  readonly at: number;
}

const tls = { none: 0, external_only: flags.KM_TLS_EXTERNAL, all: flags.KM_TLS_ALL } as const;

/** A table that stays is laid out once. */
export const pieceOf = perObject((table: LirRouteTable): TablePiece => {
  const texts = createTexts();
  const pool = createWords(texts);
  const names = createNames();
  for (const { text, vhost } of table.exact) pool.add(flags.KM_W_WHOLE, text, vhost);
  for (const { text, vhost } of table.suffixes) pool.add(flags.KM_W_SUFFIX, text, vhost);
  for (const { text, vhost } of table.prefixes) pool.add(flags.KM_W_PREFIX, text, vhost);
  const words = pool.block("vhost");

  const suffixes = lengths(table.suffixes);
  const prefixes = lengths(table.prefixes);
  const numbers = createRecords(NumberItem, suffixes.length + prefixes.length + table.internalOnly.length);
  for (const value of [...suffixes, ...prefixes]) numbers.put({ value, pad0: 0 }, {});
  for (const name of table.internalOnly) numbers.put({ value: names.header(name), pad0: 0 }, { value: "header" });

  const rtable = createRecords(RouteTable, 1);
  const onlyRest = table.exact.length + table.suffixes.length + table.prefixes.length === 0;
  rtable.put(
    {
      words: { first: 0, mask: words.table?.mask ?? 0, seed: words.table?.seed ?? 0 },
      flags:
        (table.ignorePort ? flags.KM_RT_IGNORE_PORT : 0) |
        (table.ignoreParameters ? flags.KM_RT_IGNORE_PARAMETERS : 0) |
        (onlyRest ? flags.KM_RT_ONLY_REST : 0),
      firstSuffix: 0,
      suffixes: suffixes.length,
      firstPrefix: suffixes.length,
      prefixes: prefixes.length,
      rest: table.rest ?? NONE,
      vhostHeader: table.vhostHeader === undefined ? NONE : names.header(table.vhostHeader),
      firstInternal: suffixes.length + prefixes.length,
      internals: table.internalOnly.length,
    },
    { words: "word", firstSuffix: "number", firstPrefix: "number", rest: "vhost", vhostHeader: "header", firstInternal: "number" },
  );

  const vhosts = createRecords(Vhost, table.vhosts.length);
  let firstRoute = 0;
  for (const { routes, punt, requireTls } of table.vhosts) {
    const record = { first: firstRoute, count: routes.length, punt: names.reason(punt), tls: tls[requireTls] };
    vhosts.put(record, { first: "route", punt: "reason" });
    firstRoute += routes.length;
  }
  const routes = table.vhosts.flatMap((vhost) => vhost.routes);
  const { route, match } = createRouteRecords(routes, { texts, ...names });
  return {
    records: { rtable: rtable.done(), number: numbers.done(), vhost: vhosts.done(), route, match, word: words.table?.records ?? noRecords },
    texts: textBlock(texts.texts),
    words,
    ...names.lists,
    targetClusters: names.lists.targets.map((target) => (target.kind === "cluster" ? target.cluster : "")),
    headerNames: [...names.lists.headers, ...names.lists.targets.flatMap(headersRead)],
    mostRoutes: longest(table.vhosts.map((vhost) => vhost.routes.length)),
    mostMatches: longest(routes.map(({ headers, queries, cookies }) => Math.max(headers.length, queries.length, cookies.length))),
  };
});

const noRecords: Records = { bytes: new Uint8Array(0), count: 0, refs: [] };

function headersRead(target: LirTarget): readonly string[] {
  switch (target.kind) {
    case "cluster":
      return [];
    case "header":
      return [target.header];
    case "weighted":
      return [...(target.header === undefined ? [] : [target.header]), ...target.entries.flatMap((entry) => headersRead(entry.target))];
    default:
      return assertNever(target);
  }
}

/** The distinct lengths, rising. */
function lengths(domains: readonly LirDomain[]): readonly number[] {
  return [...new Set(domains.map(({ text }) => text.length))].sort((a, b) => a - b);
}

function longest(counts: readonly number[]): Longest {
  let found: Longest = { count: 0, at: 0 };
  for (const [at, count] of counts.entries()) if (count > found.count) found = { count, at };
  return found;
}

/** A piece, and where what it brings begins in the whole. */
export interface PlacedPiece {
  readonly piece: TablePiece;
  readonly numbers: Numbers;
  /** All that its records in the whole are made of. */
  readonly content: readonly unknown[];
  readonly first: Readonly<Record<(typeof pieceTables)[number] | "text", number>>;
}

/** Ids in the whole of what pieces name. */
export interface WholeNames {
  readonly clusters: LookUp;
  /** @param cluster id of the cluster that a single target names, or -1 */
  readonly target: (target: LirTarget, cluster: number) => number;
  readonly dfa: (dfa: LirDfa) => number;
  readonly header: (name: string) => number;
  readonly reason: (code: string) => number;
}

/** Gives the pieces their places, one behind the other; texts and words behind those of everything else. */
export function placePieces(
  pieces: readonly TablePiece[],
  names: WholeNames,
  before: { readonly texts: number; readonly words: number },
): readonly PlacedPiece[] {
  const next = { rtable: 0, number: 0, vhost: 0, route: 0, match: 0, word: before.words, text: before.texts };
  return pieces.map((piece): PlacedPiece => {
    const first = { ...next };
    for (const table of pieceTables) next[table] += piece.records[table].count;
    next.text += piece.texts.count;
    const clusters = names.clusters(piece.targetClusters);
    const targets = piece.targets.map((target, at) => names.target(target, target.kind === "cluster" ? clusters[at]! : -1));
    const dfas = piece.dfas.map(names.dfa);
    const headers = piece.headers.map(names.header);
    const reasons = piece.reasons.map(names.reason);
    const from = (base: number) => (local: number) => base + local;
    return {
      piece,
      first,
      content: [piece, ...Object.values(first), ...targets, ...dfas, ...headers, ...reasons],
      numbers: {
        number: from(first.number),
        vhost: from(first.vhost),
        route: from(first.route),
        match: from(first.match),
        text: from(first.text),
        word: from(first.word),
        target: (local) => targets[local]!,
        dfa: (local) => dfas[local]!,
        header: (local) => headers[local]!,
        reason: (local) => reasons[local]!,
      },
    };
  });
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
  placed: readonly PlacedPiece[],
  words: WordBlock,
  paths: RulePaths,
  sink: DiagnosticSink,
  last: Last,
): readonly (Image | undefined)[] {
  const all = [words, ...placed.flatMap(({ content }) => content)];
  return last("records of route tables", all, () => complete(tableImages(placed, words, paths, sink))) ?? [undefined];
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
  const blocks = [words, ...placed.map(({ piece }) => piece.words)];
  if (!fits.every(Boolean) || !blocks.every((block) => isPlaced(block, sink))) return [undefined];
  return pieceTables.map((table) => {
    const before = table === "word" ? words.table!.records : noRecords;
    const image = newImage(
      table,
      placed.reduce((sum, { piece }) => sum + piece.records[table].count, before.count),
      sink,
    );
    if (!image) return undefined;
    const view = viewOf(image);
    image.bytes.set(before.bytes);
    for (const { piece, first, numbers } of placed) place(piece.records[table], view, first[table], image.recordSize, numbers);
    return image;
  });
}
