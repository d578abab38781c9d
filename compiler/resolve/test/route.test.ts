import { suite } from "uvu";
import * as assert from "uvu/assert";
import type {
  HeaderMatcher,
  HeaderValueOption,
  Route,
  RouteAction,
  RouteConfiguration,
  RouteMatch,
  WeightedCluster,
} from "../../decode/gen/types.ts";
import { any, firstRoute, firstTable, opaque, resolve, table, toC, withRoutes, withTable } from "./build.ts";

const test = suite("route");

const matched = (match: RouteMatch) => resolve(withRoutes({ match, route: { cluster: "c" } }));
const refused = (match: RouteMatch) => matched(match).codes("error");
const matchOf = (match: RouteMatch) => firstRoute(matched(match)).match;
const acted = (route: RouteAction) => resolve(withRoutes({ match: { prefix: "/" }, route }));
const actionOf = (action: Partial<Route>) => firstRoute(resolve(withRoutes({ match: { prefix: "/" }, ...action }))).action;

test("a table's options", () => {
  const config: RouteConfiguration = {
    ...table([]),
    ignore_port_in_host_matching: true,
    ignore_path_parameters_in_path_matching: true,
    vhost_header: "X-Vhost",
    internal_only_headers: ["X-Int"],
    most_specific_header_mutations_wins: true,
    request_headers_to_remove: ["X-R"],
  };
  const found = firstTable(resolve(withTable(config)));
  assert.equal(
    [
      found.name,
      found.ignorePortInHost,
      found.ignorePathParameters,
      found.vhostHeader,
      found.internalOnlyHeaders,
      found.mostSpecificHeaderMutationsWins,
    ],
    ["r", true, true, "x-vhost", ["x-int"], true],
  );
  assert.equal(found.treatment, { requestHeadersRemove: ["x-r"] });
  assert.equal(resolve(withTable({ ...table([toC]), internal_only_headers: ["X-Int", "Host"] })).codes("punt"), ["KM2332"]);
});

test("routes that take every request share one match, others have their own", () => {
  const every = matchOf({ prefix: "/" });
  assert.is(matchOf({ prefix: "/" }), every);
  const { headers: _headers, ...others } = matchOf({ prefix: "/", headers: [{ name: "x", present_match: true }] });
  assert.equal({ ...others, headers: [] }, { ...every });
  for (const other of [{ prefix: "/a" }, { path: "/" }, { prefix: "/", case_sensitive: false }, { prefix: "/", grpc: {} }])
    assert.not.equal(matchOf(other), every);
});

test("domains are in lower case, and stand once in a table", () => {
  const vhosts = (...domains: readonly (readonly string[])[]) =>
    resolve(withTable({ virtual_hosts: domains.map((d, i) => ({ name: `v${i}`, domains: d })) }));
  assert.equal(firstTable(vhosts(["Foo.COM", "*.X", "a*.com", ""])).vhosts[0]!.domains, ["foo.com", "*.x", "a*.com", ""]);
  assert.equal(vhosts(["a.com", "A.com"]).codes("error"), ["KM2301"]);
  assert.equal(vhosts(["*"], ["*"]).codes("error"), ["KM2301"]);
});

test("virtual hosts of one name have paths of their own", () => {
  const twice = resolve(
    withTable({
      virtual_hosts: [
        { name: "v", domains: ["a"] },
        { name: "v", domains: ["b"] },
      ],
    }),
  );
  assert.equal(
    firstTable(twice).vhosts.map((v) => v.path),
    ['routes["r"].virtual_hosts["v"]', 'routes["r"].virtual_hosts[1]'],
  );
});

test("path specifiers", () => {
  assert.equal(matchOf({ prefix: "" }).path, { kind: "prefix", value: "" });
  assert.equal(matchOf({ path: "/a?x" }).path, { kind: "path", value: "/a?x" });
  assert.equal(matchOf({ path_separated_prefix: "/a" }).path, { kind: "path_separated_prefix", value: "/a" });
  assert.equal(matchOf({ safe_regex: { regex: "/(?P<n>a)|/b" } }).path, { kind: "regex", regex: "/(?P<n>a)|/b" });
  assert.equal(matchOf({ connect_matcher: {} }).path, { kind: "connect" });
  assert.is(matchOf({ prefix: "/", case_sensitive: false }).caseSensitive, false);
});

test("expressions are RE2", () => {
  for (const regex of ["", "(?=a)", "(a)\\1", "a{1001}", "(", "a**", "\\Z"])
    assert.equal(refused({ safe_regex: { regex } }), ["KM2305"], regex);
  for (const regex of ["(?i)a", "(?<n>a)", "^/a$", "a{1000}"]) assert.equal(refused({ safe_regex: { regex } }), [], regex);
});

