import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HirAction, HirRedirect } from "../model.ts";
import { ask, cluster, forward, fraction, get, prefix, route, routes, text, web, weighted } from "./build.ts";
import { type Row, tableSuite } from "./table.ts";

const to = (action: HirAction | string) => routes([route({ to: action })], { clusters: [cluster("empty", { priorities: [] })] });
const grpc = get("/", ["content-type: application/grpc"]);
const byHeader: HirAction = forward({ kind: "cluster_header", header: "x-c" });
const numbered = forward(weighted({ a: 1, b: 2 }, "x-n"));
const number = (...values: readonly string[]) =>
  get(
    "/",
    values.map((value) => `x-n: ${value}`),
  );
const headerEntry = forward({
  kind: "weighted",
  entries: [
    { path: "w0", weight: 1, target: { kind: "cluster", cluster: "a" }, treatment: {} },
    { path: "w1", weight: 1, target: { kind: "cluster_header", header: "x-c" }, treatment: {} },
  ],
});
const redirect = (parts: Partial<HirRedirect>, path = prefix("/")) =>
  routes([route({ path, to: { kind: "redirect", redirect: { status: 301, https: false, stripQuery: false, ...parts } } })]);
const https = { https: true };
const respond = (status: number, body = "") => to({ kind: "respond", status, body });

const rows: readonly Row[] = [
  ["no virtual host", web([]), get(), "404"],
  ["no route", routes([route({ path: prefix("/x"), to: "a" })]), get(), "404"],
  ["an unknown cluster", to("nope"), get(), "503"],
  ["cluster_not_found_response_code", to(forward("nope", { notFoundStatus: 404 })), get(), "404"],
  ["no endpoint", to("empty"), get(), "503"],
  ["gRPC: no route", routes([]), grpc, "200"],
  ["gRPC: an unknown cluster", to("nope"), grpc, "200"],
  ["gRPC: no endpoint", to("empty"), grpc, "200"],
  ["gRPC: a direct response", respond(403), grpc, "200"],
  ["cluster_header", to(byHeader), get("/", ["x-c: b"]), "b"],
  ["cluster_header: the first line", to(byHeader), get("/", ["x-c: b", "x-c: a"]), "b"],
  ["cluster_header is case-sensitive", to(byHeader), get("/", ["x-c: B"]), "503"],
  ["cluster_header: no list", to(byHeader), get("/", ["x-c: a,b"]), "503"],
  ["cluster_header: empty", to(byHeader), get("/", ["x-c:"]), "503"],
  ["cluster_header: missing", to(byHeader), get(), "503"],
  ["weights are shares of their sum", to(forward(weighted({ a: 1, b: 2 }))), get(), "a 0.333333333 b 0.666666667"],
  ["weight 0 never", to(forward(weighted({ a: 0, b: 2 }))), get(), "b"],
  ["an unknown cluster's share", to(forward(weighted({ a: 1, nope: 3 }))), get(), "a 0.25 nope!503 0.75"],
  ["the header's number", to(numbered), number("0"), "a"],
  ["the header's number", to(numbered), number("1"), "b"],
  ["the header's number", to(numbered), number("2"), "b"],
  ["the header's number, modulo the sum", to(numbered), number("3"), "a"],
  ["+1", to(numbered), number("+1"), "b"],
  ["01", to(numbered), number("01"), "b"],
  ["uint64", to(numbered), number("18446744073709551615"), "a"],
  ...["-1", "1.5", "0x1", "abc", "", "18446744073709551616"].map(
    (value): Row => ["no number: a draw", to(numbered), number(value), "a 0.333333333 b 0.666666667"],
  ),
  ["two lines: a draw", to(numbered), number("0", "0"), "a 0.333333333 b 0.666666667"],
  ["no header: a draw", to(numbered), get(), "a 0.333333333 b 0.666666667"],
  ["a weighted entry with cluster_header", to(headerEntry), get("/", ["x-c: b"]), "a 0.5 b 0.5"],
  ["a weighted entry with cluster_header, missing", to(headerEntry), get(), "a 0.5 -!503 0.5"],
  ["non_forwarding_action", to({ kind: "non_forwarding" }), get(), "503"],
  ["an action that can't be expressed", to({ kind: "punt", why: "KM2007" }), get(), "punt KM2007"],
  ["direct_response", respond(403), get(), "403"],
  ["websocket without upgrade_configs", to("a"), get("/", ["upgrade: websocket", "connection: upgrade"]), "403"],
  ["websocket by the route", to(forward("a", { websocket: true })), get("/", ["upgrade: WebSocket", "connection: Upgrade"]), "a"],
  [
    "websocket by the connection manager",
    routes([route({ to: "a" })], { http: { upgrades: ["websocket"] } }),
    get("/", ["upgrade: websocket", "connection: upgrade"]),
    "a",
  ],
  ["websocket without a route", routes([]), get("/", ["upgrade: websocket", "connection: upgrade"]), "404"],
];
tableSuite("route actions", rows).run();

