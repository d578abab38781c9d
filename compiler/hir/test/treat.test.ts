import { suite } from "uvu";
import * as assert from "uvu/assert";
import { treat } from "../index.ts";
import type { HirHeaderMutation, HirRouteConfig, HirTreatment } from "../model.ts";
import { address, ask, cluster, forward, fraction, get, prefix, route, routes, vhost, web, weighted } from "./build.ts";

const add = (name: string, value: string, action: HirHeaderMutation["action"] = "append_or_add", keepEmpty = false): HirHeaderMutation => ({
  name,
  value,
  action,
  keepEmpty,
});
const treated = (treatment: HirTreatment, path = prefix("/")) => routes([route({ path, to: "a" }, { name: "rn", treatment })]);
const upstream = (treatment: HirTreatment, words: Readonly<Record<string, unknown>>, path = prefix("/")) =>
  ask(treated(treatment, path), words).upstream!;
const headers = (treatment: HirTreatment, words: Readonly<Record<string, unknown>>) =>
  upstream(treatment, words).headers!.map((pair) => pair.join(": "));

const rewrite = suite("rewrites");
rewrite("prefix_rewrite is textual and keeps the query", () => {
  assert.is(upstream({ prefixRewrite: "/" }, get("/p/x?q"), prefix("/p")).path, "//x?q");
  assert.is(upstream({ prefixRewrite: "/" }, get("/px"), prefix("/p")).path, "/x");
  assert.is(upstream({ prefixRewrite: "/n?z=1" }, get("/p/x?q=1"), prefix("/p")).path, "/n?z=1/x?q=1");
  assert.is(upstream({ prefixRewrite: "n" }, get("/p/x"), prefix("/p")).path, "n/x");
});
rewrite("a prefix that only matched without path parameters is not rewritten", () => {
  const hir = routes([route({ path: prefix("/a/"), to: "a" }, { treatment: { prefixRewrite: "/n" } })], {
    config: { ignorePathParameters: true },
  });
  assert.is(ask(hir, get("/a;x/b")).upstream?.path, "/a;x/b");
  assert.is(ask(hir, get("/a/b;x")).upstream?.path, "/nb;x");
});
rewrite("of a path or a regex the whole path is replaced", () => {
  assert.is(upstream({ prefixRewrite: "/n" }, get("/p?q"), { kind: "path", value: "/p" }).path, "/n?q");
  assert.is(upstream({ prefixRewrite: "/n" }, get("/p/x?q"), { kind: "regex", regex: "/p.*" }).path, "/n?q");
});
rewrite("regex_rewrite replaces every match in the path, not the query", () => {
  const regexRewrite = (regex: string, substitution: string) => ({ regexRewrite: { regex, substitution } });
  assert.is(upstream(regexRewrite("o*", "X"), get("/oxoo?o")).path, "X/XxX?o");
  assert.is(upstream(regexRewrite("/(a)(b)?", "/\\1-\\2-\\0\\\\"), get("/a?a")).path, "/a--/a\\?a");
  assert.is(upstream(regexRewrite(".*", ""), get("/abc")).path, "/abc", "an empty result changes nothing");
});
rewrite("the old path and host go along", () => {
  const seen = headers({ prefixRewrite: "/n", hostRewrite: { kind: "literal", value: "h" } }, get("/p"));
  assert.equal(seen, ["x-forwarded-proto: http", "x-envoy-original-host: a.com", "x-envoy-original-path: /p"]);
});
rewrite("host_rewrite_header takes the first line; a missing or empty one changes nothing", () => {
  const hostRewrite = { kind: "header", header: "X-H" } as const;
  assert.is(upstream({ hostRewrite }, get("/", ["x-h: h1", "x-h: h2"])).authority, "h1");
  assert.is(upstream({ hostRewrite }, get("/", ["x-h:"])).authority, "a.com");
  assert.is(upstream({ hostRewrite }, get()).authority, "a.com");
});
rewrite("host_rewrite_path_regex works on the path without query; no match gives the path", () => {
  const hostRewrite = { kind: "path_regex", rewrite: { regex: "^/n/(.+)$", substitution: "\\1.com" } } as const;
  assert.is(upstream({ hostRewrite }, get("/n/q?z")).authority, "q.com");
  assert.is(upstream({ hostRewrite }, get("/x?z")).authority, "/x");
});
rewrite("auto_host_rewrite takes the endpoint's name, if there is one only", () => {
  const endpoint = (host: string) => ({ address: { kind: "host", host, port: 80 }, weight: 1, health: "healthy" }) as const;
  const dns = (...hosts: readonly string[]) =>
    cluster("a", { discovery: "strict_dns", priorities: [[{ name: "", endpoints: hosts.map(endpoint) }]] });
  const to = (...hosts: readonly string[]) =>
    routes([route({ to: "a" }, { treatment: { hostRewrite: { kind: "auto" } } })], { clusters: [dns(...hosts)] });
  assert.is(ask(to("x.org"), get()).upstream?.authority, "x.org");
  const several = ask(to("x.org", "y.org"), get()).upstream!;
  assert.is(several.authority, undefined);
  assert.equal(several.headers, [
    ["x-forwarded-proto", "http"],
    ["x-envoy-original-host", "a.com"],
  ]);
  assert.equal(ask(to("x.org", ""), get()).upstream?.headers, [["x-forwarded-proto", "http"]]);
});
rewrite("the upstream sees the normalised path and the stripped host", () => {
  const hir = routes([route({ to: "a" })], { http: { normalizePath: true, stripHostPort: "any" } });
  const seen = ask(hir, get("/a/../b?%61", [], "a.com:80")).upstream!;
  assert.equal([seen.method, seen.authority, seen.path], ["GET", "a.com", "/b?%61"]);
});
rewrite.run();