test("uri templates", () => {
  const template = (path_template: string) => ({
    path_match_policy: {
      name: "t",
      typed_config: any("envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig", { path_template }),
    },
  });
  assert.is(matchOf(template("/a/{x}")).path.kind, "template");
  assert.equal(refused(template("/{a}/{a}")), ["KM2309"]);
  const other = matched({ path_match_policy: { name: "t", typed_config: opaque("x.Y") } });
  assert.is(firstRoute(other).punt, "KM2310");
});

const header = (matcher: HeaderMatcher) => matchOf({ prefix: "/", headers: [matcher] }).headers[0]!;

test("header matchers: one form per meaning", () => {
  const value = (matcher: HeaderMatcher) => header({ name: "X", ...matcher }).value;
  assert.equal(value({}), { kind: "present", present: true });
  assert.equal(value({ present_match: false }), { kind: "present", present: false });
  assert.equal(value({ exact_match: "" }), { kind: "prefix", value: "", ignoreCase: false });
  assert.equal(value({ string_match: { exact: "" } }), { kind: "exact", value: "", ignoreCase: false });
  assert.equal(value({ exact_match: "a" }), value({ string_match: { exact: "a" } }));
  assert.equal(value({ prefix_match: "a" }), value({ string_match: { prefix: "a" } }));
  assert.equal(value({ suffix_match: "a" }), value({ string_match: { suffix: "a" } }));
  assert.equal(value({ contains_match: "a" }), value({ string_match: { contains: "a" } }));
  assert.equal(value({ safe_regex_match: { regex: "a" } }), value({ string_match: { safe_regex: { regex: "a" } } }));
  assert.equal(value({ string_match: { exact: "a", ignore_case: true } }), { kind: "exact", value: "a", ignoreCase: true });
  assert.equal(value({ range_match: { start: -5n, end: 9223372036854775807n } }), {
    kind: "range",
    start: "-5",
    end: "9223372036854775807",
  });
  assert.equal(value({ range_match: {} }), { kind: "range", start: "0", end: "0" });
});

test("header names are lowered, host is :authority", () => {
  assert.is(header({ name: "X-A" }).name, "x-a");
  assert.is(header({ name: "Host" }).name, ":authority");
  assert.equal(
    [header({ name: "a", invert_match: true }).invert, header({ name: "a", treat_missing_header_as_empty: true }).missingAsEmpty],
    [true, true],
  );
});

test("string matchers that Envoy refuses", () => {
  const bad = (string_match: object) => refused({ prefix: "/", headers: [{ name: "a", string_match }] });
  assert.equal(bad({ safe_regex: { regex: "a" }, ignore_case: true }), ["KM2307"]);
});

test("a matcher that can't be expressed leaves its route to a proxy", () => {
  const custom = { name: "a", string_match: { custom: { name: "x" } }, invert_match: true };
  assert.is(firstRoute(matched({ prefix: "/", headers: [custom] })).punt, "KM1345");
  assert.is(firstRoute(matched({ prefix: "/", filter_state: [{ key: "k" }] })).punt, "KM1375");
});

test("queries, cookies, gRPC, fraction, TLS", () => {
  const found = matchOf({
    prefix: "/",
    query_parameters: [{ name: "q" }, { name: "q", present_match: false }, { name: "Q", string_match: { exact: "1" } }],
    cookies: [{ name: "k", string_match: { prefix: "a" }, invert_match: true }],
    grpc: {},
    runtime_fraction: { default_value: { numerator: 30, denominator: "TEN_THOUSAND" } },
  });
  assert.equal(found.query, [
    { name: "q", value: { kind: "present", present: true } },
    { name: "q", value: { kind: "present", present: false } },
    { name: "Q", value: { kind: "exact", value: "1", ignoreCase: false } },
  ]);
  assert.equal(found.cookies, [{ name: "k", invert: true, value: { kind: "prefix", value: "a", ignoreCase: false } }]);
  assert.equal([found.grpc, found.fraction, found.never], [true, { numerator: 30, denominator: 10_000 }, undefined]);
  assert.is(matchOf({ prefix: "/", tls_context: { presented: true } }).never, true);
  assert.is(matchOf({ prefix: "/", tls_context: { validated: true } }).never, true);
  assert.is(matchOf({ prefix: "/", tls_context: { presented: false, validated: false } }).never, undefined);
});

