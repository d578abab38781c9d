import type { HirHttp, HirPathMatch, HirRouteConfig } from "../model.ts";
import { get, prefix, route, routes } from "./build.ts";
import { type Row, tableSuite } from "./table.ts";

const path = (value: string): HirPathMatch => ({ kind: "path", value });
const separated = (value: string): HirPathMatch => ({ kind: "path_separated_prefix", value });
const regex = (expression: string): HirPathMatch => ({ kind: "regex", regex: expression });
const template = (text: string, expression: string): HirPathMatch => ({ kind: "template", template: text, regex: expression });
/** `a` if the path matches, else `b`. */
const one = (match: HirPathMatch, caseSensitive = true, more: { http?: Partial<HirHttp>; config?: Partial<HirRouteConfig> } = {}) =>
  routes([route({ path: match, match: { caseSensitive }, to: "a" }), route({ path: prefix(""), to: "b" })], more);
const normal = (value: string, more: Partial<HirHttp> = {}) => one(path(value), true, { http: { normalizePath: true, ...more } });
const slashes = (action: HirHttp["escapedSlashes"]) => one(path("/a/b"), true, { http: { escapedSlashes: action } });
const params = (match: HirPathMatch) => one(match, true, { config: { ignorePathParameters: true } });

const rows: readonly Row[] = [
  ["first match wins", routes([route({ to: "a" }), route({ path: prefix("/long"), to: "b" })]), get("/long"), "a"],
  ["the query is not part of the path", one(path("/a?x=1")), get("/a?x=1"), "b"],
  ["nor of a prefix", one(prefix("/a?")), get("/a?x=1"), "b"],
  ["nor of a regex", one(regex("/a\\?x=1")), get("/a?x=1"), "b"],
  ["/a? equals /a", one(path("/a")), get("/a?"), "a"],
  ["# in the path", one(prefix("/")), get("/a#b"), "400"],
  ["# in the query", one(prefix("/")), get("/a?b#c"), "400"],
  ...["/a", "/a/", "/a/b", "/a//b", "/a?x"].map((text): Row => ["path_separated_prefix takes", one(separated("/a")), get(text), "a"]),
  ...["/ab", "/a%2Fb", "/a;x", "/b"].map((text): Row => ["path_separated_prefix takes not", one(separated("/a")), get(text), "b"]),
  ["case_sensitive false: prefix", one(prefix("/A"), false), get("/ab"), "a"],
  ["case_sensitive false: path", one(path("/aB"), false), get("/Ab"), "a"],
  ["case_sensitive false: path_separated_prefix", one(separated("/aB"), false), get("/Ab/c"), "a"],
  ["case_sensitive false has no effect on a regex", one(regex("/A"), false), get("/a"), "b"],
  ["case_sensitive is the default", one(prefix("/A")), get("/a"), "b"],
  ["the empty prefix", one(prefix("")), get("/x"), "a"],
  ["a prefix without slash", one(prefix("a")), get("/a"), "b"],
  ["the empty path", one(path("")), get("/"), "b"],
  ["a regex matches the whole path", one(regex("/a|/b")), get("/b"), "a"],
  ["a regex matches the whole path", one(regex("/a|/b")), get("/bc"), "b"],
  ["a regex matches the whole path", one(regex("a")), get("/a"), "b"],
  ["anchors are redundant", one(regex("^/a$")), get("/a"), "a"],
  ["(?i)", one(regex("(?i)/A")), get("/a"), "a"],
  ["named groups", one(regex("/(?P<x>a)(?<y>b)")), get("/ab"), "a"],
  ["uri_template", one(template("/a/*", "/a/[^/]+")), get("/a/b"), "a"],
  ["uri_template", one(template("/a/*", "/a/[^/]+")), get("/a/b/"), "b"],
  ["dot segments are literal", one(path("/./a")), get("/./a"), "a"],
  ["double slashes are literal", one(path("//a")), get("//a"), "a"],
  ["escapes are literal", one(path("/a")), get("/%61"), "b"],
  ["escapes are literal", one(prefix("/%61")), get("/%61"), "a"],
  ["normalize_path: dot segments", normal("/b"), get("/a/../b"), "a"],
  ["normalize_path: escaped dots", normal("/b"), get("/a/%2e%2E/b"), "a"],
  ["normalize_path: unreserved escapes", normal("/a~"), get("/%61%7e"), "a"],
  ["normalize_path: backslash", normal("/a/b"), get("/a\\b"), "a"],
  ["normalize_path: %2F stays", normal("/a%2Fb"), get("/a%2Fb"), "a"],
  ["normalize_path: %5C stays", normal("/a%5Cb"), get("/a%5Cb"), "a"],
  ["normalize_path: invalid escapes stay", normal("/a%zz"), get("/a%zz"), "a"],
  ["normalize_path: %00", normal("/a"), get("/a%00"), "400"],
  ["normalize_path: above the root", normal("/"), get("/.."), "a"],
  ["normalize_path: // stays", normal("/a//b"), get("/a//b"), "a"],
  ["normalize_path: the query stays", normal("/a"), get("/a?/../%61"), "a"],
  ["normalize_path: a last dot segment leaves a slash", normal("/a/"), get("/a/b/.."), "a"],
  ["normalize_path: what is no dot segment", normal("/a/..b/.c"), get("/a/..b/.c"), "a"],
  ["normalize_path: dot segments with parameters", normal("/b"), get("/a/..;x/.;y/b"), "a"],
  ["normalize_path: escaped ones are none", normal("/a/..;x/b"), get("/a/%2e%2e;x/b"), "a"],
  ["normalize_path: odd bytes are escaped", normal("/%22%3C%5E%60%7B%7C%7D%3E"), get('/"<^`{|}>'), "a"],
  ["merge_slashes", one(path("/a/b/"), true, { http: { mergeSlashes: true } }), get("//a///b//"), "a"],
  ["merge_slashes: nothing but slashes", one(path("//"), true, { http: { mergeSlashes: true } }), get("///"), "a"],
  ["merge_slashes does not normalise", one(path("/./a"), true, { http: { mergeSlashes: true } }), get("//.//a"), "a"],
  ["merge_slashes after normalising", normal("/a/b", { mergeSlashes: true }), get("/a//./b"), "a"],
  ["escaped slashes are kept", slashes("keep"), get("/a%2fb"), "b"],
  ["REJECT_REQUEST", slashes("reject"), get("/a%5Cb"), "400"],
  ["REJECT_REQUEST leaves the query alone", slashes("reject"), get("/a/b?%2f"), "a"],
  ["UNESCAPE_AND_REDIRECT", slashes("unescape_and_redirect"), get("/a%2fb?x%2f"), "307 /a/b?x%2f"],
  ["UNESCAPE_AND_FORWARD", slashes("unescape_and_forward"), get("/a%2Fb"), "a"],
  ["UNESCAPE_AND_FORWARD, backslash", slashes("unescape_and_forward"), get("/a%5cb"), "b"],
  ["ignore_path_parameters", params(path("/a/b")), get("/a;x/b;y?;z"), "a"],
  ["ignore_path_parameters", params(path("/a/")), get("/a/;x"), "a"],
  ["ignore_path_parameters", params(path("/a")), get("/a/;x"), "b"],
  ["ignore_path_parameters: regex", params(regex("/r/s")), get("/r;1/s"), "a"],
  ["ignore_path_parameters: not for templates", params(template("/t/*", "/t/[^/]+")), get("/t/;1"), "a"],
  ...["/a\x80", "/a\tb", "/a b"].map((text): Row => ["a bad byte in the target", one(prefix("/")), get(text), "400"]),
  ["quotes and the like pass", one(path('/"<>\\^`{|}')), get('/"<>\\^`{|}'), "a"],
];
tableSuite("paths", rows).run();
