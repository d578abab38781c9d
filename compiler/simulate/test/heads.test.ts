/** The head reader alone: what a real Envoy 1.40 answered (status), byte for byte. 200 is a direct response of any route. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HirHttp, HirModel, Outcome } from "../../hir/index.ts";
import { parseSocketAddress } from "../../hir/ip.ts";
import { address, header, route, routes } from "../../hir/test/build.ts";
import { bytes } from "../questions/connections.ts";
import { engineOf } from "./load.ts";

const heads = suite("heads");
const to = parseSocketAddress(address)!;
const ok = { kind: "respond", status: 200, body: "" } as const;

function status(outcome: Outcome): number | string {
  return outcome.kind === "respond"
    ? outcome.status
    : outcome.kind === "error"
      ? outcome.why
      : outcome.kind === "redirect"
        ? outcome.by
        : outcome.kind;
}

async function ask(hir: HirModel, head: string): Promise<number | string> {
  const engine = await engineOf(hir, { generic: true });
  return status(engine.decide({ to, from: { ip: "127.0.0.1", port: 9 }, first: bytes(head) }).decision.shares[0]!.outcome);
}

const any = (http: Partial<HirHttp> = {}): HirModel => routes([route({ to: ok })], { http });
const withHost = (line: string) => `${line}\r\nhost: h\r\n\r\n`;
const withHeaders = (...lines: readonly string[]) => `GET / HTTP/1.1\r\nhost: h\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;

const plain: readonly (readonly [string, number | string])[] = [
  [withHost("GET /a HTTP/1.1"), 200],
  [`\r\n\r\n\r\n\r\n${withHost("GET /a HTTP/1.1")}`, 200],
  [` ${withHost("GET /a HTTP/1.1")}`, 400],
  [withHost("GET  /a   HTTP/1.1"), 200],
  [withHost("GET\t/a\tHTTP/1.1"), 200],
  ["GET /a HTTP/1.1 \t \nhost: h\n\n", 200],
  [withHost("GET /a HTTP/1.1\r"), 200],
  [withHost("GET /a"), 426],
  [withHost("GET /a "), 426],
  [withHost("GET"), 400],
  [withHost("GET /a HTTP/11"), 400],
  [withHost("GET /a http/1.1"), 400],
  [withHost("GET /a HTTP/1.10"), 400],
  [withHost("GET /a HTTP/0.9"), 426],
  [withHost("GET /a HTTP/9.9"), 426],
  [withHost("GET /a\x01b HTTP/1.1"), 400],
  [withHost("GET /a\x7fb HTTP/1.1"), 400],
  [withHost("GET /a\x80b HTTP/1.1"), 400],
  [withHost("get /a HTTP/1.1"), 400],
  [withHost("MSEARCH /a HTTP/1.1"), 200],
  [withHost("M-SEARCH /a HTTP/1.1"), 400],
  [withHost("QUERY /a HTTP/1.1"), 400],
  [withHost("GET /a#b HTTP/1.1"), 400],
  [withHost("GET * HTTP/1.1"), 400],
  [withHost("OPTIONS * HTTP/1.1"), 404],
  [withHost("GET http://b/p HTTP/1.1"), 200],
  ["GET http://b/p HTTP/1.1\r\n\r\n", 200],
  [withHost("GET http://b?x HTTP/1.1"), 404],
  [withHost("GET http://u@b/p HTTP/1.1"), 200],
  [withHost("GET http://b:99999/ HTTP/1.1"), 400],
  [withHost("GET http://b:/ HTTP/1.1"), 400],
  [withHost("GET http:///p HTTP/1.1"), 400],
  [withHost("GET http://[::1]:8/p HTTP/1.1"), 200],
  [withHost("GET http://[::1/ HTTP/1.1"), 400],
  [withHost("GET http://b_c/ HTTP/1.1"), 400],
  [withHost("GET ftp://b/ HTTP/1.1"), 400],
  [withHost("CONNECT h:80 HTTP/1.1"), 404],
  [withHost("CONNECT h HTTP/1.1"), 400],
  [withHeaders("x-a : 1"), 400],
  [withHeaders("x-a"), 400],
  [withHeaders(": 1"), 400],
  [withHeaders("x-a: 1\x00"), 400],
  [withHeaders("x-a: 1\x7f"), 400],
  [withHeaders("x-a: a\tb"), 200],
  [withHeaders("x-a: a\rb"), 200],
  [withHeaders("x-a: 1", " folded"), 200],
  [withHeaders("x|~!#$%&'*+.^_`: 1"), 200],
  [withHeaders("x@a: 1"), 400],
  [withHeaders("content-length: 0", "content-length: 0"), 400],
  [withHeaders("content-length: +1"), 400],
  [withHeaders("content-length: 18446744073709551615"), 200],
  [withHeaders("content-length: 18446744073709551616"), 400],
  [withHeaders("transfer-encoding: gzip"), 501],
  [withHeaders("transfer-encoding: Chunked"), 200],
  [withHeaders("transfer-encoding: chunked", "transfer-encoding: chunked"), 501],
  [withHeaders("transfer-encoding: identity", "content-length: 3"), 400],
  [withHeaders("connection: x-forwarded-for"), 400],
  [withHeaders("connection: a, :path"), 400],
  [withHeaders("connection: host"), 400],
  [withHeaders("connection: a,b,c,d,e,f,g,h,i"), 200],
  [withHeaders("connection: a,b,c,d,e,f,g,h,i,j"), 400],
  [withHeaders("connection: upgrade", "upgrade: foo"), 403],
  [withHeaders("connection: upgrade", "upgrade: h2c"), 200],
  [withHeaders("upgrade: foo"), 200],
  [withHeaders("x-forwarded-proto:"), 404],
  ["GET / HTTP/1.1\r\n\r\n", 400],
  ["GET / HTTP/1.1\r\n host: h\r\n\r\n", 400],
  ["GET / HTTP/1.1\r\nhost: \r\n\r\n", 200],
  ["GET / HTTP/1.1\r\nhost: a|b\r\n\r\n", 400],
  ["GET / HTTP/1.1\r\nhost: a,b\r\n\r\n", 200],
  [withHeaders(...Array.from({ length: 99 }, (_, i) => `x-${i}: 1`)), 200],
  [withHeaders(...Array.from({ length: 100 }, (_, i) => `x-${i}: 1`)), 431],
  [withHeaders(...Array.from({ length: 200 }, () => "via: 1")), 200],
  [withHeaders(`x-a: ${"a".repeat(61_300)}`), 200],
  [withHeaders(`x-a: ${"a".repeat(62_000)}`), 431],
  [withHost(`GET /${"a".repeat(62_000)} HTTP/1.1`), 431],
  ["GET / HTTP/1.1\r\nhost: h\r\n", "incomplete"],
  ["GET / HT", "incomplete"],
  ["\r\n", "incomplete"],
];

heads("status by head", async () => {
  const engine = await engineOf(any(), { generic: true });
  for (const [head, wanted] of plain) {
    const { outcome } = engine.decide({ to, first: bytes(head) }).decision.shares[0]!;
    assert.is(status(outcome), outcome.kind === "punt" ? "punt" : wanted, JSON.stringify(head.slice(0, 120)));
  }
});

/** What :path a path becomes. */
const normalized: readonly (readonly [string, string])[] = [
  ["/a/./b", "/a/b"],
  ["/a/../b", "/b"],
  ["/..", "/"],
  ["/a/..", "/"],
  ["/a/.", "/a/"],
  ["/a//../b", "/a/b"],
  ["/a/%2E%2e/b", "/b"],
  ["/%7e", "/~"],
  ["/%2f", "/%2f"],
  ["/a\\..\\b", "/b"],
  ["/%zz", "/%zz"],
  ["/%", "/%"],
  ["/%41?%61", "/A?%61"],
  ["/a/...", "/a/..."],
  ["//a", "//a"],
  ["/%2561", "/%2561"],
  ["/a/%2e%2e%2fb", "/a/..%2fb"],
  ["/a/..;/b", "/b"],
  ["/a/.;x/b", "/a/b"],
  ["/a/..;x\\b", "/"],
  ["/a/%2e%2e;/b", "/a/..;/b"],
  ["/a/..;x?q", "/?q"],
  ['/"', "/%22"],
  ["/^", "/%5E"],
  ["/|", "/%7C"],
  ["/a/b/..?x", "/a/?x"],
];