const mutation = suite("header mutations");
mutation("removals come first, then overwriting ones, then additions", () => {
  const treatment = {
    requestHeadersRemove: ["X-Gone"],
    requestHeadersAdd: [
      add("x-gone", "new"),
      add("X-Over", "2", "overwrite_or_add"),
      add("x-if", "2", "overwrite"),
      add("x-no", "2", "overwrite"),
      add("x-abs", "2", "add_if_absent"),
      add("x-app", "2"),
    ],
  };
  assert.equal(headers(treatment, get("/", ["x-gone: 1", "x-over: 1", "x-over: 1b", "x-if: 1", "x-abs: 1", "x-app: 1"])), [
    "x-abs: 1",
    "x-app: 1",
    "x-forwarded-proto: http",
    "x-over: 2",
    "x-if: 2",
    "x-gone: new",
    "x-app: 2",
  ]);
});
mutation("appending to a joined header makes one line", () => {
  assert.equal(headers({ requestHeadersAdd: [add("via", "me")] }, get("/", ["via: you"])), ["via: you,me", "x-forwarded-proto: http"]);
});
mutation("an empty value is left out unless it is kept", () => {
  const treatment = { requestHeadersAdd: [add("x-a", ""), add("x-b", "%REQ(none)%"), add("x-c", "", "append_or_add", true)] };
  assert.equal(headers(treatment, get()), ["x-forwarded-proto: http", "x-c: "]);
});
mutation("operators", () => {
  const value = (text: string, words: object = {}) =>
    headers({ requestHeadersAdd: [add("x", text)] }, { ...get("/p?q", ["x-q: 12345", "x-forwarded-for: 9.9.9.9, 8.8.8.8"]), ...words }).at(
      -1,
    );
  assert.is(value("%REQ(X-Q)%|%REQ(none?x-q):3%|%REQ(none)%|%%"), "x: 12345|123||%");
  assert.is(value("%REQ(:path)% %REQ(:authority)% %REQUEST_HEADER(:METHOD)%"), "x: /p?q a.com GET");
  assert.is(value("%PROTOCOL% %ROUTE_NAME% %UPSTREAM_CLUSTER%"), "x: HTTP/1.1 rn a");
  assert.is(
    value("%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_PORT%"),
    "x: 10.0.0.1:80 10.0.0.1 80",
  );
  assert.is(value("%DOWNSTREAM_REMOTE_ADDRESS%"), "x: 8.8.8.8:0");
  assert.is(value("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%", { from: "1.2.3.4:5" }), "x: 1.2.3.4:5");
});
mutation("filters that set metadata leave their chain to a proxy: elsewhere there is none", () => {
  assert.equal(headers({ requestHeadersAdd: [add("x", "a%DYNAMIC_METADATA(x:y)%")] }, get()), ["x-forwarded-proto: http", "x: a"]);
});
mutation("what only a running proxy knows is left out", () => {
  for (const text of ["%START_TIME%", "a%UNIQUE_ID%", "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%"]) {
    assert.equal(headers({ requestHeadersAdd: [add("x", text)] }, get()), ["x-forwarded-proto: http"], text);
  }
});

const level = (value: string): HirTreatment => ({ requestHeadersAdd: [add("x-o", value), add("x-w", value, "overwrite_or_add")] });
const entry = {
  path: "w0",
  weight: 1,
  target: { kind: "cluster", cluster: "a" },
  treatment: { ...level("entry"), hostRewrite: { kind: "literal", value: "entry.host" } },
} as const;
const levels = (config: Partial<HirRouteConfig>) =>
  web(
    [
      vhost(["*"], [route({ to: forward({ kind: "weighted", entries: [entry] }) }, { treatment: level("route") })], {
        treatment: level("vhost"),
      }),
    ],
    {
      config: { treatment: level("config"), ...config },
    },
  );
