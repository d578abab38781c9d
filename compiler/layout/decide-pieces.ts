import { assertNever } from "../diag/index.ts";
import type { LirDfa, LirDomain, LirRouteTable, LirTablePart, LirTarget } from "../lir/decide.ts";
import { perObject } from "../memo/index.ts";
import { createRouteRecords } from "./decide-routes.ts";
import { type NamedTargets, namedTargets } from "./decide-targets.ts";
import { createTexts, textRecords } from "./decide-texts.ts";
import { createWords, placeWords, type WordBlock, type WordLists } from "./decide-words.ts";
import { flags } from "./flags.ts";
import { NumberItem, RouteTable, Vhost } from "./gen/records.ts";
import { createRecords, NONE, type Records } from "./piece.ts";
import { createNames } from "./piece-names.ts";
import type { TableName } from "./tables.ts";

/** Tables that pieces have records of. */
export const pieceTables = ["rtable", "number", "vhost", "route", "match", "word", "text", "bytes"] as const satisfies readonly TableName[];

export type PieceTable = (typeof pieceTables)[number];

/** A part of a route table, or what is of the table as a whole, laid out by itself. What it names of the whole stands in lists, in the order of its numbers. */
export interface Piece {
  /** None of a table that is not here. */
  readonly records: Readonly<Partial<Record<PieceTable, Records>>>;
  readonly targets: NamedTargets;
  readonly dfas: readonly LirDfa[];
  readonly headers: readonly string[];
  /** Of `headers`, and those that targets read. */
  readonly headerNames: readonly string[];
  readonly reasons: readonly string[];
  /** The virtual host with the most routes, and the route with the longest list of conditions: each has a limit. */
  readonly mostRoutes: Longest;
  readonly mostMatches: Longest;
  /** Of a table as a whole: its domains. */
  readonly words?: WordBlock;
}

interface Longest {
  readonly count: number;
  /** Which. */
  readonly at: number;
}

/** The pieces of a table, in their order. What stays is laid out once. */
export const piecesOf = perObject((table: LirRouteTable): readonly Piece[] => {
  const parts = table.parts.map(partPiece);
  return [wholePiece(table, parts), ...parts];
});

interface PartPiece extends Piece {
  /** Words of the part's domains. */
  readonly domains: WordLists;
  /** Distinct lengths. */
  readonly suffixes: readonly number[];
  readonly prefixes: readonly number[];
  /** Virtual host of `*`. */
  readonly rest: number | undefined;
}

const tls = { none: 0, external_only: flags.KM_TLS_EXTERNAL, all: flags.KM_TLS_ALL } as const;

const partPiece = perObject(({ read }: LirTablePart): PartPiece => {
  const part = read();
  const texts = createTexts();
  const words = createWords(texts);
  const names = createNames();
  for (const { text, vhost } of part.exact) words.add(flags.KM_W_WHOLE, text, vhost);
  for (const { text, vhost } of part.suffixes) words.add(flags.KM_W_SUFFIX, text, vhost);
  for (const { text, vhost } of part.prefixes) words.add(flags.KM_W_PREFIX, text, vhost);

  const vhosts = createRecords(Vhost, part.vhosts.length);
  let firstRoute = 0;
  for (const { routes, punt, requireTls } of part.vhosts) {
    const record = { first: firstRoute, count: routes.length, punt: names.reason(punt), tls: tls[requireTls] };
    vhosts.put(record, { first: "route", punt: "reason" });
    firstRoute += routes.length;
  }
  const routes = part.vhosts.flatMap((vhost) => vhost.routes);
  const { route, match } = createRouteRecords(routes, { texts, ...names });
  return {
    records: { vhost: vhosts.done(), route, match, ...textRecords(texts.texts) },
    ...names.lists,
    targets: namedTargets(names.lists.targets),
    headerNames: [...names.lists.headers, ...names.lists.targets.flatMap(headersRead)],
    mostRoutes: longest(part.vhosts.map((vhost) => vhost.routes.length)),
    mostMatches: longest(routes.map(({ headers, queries, cookies }) => Math.max(headers.length, queries.length, cookies.length))),
    domains: words.lists(),
    suffixes: lengths(part.suffixes),
    prefixes: lengths(part.prefixes),
    rest: part.rest,
  };
});

/** The table's own record, and the words of all of its domains. */
function wholePiece(table: LirRouteTable, parts: readonly PartPiece[]): Piece {
  const names = createNames();
  let rest = NONE;
  const next = { text: 0, value: 0 };
  const domains = parts.map((part) => {
    const placed = { words: part.domains, ...next };
    if (part.rest !== undefined) rest = next.value + part.rest;
    next.text += part.records.text!.count;
    next.value += part.records.vhost!.count;
    return placed;
  });
  const words = placeWords(domains, "vhost");
  const suffixes = merged(parts.map((part) => part.suffixes));
  const prefixes = merged(parts.map((part) => part.prefixes));
  const numbers = createRecords(NumberItem, suffixes.length + prefixes.length + table.internalOnly.length);
  for (const value of [...suffixes, ...prefixes]) numbers.put({ value, pad0: 0 }, {});
  for (const name of table.internalOnly) numbers.put({ value: names.header(name), pad0: 0 }, { value: "header" });

  const rtable = createRecords(RouteTable, 1);
  rtable.put(
    {
      words: { first: 0, mask: words.table?.mask ?? 0, seed: words.table?.seed ?? 0 },
      flags:
        (table.ignorePort ? flags.KM_RT_IGNORE_PORT : 0) |
        (table.ignoreParameters ? flags.KM_RT_IGNORE_PARAMETERS : 0) |
        (words.count === 0 ? flags.KM_RT_ONLY_REST : 0) |
        (table.readsForwardedFor ? flags.KM_RT_FORWARDED_FOR : 0),
      firstSuffix: 0,
      suffixes: suffixes.length,
      firstPrefix: suffixes.length,
      prefixes: prefixes.length,
      rest,
      vhostHeader: table.vhostHeader === undefined ? NONE : names.header(table.vhostHeader),
      firstInternal: suffixes.length + prefixes.length,
      internals: table.internalOnly.length,
    },
    { words: "word", firstSuffix: "number", firstPrefix: "number", rest: "vhost", vhostHeader: "header", firstInternal: "number" },
  );
  return {
    records: { rtable: rtable.done(), number: numbers.done(), ...(words.table ? { word: words.table.records } : {}) },
    ...names.lists,
    targets: namedTargets([]),
    headerNames: names.lists.headers,
    mostRoutes: longest([]),
    mostMatches: longest([]),
    words,
  };
}

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

function lengths(domains: readonly LirDomain[]): readonly number[] {
  return [...new Set(domains.map(({ text }) => text.length))];
}

/** The distinct numbers, rising. */
function merged(lists: readonly (readonly number[])[]): readonly number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

function longest(counts: readonly number[]): Longest {
  let found: Longest = { count: 0, at: 0 };
  for (const [at, count] of counts.entries()) if (count > found.count) found = { count, at };
  return found;
}
