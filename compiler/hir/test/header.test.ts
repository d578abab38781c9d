import type { HirHeaderMatch, HirHttp, HirRouteConfig } from "../model.ts";
import { get, header, regex, route, routes, text } from "./build.ts";
import { type Row, tableSuite } from "./table.ts";

/** `a` if all match, else `b`. */
const when = (
  matches: HirHeaderMatch | readonly HirHeaderMatch[],
  more: { http?: Partial<HirHttp>; config?: Partial<HirRouteConfig> } = {},
) => routes([route({ match: { headers: [matches].flat() as readonly HirHeaderMatch[] }, to: "a" }), route({ to: "b" })], more);
const exact = (name: string, value: string, more: Partial<HirHeaderMatch> = {}) => header(name, text("exact", value), more);
const present = (name: string, more: Partial<HirHeaderMatch> = {}) => header(name, { kind: "present", present: true }, more);
const absent = (name: string, more: Partial<HirHeaderMatch> = {}) => header(name, { kind: "present", present: false }, more);
const range = (start: string, end: string, more: Partial<HirHeaderMatch> = {}) => header("x-a", { kind: "range", start, end }, more);
const invert = { invert: true };
const asEmpty = { missingAsEmpty: true };
const lines = (...list: readonly string[]) => get("/", list);
const head = (...list: readonly string[]) => ({
  head: `GET / HTTP/1.1\r\nHost: a.com\r\n${list.map((line) => `${line}\r\n`).join("")}\r\n`,
});

const joined =
  "accept accept-encoding access-control-request-headers access-control-request-method authentication authorization cache-control cdn-loop " +
  "content-encoding content-type expect grpc-accept-encoding grpc-timeout if-match if-modified-since if-none-match origin pragma referer " +
  "user-agent via x-envoy-attempt-count x-envoy-decorator-operation x-envoy-downstream-service-cluster x-envoy-external-address " +
  "x-envoy-original-path x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-request-id";

const repeated: readonly Row[] = [
  ["any line may match", when(exact("x-a", "abc")), lines("x-a: abc", "x-a: def"), "a"],
  ["any line may match", when(exact("x-a", "def")), lines("x-a: abc", "x-a: def"), "a"],
  ["values are not joined", when(exact("x-a", "abc,def")), lines("x-a: abc", "x-a: def"), "b"],
  ["values are not joined", when(header("x-a", text("contains", "c,d"))), lines("x-a: abc", "x-a: def"), "b"],
  ["inverted: no line may match", when(exact("x-a", "abc", invert)), lines("x-a: abc", "x-a: def"), "b"],
  ["inverted: no line may match", when(exact("x-a", "x", invert)), lines("x-a: abc", "x-a: def"), "a"],
  ["range: any line", when(range("5", "6")), lines("x-a: 1", "x-a: 5"), "a"],
  ["one line with a comma is one value", when(exact("x-a", "abc,def")), lines("x-a: abc,def"), "a"],
  ...joined.split(" ").map((name): Row => [`${name} is joined`, when(exact(name, "abc,def")), lines(`${name}: abc`, `${name}: def`), "a"]),
  ...["accept-language", "forwarded", "x-real-ip", "range", "traceparent", "cookie"].map(
    (name): Row => [`${name} is not joined`, when(exact(name, "abc")), lines(`${name}: abc`, `${name}: def`), "a"],
  ),
  ["cookie is not joined with a semicolon", when(exact("cookie", "a=1; b=2")), lines("cookie: a=1", "cookie: b=2"), "b"],
  ["an empty line adds nothing to a joined one", when(exact("via", "abc")), lines("via: abc", "via:"), "a"],
];

