import { assertNever } from "../diag/index.ts";
import { asciiLower, wireText } from "../hir/bytes.ts";
import type { HirAction, HirCookieMatch, HirHeaderMatch, HirPathMatch, HirQueryMatch, HirRoute, HirStringMatch } from "../hir/index.ts";
import type { LirAction, LirMatch, LirPath, LirRoute, LirValue } from "../lir/decide.ts";
import type { DfaIds, HeaderIds } from "./decide-names.ts";
import type { TargetIds } from "./decide-targets.ts";

export interface RouteContext {
  readonly headers: HeaderIds;
  readonly dfas: DfaIds;
  readonly targets: TargetIds;
}

/** A route whose match holds an expression past the limit is punted where it is reached: skipping it would widen the routes below. */
export function lowerRoute(route: HirRoute, context: RouteContext): LirRoute {
  const { match, punt } = route;
  const fold = !match.caseSensitive;
  let tooLarge = false;
  const dfa = (regex: string): number | undefined => {
    const id = context.dfas.idOf(regex, `${route.path}.match`);
    tooLarge ||= id === undefined;
    return id;
  };
  const path = lowerPath(match.path, fold, dfa);
  const headers = listOf(match.headers, (one) => lowerHeader(one, context.headers, dfa));
  const queries = listOf(match.query, (one) => lowerQuery(one, dfa));
  const cookies = listOf(match.cookies, (one) => lowerCookie(one, dfa));
  const fraction = match.fraction && match.fraction.numerator < match.fraction.denominator ? { fraction: match.fraction } : {};
  const why = punt ?? (tooLarge && match.never !== true ? "KM3500" : undefined);
  return {
    path: path ?? { kind: "prefix", text: "" },
    fold,
    grpc: match.grpc,
    never: match.never === true,
    headers,
    queries,
    cookies,
    ...fraction,
    action: lowerAction(route.action, context.targets),
    ...(why === undefined ? {} : { punt: why }),
  };
}

const none: readonly never[] = [];

/** Most routes have no conditions. */
function listOf<T, U>(list: readonly T[], lower: (one: T) => U | undefined): readonly U[] {
  return list.length === 0 ? none : list.map(lower).filter((one) => one !== undefined);
}

type DfaOf = (regex: string) => number | undefined;

function lowerPath(path: HirPathMatch, fold: boolean, dfa: DfaOf): LirPath | undefined {
  const text = (value: string) => (fold ? asciiLower(wireText(value)) : wireText(value));
  switch (path.kind) {
    case "prefix":
      return { kind: "prefix", text: text(path.value) };
    case "path":
      return { kind: "exact", text: text(path.value) };
    case "path_separated_prefix":
      return { kind: "separated", text: text(path.value) };
    case "regex":
    case "template": {
      const id = dfa(path.regex);
      return id === undefined ? undefined : { kind: path.kind, dfa: id };
    }
    case "connect":
      return { kind: "connect" };
    default:
      return assertNever(path);
  }
}

function lowerString(match: HirStringMatch, dfa: DfaOf): LirValue | undefined {
  if (match.kind === "regex") {
    const id = dfa(match.regex);
    return id === undefined ? undefined : { kind: "regex", dfa: id };
  }
  const text = wireText(match.value);
  return { kind: match.kind, text: match.ignoreCase ? asciiLower(text) : text, fold: match.ignoreCase };
}

function lowerHeader({ name, invert, missingAsEmpty, value }: HirHeaderMatch, ids: HeaderIds, dfa: DfaOf): LirMatch<number> | undefined {
  const of = (lowered: LirValue | undefined, turned: boolean) =>
    lowered && { name: ids.idOf(name), value: lowered, invert: turned, missingAsEmpty };
  switch (value.kind) {
    case "present":
      return of({ kind: "present" }, value.present === invert);
    case "range":
      return of({ kind: "range", start: value.start, end: value.end }, invert);
    default:
      return of(lowerString(value, dfa), invert);
  }
}

function lowerQuery({ name, value }: HirQueryMatch, dfa: DfaOf): LirMatch<string> | undefined {
  const lowered: LirValue | undefined = value.kind === "present" ? { kind: "present" } : lowerString(value, dfa);
  return lowered && { name: wireText(name), value: lowered, invert: value.kind === "present" && !value.present, missingAsEmpty: false };
}

function lowerCookie({ name, invert, value }: HirCookieMatch, dfa: DfaOf): LirMatch<string> | undefined {
  const lowered = lowerString(value, dfa);
  return lowered && { name: wireText(name), value: lowered, invert, missingAsEmpty: false };
}

function lowerAction(action: HirAction, targets: TargetIds): LirAction {
  switch (action.kind) {
    case "forward": {
      const { connect, websocket } = action;
      return {
        kind: "forward",
        target: targets.idOf(action.target),
        notFound: action.notFoundStatus,
        ...(connect === undefined ? {} : { connect }),
        ...(websocket === undefined ? {} : { websocket }),
      };
    }
    case "redirect":
    case "non_forwarding":
      return { kind: action.kind };
    case "respond":
      return { kind: "respond", status: action.status };
    case "punt":
      return { kind: "punt", why: action.why };
    default:
      return assertNever(action);
  }
}