tableSuite("redirects", [
  ["keeps scheme, host, port, path, query", redirect({ path: "" }), get("/x?q", [], "a.com:81"), "301 http://a.com:81/x?q"],
  ["https drops :80", redirect(https), get("/x", [], "a.com:80"), "301 https://a.com/x"],
  ["https keeps :443", redirect(https), get("/x", [], "a.com:443"), "301 https://a.com:443/x"],
  ["https keeps :8080", redirect(https), get("/x", [], "a.com:8080"), "301 https://a.com:8080/x"],
  ["https drops :80 of IPv6", redirect(https), get("/x", [], "[::1]:80"), "301 https://[::1]/x"],
  ["from https :443 goes", redirect({ scheme: "ftp" }), get("/x", ["x-forwarded-proto: https"], "a.com:443"), "301 ftp://a.com/x"],
  ["the scheme as written", redirect({ scheme: "HTTPS" }), get("/x"), "301 HTTPS://a.com/x"],
  ["the port is always written", redirect({ ...https, port: 443 }), get("/x", [], "a.com:8080"), "301 https://a.com:443/x"],
  ["the host replaces the port too", redirect({ host: "b.com" }), get("/x", [], "a.com:8080"), "301 http://b.com/x"],
  ["host with port, and port", redirect({ host: "b.com:81", port: 82 }), get("/x"), "301 http://b.com:81:82/x"],
  ["path_redirect keeps the query", redirect({ path: "/p" }), get("/x?q=1"), "301 http://a.com/p?q=1"],
  ["path_redirect with its own query", redirect({ path: "/p?z" }), get("/x?q=1"), "301 http://a.com/p?z"],
  ["path_redirect keeps an empty query", redirect({ path: "/p?" }), get("/x?q=1"), "301 http://a.com/p?"],
  ["path_redirect with strip_query", redirect({ path: "/p", stripQuery: true }), get("/x?q=1"), "301 http://a.com/p"],
  ["strip_query spares path_redirect's own", redirect({ path: "/p?z", stripQuery: true }), get("/x?q=1"), "301 http://a.com/p?z"],
  ["a path without slash gets one", redirect({ path: "p" }), get("/x"), "301 http://a.com/p"],
  ["prefix_rewrite is textual", redirect({ prefixRewrite: "/" }, prefix("/p")), get("/p/x"), "301 http://a.com//x"],
  ["prefix_rewrite is textual", redirect({ prefixRewrite: "/" }, prefix("/p")), get("/px?q"), "301 http://a.com/x?q"],
  [
    "prefix_rewrite of an exact path",
    redirect({ prefixRewrite: "/n" }, { kind: "path", value: "/p" }),
    get("/p?q"),
    "301 http://a.com/n?q",
  ],
  ["prefix_rewrite of a regex", redirect({ prefixRewrite: "/n" }, { kind: "regex", regex: "/p.*" }), get("/p/x?q"), "301 http://a.com/n?q"],
  ["regex_rewrite", redirect({ regexRewrite: { regex: "q+", substitution: "Z" } }), get("/qqq/q?q"), "301 http://a.com/Z/Z?q"],
  ["another code", redirect({ status: 307 }), get("/x"), "307 http://a.com/x"],
]).run();

