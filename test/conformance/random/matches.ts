/** Random matchers of routes. Values come from small pools, so that requests nearly match many of them. */
import type { JsonObject } from "../json-fields.ts";
import type { Dice } from "./dice.ts";
import { randomRegex } from "./regexes.ts";
import { randomTemplate } from "./templates.ts";

export const pathWords = ["/", "/a", "/A", "/a/", "/a/b", "/ab", "/a/b/c", "/x.js", "/%61", "/a%2Fb", "/a;p", "//a", "/a.b", "/é", "/a?"];
const pathRegexes = [
  "/a|/b",
  "/a/.*",
  ".*",
  "a",
  "^/a$",
  "(?i)/A",
  "/[^/]+",
  "/a/[0-9]+/b",
  "/(?P<n>a|b)(/.*)?",
  "/a\\.b",
  "/\\w+",
  "/a{1,3}",
  "/.+\\.js",
  ".*/b",
  "/[[:alpha:]]+",
  "/(a|ab)(c|bcd)?",
  "/\\d{2,}",
  "(/a)?/b",
];
const templates = ["/a/*", "/a/{x}", "/a/**", "/**.js", "/a/{x=**}/c", "/{x}/b", "/a/{x=b/*}", "/**", "/a"];

export const headerNames = ["x-a", "x-b", "x_u", "user-agent", "accept", "cookie", "referer", "x-forwarded-proto", "x-request-id", "te"];
const pseudoNames = [":path", ":method", ":authority", ":scheme", "host", "Host"];
export const oddNames = [
  "content-type",
  "connection",
  "upgrade",
  "x-forwarded-for",
  "x-forwarded-port",
  "x-forwarded-client-cert",
  "via",
  "x-envoy-internal",
  "x-envoy-retry-on",
  "x-envoy-original-path",
  "x-envoy-original-dst-host",
  "x-envoy-external-address",
  "x-envoy-expected-rq-timeout-ms",
  "x-envoy-upstream-rq-timeout-ms",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "content-length",
  "expect",
  "via",
  "date",
  "accept-language",
  "authorization",
  "x-forwarded-host",
  "x-forwarded-client-cert",
  "x-envoy-decorator-operation",
  "x-envoy-downstream-service-cluster",
  "x-client-trace-id",
  "forwarded",
  "origin",
  "server",
  "set-cookie",
];
export const headerValues = [
  "",
  "a",
  "A",
  "ab",
  "abc",
  "a,b",
  "1",
  "5",
  "-5",
  "+5",
  "05",
  "5.0",
  "9",
  "10",
  "9223372036854775807",
  "GET",
  "http",
  "é",
];
const valueRegexes = [".*", ".+", "a", "a|b", "[0-9]+", "(?i)AB?C?", "^a", "a.*c", "\\d", "[^a]*", "a,b|b", "(a|b)+", "\\bab\\b", ""];

/** The `match` of a route. */
export function randomMatch(dice: Dice): JsonObject {
  return {
    ...randomPath(dice),
    ...dice.maybe(0.15, () => ({ case_sensitive: dice.chance(0.3) })),
    ...dice.maybe(0.35, () => ({ headers: dice.list(1, 3, () => randomHeader(dice)) })),
    ...dice.maybe(0.15, () => ({ query_parameters: dice.list(1, 2, () => randomQuery(dice)) })),
    ...dice.maybe(0.08, () => ({ cookies: dice.list(1, 2, () => randomCookie(dice)) })),
    ...dice.maybe(0.04, () => ({ grpc: {} })),
    ...dice.maybe(0.05, () => ({ runtime_fraction: { default_value: randomFraction(dice) } })),
    ...dice.maybe(0.02, () => ({ tls_context: { presented: dice.chance(0.5) } })),
    ...dice.maybe(0.02, () => ({
      dynamic_metadata: [{ filter: "f", path: [{ key: "k" }], value: { present_match: true }, invert: dice.chance(0.6) }],
    })),
  };
}

