import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HirHttp } from "../model.ts";
import { ask, get, route, routes, vhost, web } from "./build.ts";
import { type Row, tableSuite } from "./table.ts";

/** `a` for a.com, `b` for b.com, `c` for any other. */
const table = (more: Partial<HirHttp> = {}) =>
  web([vhost(["a.com"], [route({ to: "a" })]), vhost(["b.com", "b.com:80"], [route({ to: "b" })]), vhost(["*"], [route({ to: "c" })])], {
    http: more,
  });
const plain = table();
const head = (line: string, ...lines: readonly string[]) => ({ head: [line, ...lines, "", ""].join("\r\n") });
const target = (text: string) => head(`GET ${text} HTTP/1.1`, "Host: a.com");
const withLine = (line: string, method = "POST") => head(`${method} / HTTP/1.1`, "Host: a.com", line);
const grpc = "content-type: application/grpc";
const size = (length: number) => withLine(`x: ${"y".repeat(length)}`, "GET");
const many = (count: number, name = (i: number) => `h${i}`) =>
  head("GET / HTTP/1.1", "Host: a.com", ...Array.from({ length: count }, (_, i) => `${name(i)}: 1`));

const rows: readonly Row[] = [
  ["lower-case method", plain, head("get / HTTP/1.1", "Host: a.com"), "400"],
  ["unknown method", plain, head("FOO / HTTP/1.1", "Host: a.com"), "400"],
  ["a method that few know", plain, head("PROPFIND / HTTP/1.1", "Host: a.com"), "a"],
  ["a bad request line is refused before the head is complete", plain, { head: "FOO / HTTP/1.1\r\n" }, "400"],
  ["target without slash", plain, target("x"), "400"],
  ["space before the colon", plain, withLine("x : 1"), "400"],
  ["blank in a name", plain, withLine("x y: 1"), "400"],
  ["no name", plain, withLine(": 1"), "400"],
  ["no colon", plain, withLine("xyz"), "400"],
  ["byte above 0x7f in a name", plain, withLine("x\x80: 1"), "400"],
  ["NUL", plain, withLine("x: \0"), "400"],
  ["control", plain, withLine("x: \x1f"), "400"],
  ["DEL", plain, withLine("x: \x7f"), "400"],
  ["two content-lengths", plain, head("POST / HTTP/1.1", "Host: a.com", "content-length: 0", "content-length: 0"), "400"],
  ["content-length no number", plain, withLine("content-length: +5"), "400"],
  ["content-length empty", plain, withLine("content-length:"), "400"],
  ["content-length above uint64", plain, withLine("content-length: 99999999999999999999"), "400"],
  [
    "content-length with transfer-encoding",
    plain,
    head("POST / HTTP/1.1", "Host: a.com", "content-length: 1", "transfer-encoding: chunked"),
    "400",
  ],
  ["transfer-encoding chunked, any case", plain, withLine("transfer-encoding: Chunked"), "a"],
  ["another transfer-encoding", plain, withLine("transfer-encoding: gzip, chunked"), "501"],
  ["no Host", plain, head("GET / HTTP/1.1"), "400"],
  ["HTTP/1.0", plain, head("GET / HTTP/1.0", "Host: a.com"), "426"],
  ["HTTP/1.2", plain, head("GET / HTTP/1.2", "Host: a.com"), "426"],
  ["HTTP/2.0", plain, head("GET / HTTP/2.0", "Host: a.com"), "426"],
  ["no version", plain, head("GET /"), "426"],
  ["no version: the line is the head", plain, { head: "GET /\r\n" }, "426"],
  ["no version", plain, { head: "GET /\n" }, "426"],
  ["an impossible version", plain, head("GET / HTTP/1.1x", "Host: a.com"), "400"],
  ["a lower-case version", plain, head("GET / http/1.1", "Host: a.com"), "400"],
  ["accept_http_10", table({ acceptHttp10: true }), head("GET / HTTP/1.0", "Host: a.com"), "a"],
  ["accept_http_10 takes every version", table({ acceptHttp10: true }), head("GET / HTTP/1.2", "Host: a.com"), "a"],
  ["accept_http_10 without Host", table({ acceptHttp10: true }), head("GET / HTTP/1.0"), "400"],
  ["default_host_for_http_10", table({ acceptHttp10: true, defaultHostForHttp10: "b.com" }), head("GET / HTTP/1.0"), "b"],
  ["bare LF", plain, { head: "GET / HTTP/1.1\nHost: a.com\n\n" }, "a"],
  ["empty lines before the request line", plain, { head: "\r\n\n\r\nGET / HTTP/1.1\r\nHost: a.com\r\n\r\n" }, "a"],
  ["a blank before the request line", plain, { head: " GET / HTTP/1.1\r\nHost: a.com\r\n\r\n" }, "400"],
  ["two blanks in the request line", plain, head("GET  /  HTTP/1.1", "Host: a.com"), "a"],
  ["a blank after the version", plain, head("GET / HTTP/1.1 ", "Host: a.com"), "a"],
  ["one word", plain, head("GET"), "400"],
  ["obs-fold", plain, head("GET / HTTP/1.1", "Host: a.com", "x: 1", " 2"), "a"],
  ["obs-fold of nothing", plain, head("GET / HTTP/1.1", " x: 1", "Host: a.com"), "400"],
  ["obs-fold of Host", plain, head("GET / HTTP/1.1", "Host: a", " .com"), "400"],
  ["a line that starts with CR", plain, head("GET / HTTP/1.1", "Host: a.com", "\rx: 1"), "400"],
  ["CR inside a value", plain, withLine("x: a\rb"), "a"],
  ["an absolute target replaces Host", plain, target("http://b.com/p"), "b"],
  ["without Host", plain, head("GET http://b.com/p HTTP/1.1"), "b"],
  ["its port stays", plain, target("http://b.com:80/p"), "b"],
  ["its user does not", plain, target("http://u:p@b.com/"), "b"],
  ["schemes in any case", plain, target("HTTPS://b.com/"), "b"],
  ["ftp", plain, target("ftp://b.com/"), "400"],
  ["an absolute target without path", plain, target("http://b.com"), "b"],
  ["an absolute target with a query only", plain, target("http://b.com?x"), "404"],
  ["an absolute target with a fragment", plain, target("http://b.com#x"), "400"],
  ...["http:///p", "http://b.com:/", "http://b.com:x/", "http://b.com:99999/", "http://[::g]/", "http://a_b/", "http://a,b/"].map(
    (text): Row => ["an impossible absolute target", plain, target(text), "400"],
  ),
  ["an IPv6 host", plain, target("http://[::1]:80/"), "c"],
  ["https to an edge proxy", table({ useRemoteAddress: true }), target("https://b.com/"), "403"],
  ["allow_absolute_url false", table({ allowAbsoluteUrl: false }), target("http://b.com/"), "404"],
  ["OPTIONS *", plain, head("OPTIONS * HTTP/1.1", "Host: a.com"), "404"],
  ["GET *", plain, target("*"), "400"],
  ["CONNECT without port", plain, head("CONNECT a.com HTTP/1.1", "Host: a.com"), "400"],
  ["CONNECT with a path", plain, head("CONNECT /x HTTP/1.1", "Host: a.com"), "400"],
  ["CONNECT with a body", plain, head("CONNECT a.com:80 HTTP/1.1", "Host: a.com", "content-length: 3"), "400"],
  ["CONNECT with transfer-encoding", plain, head("CONNECT a.com:80 HTTP/1.1", "Host: a.com", "transfer-encoding: chunked"), "501"],
  ["a head under 60 KiB", plain, size(61_300), "a"],
  ["a head over 60 KiB", plain, size(61_500), "431"],
  ["a target over 60 KiB", plain, target(`/${"x".repeat(62_000)}`), "431"],
  ["max_request_headers_kb", table({ maxRequestHeadersKb: 1 }), size(1000), "431"],
  ["100 lines", plain, many(99), "a"],
  ["101 lines", plain, many(100), "431"],
  ["101 lines of one name", plain, many(100, () => "x"), "431"],
  ["joined lines count once", plain, many(120, () => "via"), "a"],
  ["max_headers_count", table({ maxHeadersCount: 3 }), many(3), "431"],
  ["upgrade: websocket", plain, head("GET / HTTP/1.1", "Host: a.com", "upgrade: websocket", "connection: upgrade"), "403"],
  ["upgrade without connection", plain, head("GET / HTTP/1.1", "Host: a.com", "upgrade: websocket"), "a"],
  ["what follows the head is not looked at", plain, { head: "GET / HTTP/1.1\r\nHost: a.com\r\n\r\nFOO bar" }, "a"],
  ["an incomplete head", plain, { head: "GET / HTTP/1.1\r\nHost: a.com\r\n" }, "error incomplete"],
  ["an incomplete line", plain, { head: "g" }, "error incomplete"],
  ["empty lines only", plain, { head: "\r\n" }, "error incomplete"],
  ["gRPC: refused by the connection manager", plain, head("GET /#x HTTP/1.1", "Host: a.com", grpc), "200"],
  ["gRPC: refused by the codec", plain, head("GET / HTTP/1.1", "Host: a b", grpc), "400"],
];
tableSuite("HTTP/1 heads", rows).run();

const words = suite("why");
words("a refused head is a bad request, a target that is no path has no route", () => {
  assert.is(ask(plain, target("x")).why, "bad_request");
  assert.is(ask(plain, head("OPTIONS * HTTP/1.1", "Host: a.com")).why, "no_route");
  assert.is(ask(routes([]), get()).why, "no_route");
});
words.run();