const missing: readonly Row[] = [
  ["exact", when(exact("x-a", "abc")), lines(), "b"],
  ["exact inverted", when(exact("x-a", "abc", invert)), lines(), "b"],
  ["range inverted", when(range("0", "1", invert)), lines(), "b"],
  ["regex .*", when(header("x-a", regex(".*"))), lines(), "b"],
  ["as empty: exact inverted", when(exact("x-a", "abc", { ...invert, ...asEmpty })), lines(), "a"],
  ["as empty: regex .*", when(header("x-a", regex(".*"), asEmpty)), lines(), "a"],
  ["as empty: range", when(range("-1", "1", asEmpty)), lines(), "b"],
  ["present matches an empty value", when(present("x-a")), lines("x-a:"), "a"],
  ["present", when(present("x-a")), lines(), "b"],
  ["present inverted", when(present("x-a", invert)), lines(), "a"],
  ["present inverted", when(present("x-a", invert)), lines("x-a: 1"), "b"],
  ["absent", when(absent("x-a")), lines(), "a"],
  ["absent", when(absent("x-a")), lines("x-a: 1"), "b"],
  ["absent inverted", when(absent("x-a", invert)), lines("x-a: 1"), "a"],
  ["as empty a missing header is present", when(present("x-a", asEmpty)), lines(), "a"],
  ["as empty a missing header is not absent", when(absent("x-a", asEmpty)), lines(), "b"],
  ["the empty exact value", when(exact("x-a", "")), lines("x-a:"), "a"],
  ["the empty exact value", when(exact("x-a", "")), lines("x-a: 1"), "b"],
];

const values: readonly Row[] = [
  ["exact", when(exact("x-a", "abc")), lines("x-a: ABC"), "b"],
  ["ignore_case: exact", when(header("x-a", text("exact", "aBc", true))), lines("x-a: AbC"), "a"],
  ["ignore_case: prefix", when(header("x-a", text("prefix", "AB", true))), lines("x-a: abc"), "a"],
  ["ignore_case: suffix", when(header("x-a", text("suffix", "BC", true))), lines("x-a: abc"), "a"],
  ["ignore_case: contains", when(header("x-a", text("contains", "B", true))), lines("x-a: abc"), "a"],
  ["ignore_case is for ASCII", when(header("x-a", text("exact", "Ü", true))), lines("x-a: Ã¼"), "b"],
  ["prefix", when(header("x-a", text("prefix", "ab"))), lines("x-a: abc"), "a"],
  ["suffix", when(header("x-a", text("suffix", "bc"))), lines("x-a: abc"), "a"],
  ["contains", when(header("x-a", text("contains", "b"))), lines("x-a: abc"), "a"],
  ["a configured ü is two bytes", when(exact("x-a", "ü")), lines("x-a: Ã¼"), "a"],
  ["a regex reads bytes: one of two", when(header("x-a", regex("."))), lines("x-a: Ã¼"), "b"],
  ["a regex reads bytes: two", when(header("x-a", regex(".."))), lines("x-a: Ã¼"), "a"],
  ["a regex reads bytes: a configured ü", when(header("x-a", regex("ü"))), lines("x-a: Ã¼"), "a"],
  ["a regex reads bytes: no UTF-8", when(header("x-a", regex("\\xff|[^a]"))), lines("x-a: \xff"), "a"],
  ["a regex is for the whole value", when(header("x-a", regex("b"))), lines("x-a: abc"), "b"],
  ...["5", "05", "+5", "-5", " 5 "].map((value): Row => ["range takes", when(range("-5", "6")), lines(`x-a: ${value}`), "a"]),
  ...["", "5.0", "5e0", "0x5", "5 6", "5,6", "9223372036854775808", "+-5", "- 5"].map(
    (value): Row => ["range takes no", when(range("-5", "6")), lines(`x-a: ${value}`), "b"],
  ),
  ["a non-number matches when inverted", when(range("-5", "6", invert)), lines("x-a: x"), "a"],
  ["the end is not in the range", when(range("1", "5")), lines("x-a: 5"), "b"],
  ["int64", when(range("9223372036854775806", "9223372036854775807")), lines("x-a: 9223372036854775806"), "a"],
  ["int64, least", when(range("-9223372036854775808", "0")), lines("x-a: -9223372036854775808"), "a"],
  ["a reversed range", when(range("6", "-5")), lines("x-a: 5"), "b"],
  ["values are trimmed", when(exact("x-a", "1")), head("x-a: \t 1 \t "), "a"],
  ["folded lines", when(exact("x-a", "1 folded")), head("x-a: 1", " folded"), "a"],
  ["folded lines keep their blanks", when(exact("x-a", "1  \t2")), head("x-a: 1", "  \t2"), "a"],
  ["bytes above 0x7f pass", when(exact("x-a", "ÿ")), head("x-a: Ã¿"), "a"],
  ["control bytes", when(present("x-a")), head("x-a: \x01"), "400"],
  ["names have no case", when(exact("x-a", "1")), head("X-A: 1"), "a"],
  ["several matchers are ANDed", when([exact("x-a", "1"), exact("x-b", "2")]), lines("x-a: 1"), "b"],
  ["several matchers are ANDed", when([exact("x-a", "1"), exact("x-b", "2")]), lines("x-a: 1", "x-b: 2"), "a"],
];

