import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import type { LirAction, LirMatch, LirRoute, LirValue } from "../lir/decide.ts";
import { NONE } from "./decide-chains.ts";
import type { TextPool } from "./decide-texts.ts";
import { flags } from "./flags.ts";
import { Match, Route } from "./gen/records.ts";
import { type Image, newImage, viewOf, withinLimit } from "./image.ts";

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

/** Tables route and match. */
export function layoutRoutes(
  routes: readonly LirRoute[],
  texts: TextPool,
  reason: (code: string | undefined) => number,
  pathOf: (route: number) => string,
  sink: DiagnosticSink,
): readonly (Image | undefined)[] {
  const conditions = routes.reduce((sum, { headers, queries, cookies }) => sum + headers.length + queries.length + cookies.length, 0);
  const fits = routes.every(({ headers, queries, cookies }, id) =>
    withinLimit("matchesPerRoute", Math.max(headers.length, queries.length, cookies.length), () => `${pathOf(id)}.match`, sink),
  );
  const table = newImage("route", routes.length, sink);
  const matches = newImage("match", conditions, sink);
  if (!fits || !table || !matches) return [undefined];
  const view = viewOf(table);
  const matchView = viewOf(matches);
  let first = 0;
  for (const [id, route] of routes.entries()) {
    const { path, headers, queries, cookies, fraction, action } = route;
    Route.write(view, id * Route.size, {
      path: pathKinds[path.kind],
      flags: (route.fold ? flags.KM_RF_FOLD : 0) | (route.grpc ? flags.KM_RF_GRPC : 0) | (route.never ? flags.KM_RF_NEVER : 0),
      action: actionKinds[action.kind],
      upgrades: upgradesOf(action),
      pathValue: "text" in path ? texts.idOf(path.text) : "dfa" in path ? path.dfa : NONE,
      first,
      headers: headers.length,
      queries: queries.length,
      cookies: cookies.length,
      status: statusOf(action),
      numerator: fraction?.numerator ?? 0,
      denominator: fraction?.denominator ?? 0,
      value: action.kind === "forward" ? action.target : action.kind === "punt" ? reason(action.why) : NONE,
      punt: reason(route.punt),
      pad0: 0,
    });
    const put = (match: LirMatch<unknown>, name: number) => {
      Match.write(matchView, first * Match.size, matchRecord(match, name, texts));
      first++;
    };
    for (const match of headers) put(match, match.name);
    for (const match of [...queries, ...cookies]) put(match, texts.idOf(match.name));
  }
  return [table, matches];
}

function matchRecord({ value, invert, missingAsEmpty }: LirMatch<unknown>, name: number, texts: TextPool): Match {
  const range = value.kind === "range";
  return {
    name,
    kind: valueKinds[value.kind],
    flags:
      (invert ? flags.KM_MF_INVERT : 0) | (missingAsEmpty ? flags.KM_MF_EMPTY : 0) | ("fold" in value && value.fold ? flags.KM_MF_FOLD : 0),
    pad0: 0,
    value: valueId(value, texts),
    pad1: 0,
    start: range ? BigInt.asUintN(64, BigInt(value.start)) : 0n,
    end: range ? BigInt.asUintN(64, BigInt(value.end)) : 0n,
  };
}

function valueId(value: LirValue, texts: TextPool): number {
  switch (value.kind) {
    case "exact":
    case "prefix":
    case "suffix":
    case "contains":
      return texts.idOf(value.text);
    case "regex":
      return value.dfa;
    case "present":
    case "range":
      return NONE;
    default:
      return assertNever(value);
  }
}

function upgradesOf(action: LirAction): number {
  if (action.kind !== "forward") return 0;
  const bits = (word: boolean | undefined) => (word === undefined ? 0 : word ? flags.KM_UP_ALLOW : flags.KM_UP_FORBID);
  return bits(action.connect) | (bits(action.websocket) << 4);
}

function statusOf(action: LirAction): number {
  return action.kind === "forward" ? action.notFound : action.kind === "respond" ? action.status : 0;
}
