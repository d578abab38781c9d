import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HttpConnectionManager, HttpFilter, Route } from "../../decode/gen/types.ts";
import {
  any,
  clusterC,
  firstHttp,
  firstListener,
  firstRoute,
  hcm,
  httpFilter,
  listener,
  opaque,
  resolve,
  router,
  table,
  toC,
  types,
  withTable,
} from "./build.ts";

const test = suite("http");

const http = (config: Partial<HttpConnectionManager>) => resolve(withTable(table([toC]), config));
const filters = (...list: readonly HttpFilter[]) => http({ http_filters: [...list, router] });
const authz = "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz";

test("defaults are Envoy's", () => {
  const resolved = http({});
  assert.equal(firstHttp(resolved), {
    path: 'listeners["l"].filter_chains[0].filters[0].typed_config',
    routeConfig: 'routes["r"]',
    routeConfigName: "r",
    codec: "auto",
    normalizePath: false,
    mergeSlashes: false,
    escapedSlashes: "keep",
    stripHostPort: "none",
    stripTrailingHostDot: false,
    useRemoteAddress: false,
    skipXffAppend: false,
    trustedHops: 0,
    appendForwardedPort: false,
    via: "",
    generateRequestId: true,
    preserveExternalRequestId: false,
    packTraceReason: true,
    forwardClientCert: false,
    internalCidrs: [],
    underscores: "allow",
    acceptHttp10: false,
    defaultHostForHttp10: "",
    allowAbsoluteUrl: true,
    proxy100Continue: false,
    upgrades: [],
    maxRequestHeadersKb: 60,
    maxHeadersCount: 100,
    suppressEnvoyHeaders: false,
  });
  assert.equal(resolved.diagnostics, []);
});

test("every option", () => {
  const found = firstHttp(
    http({
      codec_type: "HTTP1",
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: "UNESCAPE_AND_FORWARD",
      strip_any_host_port: true,
      strip_trailing_host_dot: true,
      use_remote_address: true,
      internal_address_config: { cidr_ranges: [{ address_prefix: "10.1.2.3", prefix_len: 8 }] },
      scheme_header_transformation: { scheme_to_overwrite: "https" },
      common_http_protocol_options: { headers_with_underscores_action: "DROP_HEADER", max_headers_count: 7 },
      http_protocol_options: { accept_http_10: true, default_host_for_http_10: "d", allow_absolute_url: false },
      upgrade_configs: [{ upgrade_type: "WebSocket" }, { upgrade_type: "CONNECT", enabled: false }],
      max_request_headers_kb: 5,
    }),
  );
  assert.is(found.codec, "http1");
  assert.is(found.escapedSlashes, "unescape_and_forward");
  assert.is(found.stripHostPort, "any");
  assert.equal(found.internalCidrs, [{ ip: "10.0.0.0", length: 8 }]);
  assert.is(found.schemeOverwrite, "https");
  assert.is(found.underscores, "drop");
  assert.equal(found.upgrades, ["websocket"]);
  assert.equal([found.maxHeadersCount, found.maxRequestHeadersKb, found.defaultHostForHttp10, found.allowAbsoluteUrl], [7, 5, "d", false]);
  assert.is(firstHttp(http({ strip_matching_host_port: true })).stripHostPort, "matching");
  assert.is(firstHttp(http({ path_with_escaped_slashes_action: "IMPLEMENTATION_SPECIFIC_DEFAULT" })).escapedSlashes, "keep");
});

test("a table that is not there answers 404", () => {
  const resolved = resolve({ listeners: { l: listener([hcm({ rds: { route_config_name: "gone", config_source: { ads: {} } } })]) } });
  assert.is(firstHttp(resolved).routeConfig, undefined);
  assert.is(firstHttp(resolved).routeConfigName, "gone");
  assert.equal(resolved.codes("note"), ["KM2206"]);
});

test("a rejected table is as one that is not there", () => {
  const resolved = resolve(withTable(table([], { domains: ["a", "A"] })));
  assert.equal(resolved.codes("error"), ["KM2301"]);
  assert.is(firstHttp(resolved).routeConfig, undefined);
  assert.equal(resolved.model.routeConfigs, []);
});

