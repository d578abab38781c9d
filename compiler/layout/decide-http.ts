import type { DiagnosticSink } from "../diag/index.ts";
import type { LirDomain, LirHttp, LirHttpFlag, LirRouteTable } from "../lir/decide.ts";
import { NONE, type PlacePool } from "./decide-chains.ts";
import type { TextPool } from "./decide-texts.ts";
import type { WordPool } from "./decide-words.ts";
import { flags } from "./flags.ts";
import { Http, NumberItem, RouteTable } from "./gen/records.ts";
import { type Image, newImage, viewOf } from "./image.ts";

const httpFlags: Readonly<Record<LirHttpFlag, number>> = {
  normalize: flags.KM_HM_NORMALIZE,
  merge: flags.KM_HM_MERGE,
  unescape: flags.KM_HM_UNESCAPE,
  escape_reject: flags.KM_HM_ESCAPE_REJECT,
  escape_redirect: flags.KM_HM_ESCAPE_REDIRECT,
  strip_port: flags.KM_HM_STRIP_PORT,
  strip_matching: flags.KM_HM_STRIP_MATCHING,
  strip_dot: flags.KM_HM_STRIP_DOT,
  remote: flags.KM_HM_REMOTE,
  underscore_drop: flags.KM_HM_UNDERSCORE_DROP,
  underscore_reject: flags.KM_HM_UNDERSCORE_REJECT,
  http10: flags.KM_HM_HTTP10,
  absolute: flags.KM_HM_ABSOLUTE,
  scheme_http: flags.KM_HM_SCHEME_HTTP,
  scheme_https: flags.KM_HM_SCHEME_HTTPS,
  auto: flags.KM_HM_AUTO,
  not_http1: flags.KM_HM_NOT_HTTP1,
};

export interface HttpPools {
  readonly texts: TextPool;
  readonly words: WordPool;
  readonly places: PlacePool;
  readonly reason: (code: string | undefined) => number;
}

/** Table http. */
export function layoutHttps(
  https: readonly LirHttp[],
  { texts, words, places, reason }: HttpPools,
  sink: DiagnosticSink,
): Image | undefined {
  const image = newImage("http", https.length, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  const spaces = new Map<string, number>();
  const upgradeSpace = (names: readonly string[]): number => {
    if (names.length === 0) return 0;
    const key = names.join("\n");
    let space = spaces.get(key);
    if (space === undefined) {
      space = words.newSpaces(1);
      spaces.set(key, space);
      for (const name of names) words.add(space, name, 0);
    }
    return space;
  };
  for (const [id, http] of https.entries()) {
    Http.write(view, id * Http.size, {
      routes: http.routes ?? NONE,
      punt: reason(http.punt),
      flags: http.flags.reduce((all, flag) => all | httpFlags[flag], 0),
      maxBytes: http.maxBytes,
      maxHeaders: http.maxHeaders,
      host10: http.host10 === undefined ? NONE : texts.idOf(http.host10),
      upgrades: upgradeSpace(http.upgrades),
      internal: http.internal ? places.placeOf(http.internal) : NONE,
    });
  }
  return image;
}

/** Tables rtable and number; domains go to the words. */
export function layoutRouteTables(tables: readonly LirRouteTable[], words: WordPool, sink: DiagnosticSink): readonly (Image | undefined)[] {
  const numbers: number[] = [];
  const lengths = (domains: readonly LirDomain[]) => {
    const first = numbers.length;
    numbers.push(...[...new Set(domains.map(({ text }) => text.length))].sort((a, b) => a - b));
    return { first, count: numbers.length - first };
  };
  const image = newImage("rtable", tables.length, sink);
  if (!image) return [undefined];
  const view = viewOf(image);
  for (const [id, table] of tables.entries()) {
    const exact = words.newSpaces(3);
    for (const { text, vhost } of table.exact) words.add(exact, text, vhost);
    for (const { text, vhost } of table.suffixes) words.add(exact + 1, text, vhost);
    for (const { text, vhost } of table.prefixes) words.add(exact + 2, text, vhost, true);
    const suffixes = lengths(table.suffixes);
    const prefixes = lengths(table.prefixes);
    const firstInternal = numbers.push(...table.internalOnly) - table.internalOnly.length;
    const onlyRest = table.exact.length + table.suffixes.length + table.prefixes.length === 0;
    RouteTable.write(view, id * RouteTable.size, {
      exact,
      flags:
        (table.ignorePort ? flags.KM_RT_IGNORE_PORT : 0) |
        (table.ignoreParameters ? flags.KM_RT_IGNORE_PARAMETERS : 0) |
        (onlyRest ? flags.KM_RT_ONLY_REST : 0),
      firstSuffix: suffixes.first,
      suffixes: suffixes.count,
      firstPrefix: prefixes.first,
      prefixes: prefixes.count,
      rest: table.rest ?? NONE,
      vhostHeader: table.vhostHeader ?? NONE,
      firstInternal,
      internals: table.internalOnly.length,
    });
  }
  const list = newImage("number", numbers.length, sink);
  if (!list) return [undefined];
  const listView = viewOf(list);
  for (const [i, value] of numbers.entries()) NumberItem.write(listView, i * NumberItem.size, { value, pad0: 0 });
  return [image, list];
}