const merged: readonly (readonly [string, string])[] = [
  ["//", "//"],
  ["///", "//"],
  ["//a//b//", "/a/b/"],
  ["/a//", "/a/"],
  ["//?//", "//?//"],
  ["/a//b?x//y", "/a/b?x//y"],
];

async function pathIs(http: Partial<HirHttp>, path: string, wanted: string): Promise<boolean> {
  const hir = routes([route({ match: { headers: [header(":path", { kind: "exact", value: wanted, ignoreCase: false })] }, to: ok })], {
    http,
  });
  return (await ask(hir, withHost(`GET ${path} HTTP/1.1`))) === 200;
}

heads("normalize_path", async () => {
  for (const [path, wanted] of normalized) assert.ok(await pathIs({ normalizePath: true }, path, wanted), `${path} -> ${wanted}`);
  assert.is(await ask(any({ normalizePath: true }), withHost("GET /%00 HTTP/1.1")), 400);
});

heads("merge_slashes", async () => {
  for (const [path, wanted] of merged) assert.ok(await pathIs({ mergeSlashes: true }, path, wanted), `${path} -> ${wanted}`);
});

heads("escaped slashes", async () => {
  assert.ok(await pathIs({ escapedSlashes: "unescape_and_forward" }, "/a%2F%5cb?%2f", "/a/\\b?%2f"));
  assert.is(await ask(any({ escapedSlashes: "unescape_and_redirect" }), withHost("GET /a%2fb HTTP/1.1")), "escaped_slashes");
  assert.is(await ask(any({ escapedSlashes: "reject" }), withHost("GET /a%2fb HTTP/1.1")), 400);
});

heads("what does not fit the state is left to a proxy", async () => {
  const long = withHeaders(`x-a: ${"a".repeat(70_000)}`);
  assert.is(await ask(any({ maxRequestHeadersKb: 96 }), long), "punt");
  assert.is(await ask(any(), long), 431);
  assert.is(await ask(any(), withHeaders(...Array.from({ length: 1100 }, () => "via: 1"))), "punt");
});

heads.run();
