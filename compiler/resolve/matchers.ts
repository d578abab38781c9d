import type { CookieMatcher, HeaderMatcher, QueryParameterMatcher, StringMatcher } from "../decode/gen/types.ts";
import type { HirCookieMatch, HirHeaderMatch, HirQueryMatch, HirStringMatch } from "../hir/index.ts";
import { checkRegex } from "./regex.ts";
import { puntedField, refuse, refusedByDecode, type Scope } from "./scope.ts";

/** One rule's matchers. One that can't be expressed leaves the whole rule to a proxy: `punt` takes its diagnostic code. */
export interface Rule {
  readonly scope: Scope;
  punt: string | undefined;
}

/** Stands in for a matcher that was refused or punted; its rule is not used. */
const unusable: HirStringMatch = { kind: "exact", value: "", ignoreCase: false };

export function resolveStringMatch(rule: Rule, match: StringMatcher, path: string): HirStringMatch {
  const ignoreCase = match.ignore_case ?? false;
  if (match.exact !== undefined) return { kind: "exact", value: match.exact, ignoreCase };
  for (const kind of ["prefix", "suffix", "contains"] as const) {
    const value = match[kind];
    if (value !== undefined) return { kind, value, ignoreCase };
  }
  if (match.safe_regex) {
    if (ignoreCase)
      refuse(rule.scope, "KM2307", `${path}.ignore_case`, "ignore_case does not go with safe_regex", "write (?i) into the expression");
    return regexMatch(rule, match.safe_regex.regex ?? "", `${path}.safe_regex`);
  }
  const punted = puntedField(rule.scope, "envoy.type.matcher.v3.StringMatcher", match);
  if (punted === undefined) throw refusedByDecode(path);
  rule.punt ??= punted;
  return unusable;
}

function regexMatch(rule: Rule, regex: string, path: string): HirStringMatch {
  return checkRegex(rule.scope, regex, path) ? { kind: "regex", regex } : unusable;
}

/** Header names are in lower case; `host` is `:authority`. */
export function resolveHeaderMatch(rule: Rule, match: HeaderMatcher, path: string): HirHeaderMatch {
  const lower = (match.name ?? "").toLowerCase();
  return {
    name: lower === "host" ? ":authority" : lower,
    invert: match.invert_match ?? false,
    missingAsEmpty: match.treat_missing_header_as_empty ?? false,
    value: headerValue(rule, match, path),
  };
}

function headerValue(rule: Rule, match: HeaderMatcher, path: string): HirHeaderMatch["value"] {
  const same = (kind: "exact" | "prefix" | "suffix" | "contains", value: string): HirStringMatch => ({ kind, value, ignoreCase: false });
  if (match.string_match) return resolveStringMatch(rule, match.string_match, `${path}.string_match`);
  if (match.exact_match) return same("exact", match.exact_match);
  // The deprecated exact_match: "" takes every value; a missing header has none, also under invert_match.
  if (match.exact_match !== undefined) return same("prefix", "");
  if (match.prefix_match !== undefined) return same("prefix", match.prefix_match);
  if (match.suffix_match !== undefined) return same("suffix", match.suffix_match);
  if (match.contains_match !== undefined) return same("contains", match.contains_match);
  if (match.safe_regex_match) return regexMatch(rule, match.safe_regex_match.regex ?? "", `${path}.safe_regex_match`);
  if (match.range_match) return { kind: "range", start: String(match.range_match.start ?? 0n), end: String(match.range_match.end ?? 0n) };
  return { kind: "present", present: match.present_match ?? true };
}

export function resolveQueryMatch(rule: Rule, match: QueryParameterMatcher, path: string): HirQueryMatch {
  const name = match.name ?? "";
  if (match.string_match) return { name, value: resolveStringMatch(rule, match.string_match, `${path}.string_match`) };
  return { name, value: { kind: "present", present: match.present_match ?? true } };
}

export function resolveCookieMatch(rule: Rule, match: CookieMatcher, path: string): HirCookieMatch {
  const value = resolveStringMatch(rule, match.string_match ?? {}, `${path}.string_match`);
  return { name: match.name ?? "", invert: match.invert_match ?? false, value };
}