test("forward: cluster, header, not-found code, upgrades", () => {
  assert.equal(actionOf({ route: { cluster: "c", cluster_not_found_response_code: "INTERNAL_SERVER_ERROR" } }), {
    kind: "forward",
    target: { kind: "cluster", cluster: "c" },
    notFoundStatus: 500,
  });
  const header = actionOf({ route: { cluster_header: "X-C" } });
  assert.equal(header.kind === "forward" && header.target, { kind: "cluster_header", header: "x-c" });
  const upgrades = actionOf({
    route: { cluster: "c", upgrade_configs: [{ upgrade_type: "WebSocket", enabled: false }, { upgrade_type: "CONNECT" }] },
  });
  assert.ok(upgrades.kind === "forward");
  assert.equal([upgrades.websocket, upgrades.connect], [false, true]);
});

test("a CONNECT that Envoy ends is left to a proxy", () => {
  const connect = [{ upgrade_type: "CONNECT", connect_config: {} }];
  const tunnel = resolve(withRoutes({ match: { connect_matcher: {} }, route: { cluster: "c", upgrade_configs: connect } }));
  assert.equal(firstRoute(tunnel).action, { kind: "punt", why: "KM2316" });
  assert.is(actionOf({ route: { cluster: "c", upgrade_configs: connect } }).kind, "forward");
  assert.equal(acted({ cluster: "c", upgrade_configs: [{ upgrade_type: "websocket", connect_config: {} }] }).codes("error"), ["KM2325"]);
});

test("plugins choose clusters in a proxy", () => {
  const named: Route = { match: { prefix: "/" }, route: { cluster_specifier_plugin: "p" } };
  const config: RouteConfiguration = { ...table([named]), cluster_specifier_plugins: [{ extension: { name: "p" } }] };
  assert.equal(firstRoute(resolve(withTable(config))).action, { kind: "punt", why: "KM1376" });
  assert.equal(resolve(withTable(table([named]))).codes("error"), ["KM2333"], "the table has no such plugin");
});

const weighted = (config: WeightedCluster) => acted({ weighted_clusters: config });

test("weighted clusters", () => {
  const found = firstRoute(
    weighted({
      clusters: [
        { name: "c", weight: 1, host_rewrite_literal: "h" },
        { name: "gone", weight: 0 },
        { cluster_header: "X-C", weight: 2 },
      ],
      total_weight: 100,
      header_name: "X-Rand",
    }),
  ).action;
  assert.ok(found.kind === "forward" && found.target.kind === "weighted");
  assert.is(found.target.headerName, "x-rand");
  assert.equal(
    found.target.entries.map((e) => [e.weight, e.target]),
    [
      [1, { kind: "cluster", cluster: "c" }],
      [0, { kind: "cluster", cluster: "gone" }],
      [2, { kind: "cluster_header", header: "x-c" }],
    ],
  );
  assert.equal(found.target.entries[0]!.treatment, { hostRewrite: { kind: "literal", value: "h" } });
  assert.is(found.target.entries[1]!.path, 'routes["r"].virtual_hosts["v"].routes[0].route.weighted_clusters.clusters[1]');
});

test("weights that Envoy refuses", () => {
  assert.equal(weighted({ clusters: [{ name: "c" }, { name: "c", weight: 1 }] }).codes("error"), ["KM2317"]);
  assert.equal(weighted({ clusters: [{ name: "c", weight: 0 }] }).codes("error"), ["KM2318"]);
  assert.equal(
    weighted({
      clusters: [
        { name: "c", weight: 4294967295 },
        { name: "c", weight: 1 },
      ],
    }).codes("error"),
    ["KM2318"],
  );
  assert.equal(weighted({ clusters: [{ name: "c", cluster_header: "x", weight: 1 }] }).codes("error"), ["KM2319"]);
  assert.equal(weighted({ clusters: [{ weight: 1 }] }).codes("error"), ["KM2319"]);
});

test("redirects", () => {
  assert.equal(actionOf({ redirect: {} }), { kind: "redirect", redirect: { status: 301, https: false, stripQuery: false } });
  const full = {
    scheme_redirect: "HTTPS",
    host_redirect: "h",
    port_redirect: 81,
    path_redirect: "/p",
    response_code: "PERMANENT_REDIRECT" as const,
    strip_query: true,
  };
  assert.equal(actionOf({ redirect: full }), {
    kind: "redirect",
    redirect: { status: 308, https: false, scheme: "HTTPS", host: "h", port: 81, path: "/p", stripQuery: true },
  });
  const regex = actionOf({ redirect: { https_redirect: true, regex_rewrite: { pattern: { regex: "a" }, substitution: "\\0" } } });
  assert.equal(regex.kind === "redirect" && regex.redirect.regexRewrite, { regex: "a", substitution: "\\0" });
});

