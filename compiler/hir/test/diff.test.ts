/** Nothing that changes traffic goes unsaid, and what is said has words a reviewer reads. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HirHttp, HirModel, HirRouteConfig, HirTreatment, HirVirtualHost } from "../model.ts";
import { chain, cluster, forward, fraction, header, listener, model, prefix, route, text, vhost, web, weighted } from "./build.ts";
import { between, endpoint, pool, routes, site } from "./diffing.ts";

const diff = suite("diff");

diff("equal models differ in nothing", () => {
  assert.equal(between(site(), site()), []);
});

const httpOptions: Partial<HirHttp> = {
  codec: "http1",
  normalizePath: true,
  mergeSlashes: true,
  escapedSlashes: "reject",
  stripHostPort: "any",
  stripTrailingHostDot: true,
  useRemoteAddress: true,
  internalCidrs: [{ ip: "10.0.0.0", length: 8 }],
  schemeOverwrite: "https",
  underscores: "drop",
  acceptHttp10: true,
  defaultHostForHttp10: "a",
  allowAbsoluteUrl: false,
  proxy100Continue: true,
  upgrades: ["websocket"],
  maxRequestHeadersKb: 1,
  maxHeadersCount: 1,
  fault: { filter: "f", headers: [], abort: { status: 503, fraction: fraction(1) } },
};

const tableOptions: Partial<HirRouteConfig> = {
  ignorePortInHost: true,
  ignorePathParameters: true,
  vhostHeader: "x",
  internalOnlyHeaders: ["x"],
  mostSpecificHeaderMutationsWins: true,
  treatment: { requestHeadersRemove: ["x"] },
};

diff("each option of a connection manager and of a table, by its name", () => {
  for (const [name, value] of Object.entries(httpOptions)) {
    const told = between(site(), site({ http: { [name]: value } }));
    assert.is(told.length, 1, name);
    assert.match(told[0]!, /^changed filter_chain chains\[web\]: [a-z_0-9]+: .* -> /);
  }
  for (const [name, value] of Object.entries(tableOptions)) {
    const told = between(site(), site({ config: { [name]: value } }));
    assert.is(told.length, 1, name);
    assert.match(told[0]!, /^changed route_configuration rc: [a-z_]+: .* -> /);
  }
  assert.equal(between(site(), site({ http: { normalizePath: true } })), [
    "changed filter_chain chains[web]: normalize_path: false -> true",
  ]);
});

diff("each option of a virtual host, and each thing that is done to a request", () => {
  const of = (more: Partial<HirVirtualHost>): HirModel => web([vhost(["*"], routes, more)]);
  for (const [more, told] of [
    [{ attemptCount: true }, "include_request_attempt_count: none -> true"],
    [{ requireTls: "all" }, "require_tls: none -> all"],
    [{ punt: "KM2300" }, "proxy: none -> KM2300"],
  ] as const)
    assert.equal(between(of({}), of(more)), [`changed virtual_host rc.vhosts[0]: ${told}`]);
  const add = { name: "x", value: "", action: "append_or_add", keepEmpty: false } as const;
  const rewrite = { regex: "^/(.*)", substitution: "\\1" };
  const pairs: readonly (readonly [HirTreatment, HirTreatment])[] = [
    [{ requestHeadersAdd: [add] }, { requestHeadersAdd: [{ ...add, keepEmpty: true }] }],
    [{ requestHeadersAdd: [add] }, { requestHeadersAdd: [{ ...add, action: "overwrite" }] }],
    [{ hostRewrite: { kind: "auto" } }, { hostRewrite: { kind: "path_regex", rewrite } }],
    [{ hostRewrite: { kind: "path_regex", rewrite: { ...rewrite, regex: "x" } } }, { hostRewrite: { kind: "path_regex", rewrite } }],
    [{ hostRewrite: { kind: "path_regex", rewrite: { ...rewrite, substitution: "x" } } }, { hostRewrite: { kind: "path_regex", rewrite } }],
    [{}, { appendForwardedHost: true }],
  ];
  for (const [a, b] of pairs) assert.is(between(of({ treatment: a }), of({ treatment: b })).length, 1, JSON.stringify(b));
  const entry = (treatment: HirTreatment) => ({ path: "", weight: 1, target: { kind: "cluster", cluster: "a" }, treatment }) as const;
  const twice = (first: HirTreatment): HirModel =>
    site({}, [route({ to: forward({ kind: "weighted", entries: [entry(first), entry({})] }) })]);
  assert.is(between(twice({}), twice({ requestHeadersAdd: [add] })).length, 1, "a cluster in two entries");
});

diff("shares and fractions that differ by less than is told of them", () => {
  const splitBy = (a: number, b: number): HirModel => site({}, [route({ to: forward(weighted({ a, b })) })]);
  assert.equal(between(splitBy(90, 10), splitBy(180, 20)), []);
  assert.equal(between(splitBy(99_999, 1), splitBy(99_997, 3)), [
    'changed route rc.vhosts[0].routes[0]: prefix "/": goes: 99.999% "a", 0.001% "b" -> 99.997% "a", 0.003% "b"',
  ]);
  assert.equal(between(splitBy(50_000, 50_000), splitBy(50_001, 49_999)), [
    'changed route rc.vhosts[0].routes[0]: prefix "/": shares: 1 : 1 -> 50001 : 49999',
  ]);
  const tcp = (a: number, b: number): HirModel => {
    const split = { ...chain("a"), network: { kind: "tcp", target: weighted({ a, b }), statPrefix: "" } } as const;
    return model([listener("10.0.0.1:80", [split])]);
  };
  assert.is(between(tcp(1, 1), tcp(50_001, 49_999)).length, 1);
  const some = (numerator: number): HirModel => site({}, [route({ to: "a", match: { fraction: { numerator, denominator: 1_000_000 } } })]);
  assert.is(between(some(500_000), some(500_001)).length, 2);
});

diff("routes: order, place before, and everything that their actions hold", () => {
  const second = { match: { headers: [header("x", text("exact", "1"))] } };
  const more = site({}, [route({ ...second, to: "b" }), route({ to: forward("c", { notFoundStatus: 404 }) })]);
  assert.equal(between(site(), more), [
    'added route rc.vhosts[0].routes[0]: prefix "/", header x is "1": "b"',
    'changed route rc.vhosts[0].routes[1]: prefix "/" (was routes[0]): goes: "a" -> "c"',
    'changed route rc.vhosts[0].routes[1]: prefix "/" (was routes[0]): not_found_status: 503 -> 404',
  ]);
  const split = weighted({ a: 1, b: 1 });
  if (split.kind !== "weighted") throw new Error("weighted() is weighted");
  const treated = { ...split, entries: split.entries.map((e) => ({ ...e, treatment: { requestHeadersRemove: ["x"] } })) };
  assert.is(between(site({}, [route({ to: forward(split) })]), site({}, [route({ to: forward(treated) })])).length, 2);
  assert.is(
    between(site({}, [route({ to: forward(split) })]), site({}, [route({ to: forward({ ...split, headerName: "x" }) })])).length,
    1,
  );
  const redirect = { status: 301, https: true, stripQuery: false };
  const of = (r: typeof redirect) => site({}, [route({ to: { kind: "redirect", redirect: r } })]);
  assert.equal(between(of(redirect), of({ ...redirect, stripQuery: true })), [
    'changed route rc.vhosts[0].routes[0]: prefix "/": strip_query: false -> true',
  ]);
  const says = (status: number, body: string): HirModel => site({}, [route({ to: { kind: "respond", status, body } })]);
  assert.equal(between(says(403, "a"), says(404, "b")), [
    'changed route rc.vhosts[0].routes[0]: prefix "/": goes: respond 403 "a" -> respond 404 "b"',
  ]);
  const long = "x".repeat(100);
  assert.is(between(says(403, `${long}a`), says(403, `${long}b`)).length, 1);
  assert.equal(between(says(403, `${long}${long}a, then`), says(403, `${long}${long}b, then`)), [
    `changed route rc.vhosts[0].routes[0]: prefix "/": body: ...${"x".repeat(20)}a, then" (209 characters) -> ...${"x".repeat(20)}b, then" (209 characters)`,
  ]);
  assert.equal(between(site(), site({}, [route({ path: prefix("/x"), to: "a" })])), [
    'removed route rc.vhosts[0].routes[0]: prefix "/": "a"',
    'added route rc.vhosts[0].routes[0]: prefix "/x": "a"',
  ]);
});

diff("endpoints, and what they do to the shares of traffic", () => {
  assert.equal(between(pool([endpoint(1), endpoint(2)]), pool([endpoint(1), endpoint(2, "unhealthy")])), [
    'changed endpoint clusters[a]: 10.0.0.2:80: healthy, weight 1, priority 0, in "r/z" -> unhealthy, weight 1, priority 0, in "r/z"',
    "changed cluster clusters[a]: traffic: 50% to 10.0.0.1:80, 50% to 10.0.0.2:80 -> 100% to 10.0.0.1:80",
  ]);
  assert.equal(between(pool([endpoint(1)]), pool([])), [
    'removed endpoint clusters[a]: 10.0.0.1:80 (healthy, weight 1, priority 0, in "r/z")',
    "changed cluster clusters[a]: traffic: 100% to 10.0.0.1:80 -> to no endpoint",
  ]);
  const many = [1, 2, 3, 4, 5].map((n) => endpoint(n));
  assert.is(
    between(pool(many), pool([...many, endpoint(6)]))[1],
    "changed cluster clusters[a]: traffic: 20% to each of 5 endpoints -> 16.67% to each of 6 endpoints",
  );
  assert.equal(between(pool([endpoint(1)], 1), pool([endpoint(1)], 2)), [], "locality weights that nobody asks for");
});

diff("each option of a cluster", () => {
  const options = {
    lb: "random",
    overprovisioning: 100,
    panicThreshold: 0,
    failTrafficOnPanic: true,
    weightedPriorityHealth: true,
    localityWeighted: true,
    drop: fraction(1),
    originalDstHeader: "x",
    punt: "KM2420",
  } as const;
  for (const [name, value] of Object.entries(options)) {
    assert.is(between(model([]), model([], [cluster("a", { [name]: value })])).length, 1, name);
  }
});

diff("listeners and their chains", () => {
  const one = (overrides = {}) => model([listener("10.0.0.1:80", [chain("a")], overrides)]);
  const options = { useOriginalDst: true, inspectors: { tls: true, http: false }, listenerFiltersTimeout: 1, punt: "KM2120" };
  for (const [name, value] of Object.entries(options)) assert.is(between(one(), one({ [name]: value })).length, 1, name);
  const waiting = (listenerFiltersTimeout: number, continueOnListenerFiltersTimeout: boolean) =>
    one({ listenerFiltersTimeout, continueOnListenerFiltersTimeout });
  assert.equal(between(waiting(0, false), waiting(0, true)), [], "who waits for ever never continues");
  assert.equal(between(waiting(0, true), waiting(9, true)), [
    "changed listener listeners[10.0.0.1:80]: listener_filters_timeout: waits for ever -> 9 ms, then continues",
  ]);
  const compat = (first: boolean) => {
    const addresses = [80, 81].map((port) => ({ ip: "::", port, ipv4Compat: first === (port === 80) }));
    return one({ addresses });
  };
  assert.equal(between(compat(true), compat(false)), ["changed listener listeners[10.0.0.1:80]: ipv4_compat: [::]:80 -> [::]:81"]);
  const last = model([listener("10.0.0.1:80", [], { defaultChain: chain("a") })]);
  assert.equal(between(one(), last), ['added filter_chain chains[a]: otherwise: "a"', 'removed filter_chain chains[a]: any: "a"']);
  const other = model([listener("10.0.0.1:80", [chain("a", { destinationPort: 1 }), chain("b")])]);
  assert.equal(between(one(), other), ["changed filter_chain chains[a]: match: any -> port 1", 'added filter_chain chains[b]: any: "b"']);
});

diff("a table of thousands of routes: what comes first is told, not what it moves", () => {
  const many = Array.from({ length: 2100 }, (_, i) => route({ path: prefix(`/${i}`), to: "a" }));
  const one = route({ path: prefix("/new"), to: "b" });
  assert.equal(between(site({}, many), site({}, [one, ...many])), ['added route rc.vhosts[0].routes[0]: prefix "/new": "b"']);
  const last = [...many.slice(0, -1), route({ path: prefix("/new"), to: "b" })];
  assert.is(between(site({}, many), site({}, last)).length, 2);
  const turned = between(site({}, many), site({}, [...many].reverse()));
  assert.is(turned.length, 2100, "too much to align: each is told with its place");
});

diff.run();