const underscores = (action: HirHttp["underscores"]) => when(present("x_u"), { http: { underscores: action } });
const internal = { useRemoteAddress: true, internalCidrs: [{ ip: "10.0.0.0", length: 8 }] };
const internalOnly = { config: { internalOnlyHeaders: ["x-in"] } };
const before: readonly Row[] = [
  ["underscores pass", underscores("allow"), lines("x_u: 1"), "a"],
  ["DROP_HEADER", underscores("drop"), lines("x_u: 1"), "b"],
  ["REJECT_REQUEST", underscores("reject"), lines("x_u: 1"), "400"],
  [":authority as sent", when(exact(":authority", "A.com:80")), get("/", [], "A.com:80"), "a"],
  [":authority after strip", when(exact(":authority", "A.com"), { http: { stripHostPort: "any" } }), get("/", [], "A.com:80"), "a"],
  [":path with query", when(exact(":path", "/?q=1")), get("/?q=1"), "a"],
  [":method", when(exact(":method", "GET")), get(), "a"],
  [":scheme", when(exact(":scheme", "http")), get(), "a"],
  [":scheme of an absolute target", when(exact(":scheme", "https")), { head: "GET HTTPS://a.com/ HTTP/1.1\r\nHost: x\r\n\r\n" }, "a"],
  [":scheme of x-forwarded-proto", when(exact(":scheme", "https")), lines("x-forwarded-proto: HTTPS"), "a"],
  [":scheme of x-forwarded-proto, not a scheme", when(exact(":scheme", "http")), lines("x-forwarded-proto: ftp"), "a"],
  [
    "use_remote_address overwrites it first",
    when(exact(":scheme", "https"), { http: { useRemoteAddress: true } }),
    lines("x-forwarded-proto: https"),
    "b",
  ],
  ["scheme_to_overwrite", when(exact(":scheme", "https"), { http: { schemeOverwrite: "https" } }), lines("x-forwarded-proto: http"), "a"],
  ...[
    "connection: close",
    "keep-alive: 1",
    "proxy-connection: 1",
    "te: gzip",
    "upgrade: foo",
    "x-envoy-retry-on: 5xx",
    "x-envoy-max-retries: 2",
    "x-envoy-internal: true",
  ].map((line): Row => [`${line} is gone`, when(present(line.split(":")[0]!)), lines(line), "b"]),
  ["te: trailers stays", when(exact("te", "trailers")), lines("te: gzip, trailers"), "a"],
  [
    "upgrade to h2c is gone",
    when([absent("upgrade"), absent("http2-settings")]),
    lines("upgrade: h2c", "connection: upgrade, http2-settings", "http2-settings: x"),
    "a",
  ],
  ["headers that connection names", when(absent("x-a")), lines("x-a: 1", "connection: X-A, close"), "a"],
  ["connection may not name x-forwarded-for", when(absent("x-a")), lines("connection: x-forwarded-for"), "400"],
  ["connection may not name a pseudo header", when(absent("x-a")), lines("connection: close, :path"), "400"],
  ["connection names nine", when(absent("x-a")), lines("connection: a,b,c,d,e,f,g,h,i"), "a"],
  ["connection names ten", when(absent("x-a")), lines("connection: a,b,c,d,e,f,g,h,i,j"), "400"],
  ["connection names host", when(absent("x-a")), lines("connection: host"), "400"],
  ["expect: 100-continue is gone", when(absent("expect")), lines("expect: 100-continue"), "a"],
  ["x-envoy-original-path stays", when(present("x-envoy-original-path")), lines("x-envoy-original-path: /"), "a"],
  ["x-request-id is always there", when(header("x-request-id", regex("[0-9a-f-]{36}"))), get(), "a"],
  ["the client's x-request-id stays", when(exact("x-request-id", "1")), lines("x-request-id: 1"), "a"],
  ["unless this is the edge", when(exact("x-request-id", "1"), { http: { useRemoteAddress: true } }), lines("x-request-id: 1"), "b"],
  ["x-forwarded-proto is always there", when(exact("x-forwarded-proto", "http")), get(), "a"],
  ["an empty x-forwarded-proto: no route", when(present("x-forwarded-proto")), lines("x-forwarded-proto:"), "404"],
  ["x-forwarded-for is not", when(absent("x-forwarded-for")), get(), "a"],
  [
    "use_remote_address adds it",
    when(exact("x-forwarded-for", "1.2.3.4,5.6.7.8"), { http: { useRemoteAddress: true } }),
    { ...lines("x-forwarded-for: 1.2.3.4"), from: "5.6.7.8:1" },
    "a",
  ],
  ["a referer with a fragment is gone", when(absent("referer")), lines("referer: http://a.com/#x"), "a"],
  ["a relative referer stays", when(present("referer")), lines("referer: /x?y"), "a"],
  ["internal_only_headers are removed", when(absent("x-in"), internalOnly), lines("x-in: 1"), "a"],
  [
    "RFC 1918 is not internal by default",
    when(absent("x-envoy-internal"), { http: { useRemoteAddress: true } }),
    { ...get(), from: "10.1.1.1:1" },
    "a",
  ],
  ["internal_address_config", when(exact("x-envoy-internal", "true"), { http: internal }), { ...get(), from: "10.1.1.1:1" }, "a"],
  [
    "an internal client's headers stay",
    when([present("x-in"), present("x-envoy-retry-on")], { http: internal, ...internalOnly }),
    { ...lines("x-in: 1", "x-envoy-retry-on: x"), from: "10.1.1.1:1" },
    "a",
  ],
  [
    "an external client with internal_address_config",
    when(absent("x-envoy-internal"), { http: internal }),
    { ...get(), from: "11.1.1.1:1" },
    "a",
  ],
  [
    "internal by a single x-forwarded-for",
    when(present("x-envoy-internal"), { http: { ...internal, useRemoteAddress: false } }),
    lines("x-forwarded-for: 10.1.1.1"),
    "a",
  ],
];
const added = routes([
  route({ match: { headers: [present("x-new")] }, to: "a" }, { treatment: {} }),
  route({ to: "b" }, { treatment: { requestHeadersAdd: [{ name: "x-new", value: "1", action: "append_or_add", keepEmpty: false }] } }),
]);

tableSuite("repeated header lines", repeated).run();
tableSuite("missing headers", missing).run();
tableSuite("header values", values).run();
tableSuite("headers before routing", [...before, ["request_headers_to_add do not influence matching", added, get(), "b"]]).run();