test("direct responses", () => {
  assert.equal(actionOf({ direct_response: { status: 204 } }), { kind: "respond", status: 204, body: "" });
  assert.equal(actionOf({ direct_response: { status: 200, body: { inline_string: "hi" } } }), { kind: "respond", status: 200, body: "hi" });
  assert.equal(actionOf({ direct_response: { status: 200, body: { filename: "/etc/x" } } }), { kind: "punt", why: "KM1342" });
  const long: Route = { match: { prefix: "/" }, direct_response: { status: 200, body: { inline_string: "x".repeat(4097) } } };
  assert.equal(resolve(withRoutes(long)).codes("error"), ["KM2323"]);
  assert.equal(resolve(withTable({ ...table([long]), max_direct_response_body_size_bytes: 4097 })).codes("error"), []);
  assert.equal(resolve(withTable({ ...table([long]), max_direct_response_body_size_bytes: 0 })).codes("error"), []);
});

test("other actions", () => {
  assert.equal(actionOf({ non_forwarding_action: {} }), { kind: "non_forwarding" });
  assert.equal(actionOf({ filter_action: {} }), { kind: "punt", why: "KM1374" });
});

test("rewrites", () => {
  const treatment = (route: RouteAction) => firstRoute(acted({ cluster: "c", ...route })).treatment;
  assert.equal(treatment({ prefix_rewrite: "/x" }), { prefixRewrite: "/x" });
  assert.equal(treatment({ prefix_rewrite: "" }), {});
  assert.equal(treatment({ host_rewrite_header: "X-H" }), { hostRewrite: { kind: "header", header: "x-h" } });
  assert.equal(treatment({ auto_host_rewrite: true }), { hostRewrite: { kind: "auto" } });
  assert.equal(treatment({ auto_host_rewrite: false }), {});
  const regex_rewrite = { pattern: { regex: "a" }, substitution: "b" };
  assert.equal(treatment({ regex_rewrite }), { regexRewrite: { regex: "a", substitution: "b" } });
  assert.equal(acted({ cluster: "c", prefix_rewrite: "/", regex_rewrite }).codes("error"), ["KM2313"]);
});

test("header mutations", () => {
  const add = (...options: readonly HeaderValueOption[]) => resolve(withRoutes({ ...toC, request_headers_to_add: options }));
  const actions = (...options: readonly HeaderValueOption[]) =>
    firstRoute(add(...options)).treatment.requestHeadersAdd!.map((m) => m.action);
  const h = { key: "X-A", value: "1" };
  assert.equal(actions({ header: h }, { header: h, append: false }, { header: h, append: true }), [
    "append_or_add",
    "overwrite_or_add",
    "append_or_add",
  ]);
  assert.equal(actions({ header: h, append_action: "ADD_IF_ABSENT" }, { header: h, append_action: "OVERWRITE_IF_EXISTS" }), [
    "add_if_absent",
    "overwrite",
  ]);
  assert.equal(add({ header: h, append: true, append_action: "ADD_IF_ABSENT" }).codes("error"), ["KM2311"]);
  for (const key of ["host", "Host", ":path", ":authority"])
    assert.equal(add({ header: { key, value: "x" } }).codes("error"), ["KM2312"], key);
  assert.equal(resolve(withRoutes({ ...toC, request_headers_to_remove: [":path"] })).codes("error"), ["KM2312"]);
  const raw = firstRoute(add({ header: { key: "a", raw_value: Uint8Array.of(0xff) }, keep_empty_value: true })).treatment
    .requestHeadersAdd!;
  assert.equal(raw, [{ name: "a", value: "", action: "append_or_add", keepEmpty: true }], "Envoy does not read raw_value here");
  assert.equal(add({ header: { key: "a", value: "%REQ%" } }).codes("error"), ["KM2328"]);
  assert.equal(
    add({ header: { key: "a", value: "%HOSTNAME%" } })
      .codes("note")
      .includes("KM2329"),
    true,
  );
});

test("require_tls, a generic matcher", () => {
  assert.is(firstTable(resolve(withTable(table([], { require_tls: "EXTERNAL_ONLY" })))).vhosts[0]!.requireTls, "external_only");
  assert.is(firstTable(resolve(withTable(table([], { matcher: {} as never })))).vhosts[0]!.punt, "KM1373");
  assert.equal(resolve(withTable(table([toC], { matcher: {} as never }))).codes("error"), ["KM2324"]);
});

test("each missing cluster is named once, with its number", () => {
  const to = (cluster: string): Route => ({ match: { prefix: "/" }, route: { cluster } });
  const notes = resolve(withRoutes(to("x"), to("y"), to("x"))).diagnostics;
  assert.equal(
    notes.map((d) => [d.code, d.count]),
    [
      ["KM2321", 2],
      ["KM2321", undefined],
    ],
  );
});

test.run();
