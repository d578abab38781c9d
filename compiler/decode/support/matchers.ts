import { honoured, message, note, punt } from "./dsl.ts";

/** Matchers of strings and regular expressions. */
export const matcherSupport = {
  "envoy.type.matcher.v3.StringMatcher": message(
    honoured("exact", "prefix", "suffix", "contains", "safe_regex", "ignore_case"),
    punt(
      "KM1345",
      "a string matcher from an extension is left to a proxy, with the rule it stands in",
      "use exact, prefix, suffix, contains or safe_regex",
      "custom",
    ),
  ),
  "envoy.type.matcher.v3.RegexMatcher": message(honoured("regex", "google_re2")),
  "envoy.type.matcher.v3.RegexMatcher.GoogleRE2": message(
    note("KM1346", "has no effect: how large a regular expression may be is a limit of this compiler's own", "max_program_size"),
  ),
  "envoy.type.matcher.v3.RegexMatchAndSubstitute": message(honoured("pattern", "substitution")),
} as const;