const seenOf = (config: Partial<HirRouteConfig>, name: string) =>
  ask(levels(config), get()).upstream!.headers!.flatMap(([key, value]) => (key === name ? [value] : []));
mutation("levels: the entry, the route, the virtual host, the table; the last one overwrites", () => {
  assert.equal(seenOf({}, "x-o"), ["entry", "route", "vhost", "config"]);
  assert.equal(seenOf({}, "x-w"), ["config"]);
});
mutation("most_specific_header_mutations_wins: the entry, the table, the virtual host, the route", () => {
  assert.equal(seenOf({ mostSpecificHeaderMutationsWins: true }, "x-o"), ["entry", "config", "vhost", "route"]);
  assert.equal(seenOf({ mostSpecificHeaderMutationsWins: true }, "x-w"), ["route"]);
});
mutation("a weighted entry's host_rewrite_literal", () => {
  assert.is(ask(levels({}), get()).upstream?.authority, "entry.host");
});
mutation("a source that the question does not name is in no header", () => {
  const hir = routes([route({ to: "a" })], { http: { useRemoteAddress: true } });
  assert.equal(ask(hir, get()).upstream?.headers, [["x-forwarded-proto", "http"]]);
  const known = ask(hir, { ...get(), from: "1.2.3.4:5" }).upstream?.headers;
  assert.equal(known, [
    ["x-forwarded-for", "1.2.3.4"],
    ["x-forwarded-proto", "http"],
    ["x-envoy-external-address", "1.2.3.4"],
  ]);
});
mutation("a header with a value that is not known here is left out, and what reads it", () => {
  const seen = (adds: readonly HirHeaderMutation[]) => headers({ requestHeadersAdd: adds }, get("/", ["x-a: 1", "user-agent: u"]));
  const plain = ["x-a: 1", "user-agent: u", "x-forwarded-proto: http"];
  const without = (name: string) => plain.filter((line) => !line.startsWith(name));
  assert.equal(seen([add("x-a", "%START_TIME%", "overwrite")]), without("x-a"));
  assert.equal(seen([add("x-a", "%START_TIME%")]), without("x-a"));
  assert.equal(seen([add("user-agent", "%START_TIME%")]), without("user-agent"));
  assert.equal(seen([add("x-a", "%START_TIME%", "add_if_absent")]), plain);
  assert.equal(seen([add("x-b", "%REQ(x-envoy-expected-rq-timeout-ms)%")]), plain);
});
mutation.run();

const fold = suite("folding");
fold("the same cluster by two routes is one entry", () => {
  const hir = routes([route({ match: { fraction: fraction(30) }, to: "a" }), route({ to: "a" })]);
  assert.equal(ask(hir, get()).clusters, [{ name: "a", probability: 1 }]);
  assert.equal(ask(hir, get()).endpoints, [{ address: "10.9.0.1:80", cluster: "a", probability: 1 }]);
});
fold("forward wins over what ends otherwise, however small", () => {
  const hir = routes([route({ to: forward(weighted({ nope: 99, a: 1 })) })]);
  const answer = ask(hir, get());
  assert.is(answer.verdict, "forward");
  assert.equal(answer.clusters?.[0], { name: "nope", probability: 0.99, verdict: "respond", why: "no_cluster", status: 503 });
});
fold("without forward the larger part gives the verdict, the other stands beside it", () => {
  const respond = { kind: "respond", status: 200, body: "" } as const;
  const hir = routes([route({ match: { fraction: fraction(30) }, to: "nope" }), route({ to: respond })]);
  const answer = ask(hir, get());
  assert.equal([answer.verdict, answer.why, answer.status], ["respond", "direct_response", 200]);
  assert.equal(answer.clusters, [
    { name: "nope", probability: 0.3, verdict: "respond", why: "no_cluster", status: 503 },
    { name: "", probability: 0.7 },
  ]);
});
fold("any engine's decision is treated alike", () => {
  const hir = routes([route({ to: "a" })]);
  const question = { to: { ip: "10.0.0.1", port: 80 }, first: { kind: "nothing" } } as const;
  const answer = treat(hir, question, {
    shares: [{ probability: 1, listener: `listeners[${address}]`, outcome: { kind: "punt", why: "KM3001" } }],
  });
  assert.equal([answer.verdict, answer.why, answer.listener], ["punt", "KM3001", address]);
});
fold.run();