function randomPath(dice: Dice): JsonObject {
  const kind = dice.int(20);
  if (kind < 7) return { prefix: dice.chance(0.1) ? dice.pick(["", "a", "/a?"]) : dice.pick(pathWords) };
  if (kind < 11) return { path: dice.chance(0.05) ? dice.pick(["", "a", "/a?x=1"]) : dice.pick(pathWords) };
  if (kind < 14) return { path_separated_prefix: dice.pick(["/a", "/a/b", "/A", "/%61", "/a;p", "//a", "ab", "/a.b"]) };
  if (kind < 18)
    return {
      safe_regex: {
        regex: dice.chance(0.5) ? dice.pick(pathRegexes) : randomRegex(dice, "/"),
        ...dice.maybe(0.1, () => ({ google_re2: {} })),
      },
    };
  if (kind < 19) return { connect_matcher: {} };
  const config = {
    "@type": "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
    path_template: dice.chance(0.5) ? dice.pick(templates) : randomTemplate(dice),
  };
  return { path_match_policy: { name: "t", typed_config: config } };
}

export function randomFraction(dice: Dice): JsonObject {
  const denominator = dice.pick(["HUNDRED", "TEN_THOUSAND", "MILLION"]);
  const whole = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }[denominator]!;
  return { numerator: dice.pick([0, whole, whole, whole / 2, whole / 4, whole * 2]), denominator };
}

export function randomHeader(dice: Dice): JsonObject {
  const name = dice.chance(0.75) ? dice.pick(headerNames) : dice.chance(0.6) ? dice.pick(pseudoNames) : dice.pick(oddNames);
  return {
    name: dice.chance(0.1) ? name.toUpperCase() : name,
    // Envoy draws the id's digits: only a whole value can be known not to match.
    ...(name === "x-request-id" ? wholeValue(dice) : headerSpecifier(dice)),
    ...dice.maybe(0.25, () => ({ invert_match: true })),
    ...dice.maybe(0.2, () => ({ treat_missing_header_as_empty: true })),
  };
}

function wholeValue(dice: Dice): JsonObject {
  return dice.chance(0.5) ? { string_match: { exact: dice.pick(headerValues) } } : { present_match: dice.chance(0.6) };
}

function headerSpecifier(dice: Dice): JsonObject {
  const kind = dice.int(20);
  if (kind < 10) return { string_match: randomString(dice) };
  if (kind < 12) return { present_match: dice.chance(0.6) };
  if (kind < 14)
    return { range_match: { start: dice.pick(["-5", "0", "5", "9"]), end: dice.pick(["5", "6", "10", "-5", "9223372036854775807"]) } };
  if (kind < 15) return { exact_match: dice.pick(headerValues) };
  if (kind < 16) return { prefix_match: nonEmpty(dice) };
  if (kind < 17) return { suffix_match: nonEmpty(dice) };
  if (kind < 18) return { contains_match: nonEmpty(dice) };
  if (kind < 19) return { safe_regex_match: { regex: regex(dice) } };
  return {};
}

function nonEmpty(dice: Dice): string {
  return dice.pick(headerValues.filter((value) => value !== ""));
}

function regex(dice: Dice): string {
  return dice.chance(0.4) ? randomRegex(dice, "") : dice.pick(valueRegexes.filter((value) => value !== ""));
}

export function randomString(dice: Dice): JsonObject {
  const kind = dice.int(10);
  if (kind < 2) return { safe_regex: { regex: regex(dice) } };
  const ignore = dice.maybe(0.3, () => ({ ignore_case: true }));
  if (kind < 6) return { exact: dice.pick(headerValues), ...ignore };
  return { [dice.pick(["prefix", "suffix", "contains"])]: nonEmpty(dice), ...ignore };
}

export const queryNames = ["q", "Q", "p", "q%20", "é", "q q"];

function randomQuery(dice: Dice): JsonObject {
  const name = dice.chance(0.8) ? "q" : dice.pick(queryNames);
  const kind = dice.int(4);
  if (kind === 0) return { name, present_match: dice.chance(0.6) };
  return kind === 1 ? { name } : { name, string_match: randomString(dice) };
}

function randomCookie(dice: Dice): JsonObject {
  return { name: dice.pick(["s", "S", "t"]), string_match: randomString(dice), ...dice.maybe(0.3, () => ({ invert_match: true })) };
}