const answers = suite("answers");
answers("a cluster without endpoints has a body", () => {
  const answer = ask(to("empty"), get());
  assert.is(answer.why, "no_endpoint");
  assert.is(answer.body, "no healthy upstream");
  assert.equal(answer.clusters, [{ name: "empty", probability: 1 }]);
});
answers("direct_response has its body, but not for HEAD or 204", () => {
  assert.is(ask(respond(200, "hi"), get()).body, "hi");
  assert.is(ask(respond(200, "hi"), { request: { method: "HEAD", authority: "a" } }).body, "");
  assert.is(ask(respond(204, "hi"), get()).body, "");
});
answers("direct_response 3xx and 201 have the location of their own URL", () => {
  for (const status of [302, 201]) {
    const answer = ask(respond(status), get("/x?y"));
    assert.is(answer.verdict, "respond");
    assert.is(answer.location, "http://a.com/x?y");
  }
});
answers("a gRPC client gets 200 for a redirect, with its location", () => {
  const answer = ask(redirect(https), grpc);
  assert.equal([answer.verdict, answer.status, answer.location], ["redirect", 200, "https://a.com/"]);
});
answers("drop_overloads is a share of its own", () => {
  const answer = ask(routes([route({ to: "a" })], { clusters: [cluster("a", { drop: fraction(25) })] }), get());
  assert.is(answer.verdict, "forward");
  assert.equal(answer.clusters, [
    { name: "a", probability: 0.25, verdict: "respond", why: "dropped", status: 503 },
    { name: "a", probability: 0.75 },
  ]);
  assert.equal(answer.endpoints, [{ address: "10.9.0.1:80", cluster: "a", probability: 0.75 }]);
});
answers("a fault aborts a share, with the headers it asks for", () => {
  const abort = { status: 418, fraction: fraction(20) };
  const headers = [{ name: "x-f", invert: false, missingAsEmpty: false, value: text("exact", "1") }];
  const hir = routes([route({ to: "a" })], { http: { fault: { filter: "f", abort, headers } } });
  assert.equal(ask(hir, get("/", ["x-f: 1"])).clusters, [
    { name: "a", probability: 0.2, verdict: "respond", why: "dropped", status: 418 },
    { name: "a", probability: 0.8 },
  ]);
  assert.equal(ask(hir, get()).clusters, [{ name: "a", probability: 1 }]);
  const off = routes([route({ to: "a" }, { fault: { filter: "f", headers: [] } })], {
    http: { fault: { filter: "f", abort, headers: [] } },
  });
  assert.equal(ask(off, get()).clusters, [{ name: "a", probability: 1 }]);
  const elsewhere = routes([route({ to: "a" }, { fault: { filter: "f", abort, headers: [] } })]);
  assert.equal(ask(elsewhere, get()).clusters, [{ name: "a", probability: 1 }]);
});
answers("an ORIGINAL_DST cluster goes where the client went, or where its header says", () => {
  const hir = routes([route({ to: "o" })], { clusters: [cluster("o", { discovery: "original_dst", originalDstHeader: "x-d" })] });
  assert.equal([ask(hir, get()).verdict, ask(hir, get()).why], ["pass", "passthrough"]);
  assert.equal(ask(hir, get("/", ["x-d: 10.8.8.8:90"])).endpoints, [{ address: "10.8.8.8:90", cluster: "o", probability: 1 }]);
});
answers("names and the deciding rule", () => {
  const answer = ask(routes([route({ to: "a" })]), get());
  assert.equal(
    [answer.listener, answer.filter_chain, answer.virtual_host, answer.route, answer.xds_path],
    ["10.0.0.1:80", "web", "*", "a", "rc.vhosts[0].routes[0]"],
  );
  assert.is(ask(routes([]), get()).xds_path, "rc.vhosts[0]");
  assert.is(ask(web([]), get()).xds_path, "rc");
});
answers.run();
