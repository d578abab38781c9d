import { bitWords, kindWord, type Labels, maybe } from "./dump-names.ts";
import { runIndex, type TableReader } from "./dump-tables.ts";
import { flags } from "./flags.ts";
import type { Match, NumberItem, Route, RouteTable, Vhost } from "./gen/records.ts";
import { NONE } from "./piece.ts";

type MatchOwner = { readonly route: number; readonly what: "header" | "query parameter" | "cookie" };

/** Lines of route tables, virtual hosts, routes and their conditions. */
export function routeWords(tables: TableReader, labels: Labels, target: (id: number) => string) {
  const punt = (id: number) => maybe(id, (reason) => `punt ${labels.reason(reason)}`);
  const numberOf = runIndex(
    tables.all("rtable").flatMap((table, id) => {
      const of = (what: string) => `${labels.routeConfig(id)} ${what}`;
      return [
        { first: table.firstSuffix, count: table.suffixes, of: of("suffix length") },
        { first: table.firstPrefix, count: table.prefixes, of: of("prefix length") },
        { first: table.firstInternal, count: table.internals, of: of("internal only header") },
      ];
    }),
  );
  const matchOf = runIndex<MatchOwner>(
    tables.all("route").flatMap(({ first, headers, queries, cookies }, route) => [
      { first, count: headers, of: { route, what: "header" } },
      { first: first + headers, count: queries, of: { route, what: "query parameter" } },
      { first: first + headers + queries, count: cookies, of: { route, what: "cookie" } },
    ]),
  );
  return {
    rtable: (one: RouteTable, id: number) =>
      `${labels.routeConfig(id)}${bitWords("KM_RT_", one.flags)}${one.suffixes ? ` suffix lengths=${one.suffixes}` : ""}${one.prefixes ? ` prefix lengths=${one.prefixes}` : ""}` +
      `${maybe(one.vhostHeader, (header) => `host is header ${labels.header(header)}`)}${one.internals ? ` internal only headers=${one.internals}` : ""}` +
      ` * -> ${one.rest === NONE ? "none" : labels.vhost(one.rest)}`,
    number: ({ value }: NumberItem, id: number) => {
      const what = numberOf(id);
      return `${what ?? "unused"} ${what?.endsWith("header") ? labels.header(value) : value}`;
    },
    vhost: ({ count, punt: reason, tls }: Vhost, id: number) =>
      `${labels.routeConfig(labels.configOfVhost(id))} ${labels.vhost(id)} routes=${count}${tls ? ` require_tls ${kindWord("KM_TLS_", tls)}` : ""}${punt(reason)}`,
    route: (one: Route, id: number) => {
      const conditions = one.headers + one.queries + one.cookies;
      return (
        `${labels.route(id)} ${pathWords(one, labels)}${bitWords("KM_RF_", one.flags)}${conditions > 0 ? ` conditions=${conditions}` : ""}` +
        `${one.denominator ? ` fraction ${one.numerator}/${one.denominator}` : ""}${punt(one.punt)} -> ${actionWords(one, labels, target)}`
      );
    },
    match: ({ name, kind, flags: bits, value, start, end }: Match, id: number) => {
      const owner = matchOf(id);
      const what = owner
        ? `${labels.route(owner.route)} ${owner.what} ${owner.what === "header" ? labels.header(name) : labels.text(name)}`
        : "unused";
      return `${what} ${kindWord("KM_M_", kind)}${valueWords(kind, value, start, end, labels)}${bitWords("KM_MF_", bits)}`;
    },
  };
}

function pathWords({ path, pathValue }: Route, labels: Labels): string {
  const kind = kindWord("KM_P_", path);
  if (path === flags.KM_P_CONNECT) return kind;
  return path === flags.KM_P_REGEX || path === flags.KM_P_TEMPLATE ? `${kind} dfa ${pathValue}` : `${kind} ${labels.text(pathValue)}`;
}

function actionWords({ action, value, status, upgrades }: Route, labels: Labels, target: (id: number) => string): string {
  switch (action) {
    case flags.KM_A_FORWARD: {
      const words = [
        ["connect", upgrades & 0xf],
        ["websocket", upgrades >> 4],
      ] as const;
      const upgrade = words.map(([name, bits]) => (bits ? ` ${name}${bitWords("KM_UP_", bits)}` : "")).join("");
      return `${target(value)} else ${status}${upgrade}`;
    }
    case flags.KM_A_RESPOND:
      return `respond ${status}`;
    case flags.KM_A_PUNT:
      return `punt ${labels.reason(value)}`;
    default:
      return kindWord("KM_A_", action);
  }
}

function valueWords(kind: number, value: number, start: bigint, end: bigint, labels: Labels): string {
  switch (kind) {
    case flags.KM_M_PRESENT:
      return "";
    case flags.KM_M_RANGE:
      return ` [${BigInt.asIntN(64, start)}, ${BigInt.asIntN(64, end)})`;
    case flags.KM_M_REGEX:
      return ` dfa ${value}`;
    default:
      return ` ${labels.text(value)}`;
  }
}
