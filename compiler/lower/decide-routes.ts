import { assertNever, type Diagnostic } from "../diag/index.ts";
import { asciiLower, wireText } from "../hir/bytes.ts";
import type { HirAction, HirCookieMatch, HirHeaderMatch, HirPathMatch, HirQueryMatch, HirRoute, HirStringMatch } from "../hir/index.ts";
import type { LirAction, LirDfa, LirMatch, LirPath, LirRoute, LirValue } from "../lir/decide.ts";
import { dfaOf, headerKey, tooLarge } from "./decide-names.ts";
import { lowerTarget } from "./decide-targets.ts";

/**
 * A route whose match holds an expression past the limit is punted where it is reached: skipping it would widen the routes below.
 *
 * @param told gets what is to be said of such expressions
 */
export function lowerRoute(route: HirRoute, told: Diagnostic[]): LirRoute {
  const { match, punt } = route;
  const fold = !match.caseSensitive;
  let isTooLarge = false;
  const dfa = (regex: string): LirDfa | undefined => {
    const found = dfaOf(regex);
    if (!found) {
      isTooLarge = true;
      told.push(tooLarge(regex, `${route.path}.match`));
    }
    return found;
  };
  const path = lowerPath(match.path, fold, dfa);
  const headers = listOf(match.headers, (one) => lowerHeader(one, dfa));
  const queries = listOf(match.query, (one) => lowerQuery(one, dfa));
  const cookies = listOf(match.cookies, (one) => lowerCookie(one, dfa));
  const fraction = match.fraction && match.fraction.numerator < match.fraction.denominator ? { fraction: match.fraction } : {};
  const why = punt ?? (isTooLarge && match.never !== true ? "KM3500" : undefined);
  return {
    path: path ?? { kind: "prefix", text: "" },
    fold,
    grpc: match.grpc,
    never: match.never === true,
    headers,
    queries,
    cookies,
    ...fraction,
    action: lowerAction(route.action),
    ...(why === undefined ? {} : { punt: why }),
  };
}

const none: readonly never[] = [];

/** Most routes have no conditions. */
function listOf<T, U>(list: readonly T[], lower: (one: T) => U | undefined): readonly U[] {
  return list.length === 0 ? none : list.map(lower).filter((one) => one !== undefined);
}

type DfaOf = (regex: string) => LirDfa | undefined;

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
      const made = dfa(path.regex);
      return made && { kind: path.kind, dfa: made };
    }
    case "connect":
      return { kind: "connect" };
    default:
      return assertNever(path);
  }
}

function lowerString(match: HirStringMatch, dfa: DfaOf): LirValue | undefined {
  if (match.kind === "regex") {
    const made = dfa(match.regex);
    return made && { kind: "regex", dfa: made };
  }
  const text = wireText(match.value);
  return { kind: match.kind, text: match.ignoreCase ? asciiLower(text) : text, fold: match.ignoreCase };
}

function lowerHeader({ name, invert, missingAsEmpty, value }: HirHeaderMatch, dfa: DfaOf): LirMatch | undefined {
  const of = (lowered: LirValue | undefined, turned: boolean) =>
    lowered && { name: headerKey(name), value: lowered, invert: turned, missingAsEmpty };
  switch (value.kind) {
    case "present":
      return of({ kind: "present" }, value.present === invert);
    case "range":
      return of({ kind: "range", start: value.start, end: value.end }, invert);
    default:
      return of(lowerString(value, dfa), invert);
  }
}

function lowerQuery({ name, value }: HirQueryMatch, dfa: DfaOf): LirMatch | undefined {
  const lowered: LirValue | undefined = value.kind === "present" ? { kind: "present" } : lowerString(value, dfa);
  return lowered && { name: wireText(name), value: lowered, invert: value.kind === "present" && !value.present, missingAsEmpty: false };
}

function lowerCookie({ name, invert, value }: HirCookieMatch, dfa: DfaOf): LirMatch | undefined {
  const lowered = lowerString(value, dfa);
  return lowered && { name: wireText(name), value: lowered, invert, missingAsEmpty: false };
}

function lowerAction(action: HirAction): LirAction {
  switch (action.kind) {
    case "forward": {
      const { connect, websocket } = action;
      return {
        kind: "forward",
        target: lowerTarget(action.target),
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