test("inline tables check their clusters unless they say otherwise; RDS tables do not", () => {
  const gone: Route = { match: { prefix: "/" }, route: { cluster: "gone" } };
  const inline = (more: object) => resolve({ listeners: { l: listener([hcm({ route_config: { ...table([gone]), ...more } })]) } });
  assert.equal(inline({}).codes("error"), ["KM2320"]);
  assert.equal(inline({}).model, { listeners: [], routeConfigs: [], clusters: [] });
  const lenient = inline({ validate_clusters: false });
  assert.equal(lenient.codes("note"), ["KM2321"]);
  assert.is(lenient.model.routeConfigs[0]!.path, firstHttp(lenient).routeConfig);
  assert.equal(resolve(withTable(table([gone]))).codes("note"), ["KM2321"]);
  assert.equal(resolve(withTable({ ...table([gone]), validate_clusters: true })).codes("error"), ["KM2320"]);
});

test("a rejected cluster is as unknown as a missing one", () => {
  const given = withTable(table([toC]));
  const resolved = resolve({ ...given, clusters: { c: { type: "ORIGINAL_DST" } } });
  assert.equal(resolved.codes("error"), ["KM2403"]);
  assert.equal(resolved.codes("note"), ["KM2321"]);
});

test("virtual hosts on demand leave the chain to a proxy", () => {
  const given = withTable({ ...table([toC]), vhds: { config_source: {} } });
  assert.is(firstHttp(resolve(given)).punt, "KM1371");
});

test("filters that observe are notes, those that decide and unknown ones are punts", () => {
  assert.is(firstHttp(filters(httpFilter("s", "stats.PluginConfig"))).punt, undefined);
  assert.equal(filters(httpFilter("s", "stats.PluginConfig")).codes("note"), ["KM2203"]);
  assert.is(firstHttp(filters(httpFilter("a", authz))).punt, "KM2201");
  assert.is(firstHttp(filters(httpFilter("u", "envoy.extensions.filters.http.never_seen.v3.X"))).punt, "KM2202");
  assert.is(firstHttp(filters(httpFilter("u", "no.such.Type", undefined, { is_optional: true }))).punt, "KM2202");
  assert.equal(filters(httpFilter("u", "no.such.Type")).codes("error"), ["KM2127"]);
  assert.is(firstHttp(filters(httpFilter("a", authz, undefined, { disabled: true }))).punt, undefined);
  assert.is(firstHttp(filters({ name: "e", config_discovery: {} })).punt, "KM1324");
  assert.equal(filters({ name: "e" }).codes("error"), ["KM2117"]);
});

test("RBAC decides where it has rules", () => {
  const rbac = "envoy.extensions.filters.http.rbac.v3.RBAC";
  assert.is(firstHttp(filters(httpFilter("r", rbac, {}))).punt, undefined);
  assert.is(firstHttp(filters(httpFilter("r", rbac, { shadow_rules: {} }))).punt, undefined);
  assert.is(firstHttp(filters(httpFilter("r", rbac, { rules: {} }))).punt, "KM2201");
});

test("the router ends the list", () => {
  assert.equal(http({ http_filters: [router, httpFilter("s", "stats.PluginConfig")] }).codes("error"), ["KM2204", "KM2204"]);
  assert.equal(http({ http_filters: [{ ...router, disabled: true }] }).codes("error"), ["KM2204"]);
  assert.is(firstHttp(http({ http_filters: [] })).punt, "KM2205");
});

test("a fault of the chain, and an empty one", () => {
  const fault = {
    abort: { http_status: 503, percentage: { numerator: 10 } },
    delay: { fixed_delay: 1500, percentage: { numerator: 1, denominator: "MILLION" } },
  };
  assert.equal(firstHttp(filters(httpFilter("f", types.fault, fault))).fault, {
    abort: { status: 503, fraction: { numerator: 10, denominator: 100 } },
    delay: { duration: 1500, fraction: { numerator: 1, denominator: 1_000_000 } },
    filter: "f",
    headers: [],
  });
  assert.equal(firstHttp(filters(httpFilter("f", types.fault, {}))).fault, { filter: "f", headers: [] });
  assert.is(firstHttp(filters(httpFilter("f", types.fault, { upstream_cluster: "x", abort: { http_status: 500 } }))).punt, "KM1445");
});

