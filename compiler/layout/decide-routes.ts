import { assertNever } from "../diag/index.ts";
import type { LirAction, LirMatch, LirPath, LirRoute, LirValue } from "../lir/decide.ts";
import type { TextPool } from "./decide-texts.ts";
import { flags } from "./flags.ts";
import { Match, Route } from "./gen/records.ts";
import { createRecords, NONE, type Records, type Space } from "./piece.ts";
import type { PieceNames } from "./piece-names.ts";

const pathKinds = {
  prefix: flags.KM_P_PREFIX,
  exact: flags.KM_P_EXACT,
  separated: flags.KM_P_SEPARATED,
  regex: flags.KM_P_REGEX,
  template: flags.KM_P_TEMPLATE,
  connect: flags.KM_P_CONNECT,
} as const;

const valueKinds = {
  exact: flags.KM_M_EXACT,
  prefix: flags.KM_M_PREFIX,
  suffix: flags.KM_M_SUFFIX,
  contains: flags.KM_M_CONTAINS,
  regex: flags.KM_M_REGEX,
  present: flags.KM_M_PRESENT,
  range: flags.KM_M_RANGE,
} as const;

const actionKinds = {
  forward: flags.KM_A_FORWARD,
  redirect: flags.KM_A_REDIRECT,
  respond: flags.KM_A_RESPOND,
  non_forwarding: flags.KM_A_NON_FORWARDING,
  punt: flags.KM_A_PUNT,
} as const;

/** What routes name. */
export interface RouteNames extends PieceNames {
  readonly texts: Pick<TextPool, "idOf">;
}

/** Records of tables route and match. */
export function createRouteRecords(routes: readonly LirRoute[], names: RouteNames): { readonly route: Records; readonly match: Records } {
  const conditions = routes.reduce((sum, { headers, queries, cookies }) => sum + headers.length + queries.length + cookies.length, 0);
  const table = createRecords(Route, routes.length);
  const matches = createRecords(Match, conditions);
  let first = 0;
  for (const route of routes) {
    const { headers, queries, cookies, fraction, action } = route;
    const path = pathNumber(route.path, names);
    const value = actionNumber(action, names);
    table.put(
      {
        path: pathKinds[route.path.kind],
        flags: (route.fold ? flags.KM_RF_FOLD : 0) | (route.grpc ? flags.KM_RF_GRPC : 0) | (route.never ? flags.KM_RF_NEVER : 0),
        action: actionKinds[action.kind],
        upgrades: upgradesOf(action),
        pathValue: path.number,
        first,
        headers: headers.length,
        queries: queries.length,
        cookies: cookies.length,
        status: statusOf(action),
        numerator: fraction?.numerator ?? 0,
        denominator: fraction?.denominator ?? 0,
        value: value.number,
        punt: names.reason(route.punt),
        pad0: 0,
      },
      { pathValue: path.to, first: "match", value: value.to, punt: "reason" },
    );
    for (const match of headers) putMatch(matches, match, { number: names.header(match.name), to: "header" }, names);
    for (const match of [...queries, ...cookies]) putMatch(matches, match, { number: names.texts.idOf(match.name), to: "text" }, names);
    first += headers.length + queries.length + cookies.length;
  }
  return { route: table.done(), match: matches.done() };
}

/** A number of the piece, and what it stands for; ~0 stands for nothing. */
interface Numbered {
  readonly number: number;
  readonly to?: Space;
}

const nothing: Numbered = { number: NONE };

function pathNumber(path: LirPath, names: RouteNames): Numbered {
  if ("text" in path) return { number: names.texts.idOf(path.text), to: "text" };
  return "dfa" in path ? { number: names.dfa(path.dfa), to: "dfa" } : nothing;
}

function actionNumber(action: LirAction, names: RouteNames): Numbered {
  if (action.kind === "forward") return { number: names.target(action.target), to: "target" };
  return action.kind === "punt" ? { number: names.reason(action.why), to: "reason" } : nothing;
}

function valueNumber(value: LirValue, names: RouteNames): Numbered {
  switch (value.kind) {
    case "exact":
    case "prefix":
    case "suffix":
    case "contains":
      return { number: names.texts.idOf(value.text), to: "text" };
    case "regex":
      return { number: names.dfa(value.dfa), to: "dfa" };
    case "present":
    case "range":
      return nothing;
    default:
      return assertNever(value);
  }
}

type Matches = ReturnType<typeof createRecords<Match>>;

function putMatch(matches: Matches, { value, invert, missingAsEmpty }: LirMatch, name: Numbered, names: RouteNames): void {
  const range = value.kind === "range";
  const number = valueNumber(value, names);
  matches.put(
    {
      name: name.number,
      kind: valueKinds[value.kind],
      flags:
        (invert ? flags.KM_MF_INVERT : 0) |
        (missingAsEmpty ? flags.KM_MF_EMPTY : 0) |
        ("fold" in value && value.fold ? flags.KM_MF_FOLD : 0),
      pad0: 0,
      value: number.number,
      pad1: 0,
      start: range ? BigInt.asUintN(64, BigInt(value.start)) : 0n,
      end: range ? BigInt.asUintN(64, BigInt(value.end)) : 0n,
    },
    { name: name.to, value: number.to },
  );
}

function upgradesOf(action: LirAction): number {
  if (action.kind !== "forward") return 0;
  const bits = (word: boolean | undefined) => (word === undefined ? 0 : word ? flags.KM_UP_ALLOW : flags.KM_UP_FORBID);
  return bits(action.connect) | (bits(action.websocket) << 4);
}

function statusOf(action: LirAction): number {
  return action.kind === "forward" ? action.notFound : action.kind === "respond" ? action.status : 0;
}