const abort = (status: number) => any(types.fault, { abort: { http_status: status, percentage: { numerator: 100 } } });
const withSettings = (filter: HttpFilter, route: object, vhost: object = {}, whole: object = {}) =>
  resolve(
    withTable(
      {
        ...table([{ ...toC, typed_per_filter_config: route as never }], { typed_per_filter_config: vhost as never }),
        typed_per_filter_config: whole as never,
      },
      { http_filters: [filter, router] },
    ),
  );
const faulty = httpFilter("f", types.fault, {});

test("the most specific settings of a filter count", () => {
  const status = (...levels: [object, object?, object?]) => firstRoute(withSettings(faulty, ...levels)).fault?.abort?.status;
  assert.is(status({ f: abort(501) }, { f: abort(502) }, { f: abort(503) }), 501);
  assert.is(status({}, { f: abort(502) }, { f: abort(503) }), 502);
  assert.is(status({}, {}, { f: abort(503) }), 503);
});

test("a route switches a fault off, or wraps its settings", () => {
  const off = firstRoute(withSettings(faulty, { f: any(types.filterConfig, { disabled: true }) }, { f: abort(502) }));
  assert.equal(off.fault, { filter: "f", headers: [] });
  const wrapped = firstRoute(withSettings(faulty, { f: any(types.filterConfig, { config: abort(504) }) }));
  assert.is(wrapped.fault!.abort!.status, 504);
});

test("settings for a filter that no chain has are nothing", () => {
  const resolved = withSettings(faulty, { other: abort(500) });
  assert.is(firstRoute(resolved).fault, undefined);
  assert.equal(resolved.codes("note"), ["KM2209"]);
});

test("a route that switches on a disabled deciding filter is left to a proxy", () => {
  const off = httpFilter("a", authz, undefined, { disabled: true });
  const perRoute = { a: opaque("envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute") };
  const resolved = withSettings(off, perRoute);
  assert.is(firstHttp(resolved).punt, undefined);
  assert.equal(firstRoute(resolved).action, { kind: "punt", why: "KM2208" });
  assert.equal(firstRoute(withSettings(off, {}, perRoute)).action, { kind: "punt", why: "KM2208" });
  assert.is(firstRoute(withSettings(off, { a: any(types.filterConfig, { disabled: true }) })).action.kind, "forward");
});

test("RBAC rules of a route", () => {
  const idle = httpFilter("r", "envoy.extensions.filters.http.rbac.v3.RBAC", {});
  const perRoute = (rbac: object) => ({ r: any("envoy.extensions.filters.http.rbac.v3.RBACPerRoute", rbac) });
  assert.equal(firstRoute(withSettings(idle, perRoute({ rbac: { rules: {} } }))).action, { kind: "punt", why: "KM2208" });
  assert.is(firstRoute(withSettings(idle, perRoute({}))).action.kind, "forward");
});

test("a fault of one share of a route is left to a proxy", () => {
  const weighted: Route = {
    match: { prefix: "/" },
    route: { weighted_clusters: { clusters: [{ name: "c", weight: 1, typed_per_filter_config: { f: abort(500) } }] } },
  };
  const resolved = resolve(withTable(table([weighted]), { http_filters: [faulty, router] }));
  assert.equal(firstRoute(resolved).action, { kind: "punt", why: "KM2207" });
});

test("two chains may use one table", () => {
  const chain = hcm({ rds: { route_config_name: "r", config_source: { ads: {} } } });
  const given = {
    listeners: { l: { ...listener([chain]), default_filter_chain: { filters: [chain] } } },
    routes: { r: table([toC]) },
    clusters: clusterC,
  };
  const resolved = resolve(given);
  const fallback = firstListener(resolved).defaultChain!.network;
  assert.is(fallback.kind === "http" && fallback.http.routeConfig, 'routes["r"]');
  assert.is(resolved.model.routeConfigs.length, 1);
});

test.run();
