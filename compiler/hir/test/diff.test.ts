/** Nothing that changes traffic goes unsaid, and what is said has words a reviewer reads. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Change, diffModels } from "../explain/diff.ts";
import type {
  HirChain,
  HirChainMatch,
  HirHttp,
  HirLocality,
  HirModel,
  HirRoute,
  HirRouteConfig,
  HirRouteMatch,
  HirTreatment,
  HirVirtualHost,
} from "../model.ts";
import { chain, cluster, forward, fraction, header, listener, model, prefix, route, text, vhost, web, weighted } from "./build.ts";

const diff = suite("diff");

const lines = (changes: readonly Change[]): readonly string[] => changes.map((c) => `${c.kind} ${c.what} ${c.path}: ${c.message}`);
const between = (a: HirModel, b: HirModel): readonly string[] => lines(diffModels(a, b));

const routes = [route({ to: "a" })];
const site = (more: Parameters<typeof web>[1] = {}, list: readonly HirRoute[] = routes): HirModel => web([vhost(["*"], list)], more);

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

const endpoint = (last: number, health: "healthy" | "unhealthy" = "healthy") =>
  ({ address: { kind: "ip", ip: `10.0.0.${last}`, port: 80 }, weight: 1, health }) as const;
const pool = (endpoints: HirLocality["endpoints"], weight?: number): HirModel =>
  model([], [cluster("a", { priorities: [[{ name: "r/z", endpoints, ...(weight === undefined ? {} : { weight }) }]] })]);

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

diff("what has another place, order or name and means the same is not told", () => {
  const plain = (name: string, match: Partial<HirChainMatch>, index: number) => ({
    ...chain(name, match),
    name: "",
    path: `l.filter_chains[${index}]`,
  });
  const some = [plain("a", { destinationPort: 1 }, 0), plain("b", { destinationPort: 2 }, 1)];
  const shifted = some.map((c, index) => ({ ...c, path: `l.filter_chains[${index + 1}]` }));
  const of = (chains: readonly HirChain[]) => model([listener("10.0.0.1:80", [...chains])]);
  assert.equal(between(of(some), of([plain("c", { destinationPort: 3 }, 0), ...shifted])), [
    'added filter_chain l.filter_chains[0]: port 3: "c"',
  ]);
  const host = (name: string, domains: readonly string[]) => ({ ...vhost(domains, routes), name, path: `rc.virtual_hosts[${name}]` });
  assert.equal(between(web([host("x", ["a", "b"])]), web([host("y", ["b", "a"])])), []);
  assert.equal(between(web([host("x", ["a"])]), web([host("y", ["b"])])).length, 2);
  assert.equal(between(pool([endpoint(1), endpoint(2)]), pool([endpoint(2), endpoint(1)])), []);
  const twice = [endpoint(1), endpoint(1, "unhealthy")];
  assert.equal(between(pool(twice), pool([...twice].reverse())), []);
  const matching = (names: readonly string[], value: string): HirModel =>
    site({}, [route({ to: "a", match: { headers: names.map((name) => header(name, text("exact", value))) } })]);
  assert.equal(between(matching(["x", "y"], "1"), matching(["y", "x"], "1")), []);
  const faulty = (names: readonly string[]): HirModel =>
    site({ http: { fault: { filter: "f", headers: names.map((name) => header(name, text("exact", "1"))) } } });
  assert.equal(between(faulty(["x", "y"]), faulty(["y", "x"])), []);
  assert.is(between(matching(["x", "y"], "1"), matching(["y", "x"], "2")).length, 2);
  const removing = (requestHeadersRemove: readonly string[]): HirModel => {
    const target = { kind: "cluster", cluster: "a" } as const;
    const entries = [{ path: "", weight: 1, target, treatment: { requestHeadersRemove } }];
    return site({}, [route({ to: forward({ kind: "weighted", entries }) }, { treatment: { requestHeadersRemove } })]);
  };
  assert.equal(between(removing(["x", "y"]), removing(["y", "x"])), []);
  const ports = (...sourcePorts: readonly number[]) => of([plain("a", { sourcePorts }, 0)]);
  assert.equal(between(ports(2, 10), ports(10, 2)), []);
});

diff("shares in another order are the same, unless the order tells which requests they get", () => {
  const split = (weights: Readonly<Record<string, number>>, match: Partial<HirRouteMatch> = {}, by?: string): HirModel =>
    site({}, [route({ to: forward(weighted(weights, by)), match })]);
  const [one, other] = [
    { a: 9, b: 1 },
    { b: 1, a: 9 },
  ];
  assert.equal(between(split(one), split(other)), []);
  assert.is(between(split(one, { fraction: fraction(50) }), split(other, { fraction: fraction(50) })).length, 1);
  assert.is(between(split(one, {}, "x-share"), split(other, {}, "x-share")).length, 1);
  assert.equal(between(split({ a: 9, b: 1 }, {}, "x-share"), split({ a: 90, b: 10 }, {}, "x-share")), [
    'changed route rc.vhosts[0].routes[0]: prefix "/": shares: 9 : 1 -> 90 : 10',
  ]);
  const beside = (weights: Readonly<Record<string, number>>): HirModel => {
    const drawn = { ...vhost(["b"], [route({ to: "a", match: { fraction: fraction(50) } })]), name: "drawn" };
    return web([{ ...vhost(["a"], [route({ to: forward(weighted(weights)) })]), name: "split" }, drawn]);
  };
  assert.equal(between(beside(one), beside(other)), [], "another virtual host has a fraction");
  assert.equal(between(split(other), split(other, {}, "x-share")), [
    'changed route rc.vhosts[0].routes[0]: prefix "/": chosen_by_header: none -> x-share',
  ]);
});

diff("the name of a route or chain, where a header tells it", () => {
  const header = { name: "x", action: "append_or_add", keepEmpty: false } as const;
  const telling = (value: string, names: Partial<Record<"chain" | "route", string>>): HirModel => {
    const { listeners, ...rest } = web([vhost(["*"], [{ ...routes[0]!, name: names.route ?? "" }])], {
      config: { treatment: { requestHeadersAdd: [{ ...header, value }] } },
    });
    return {
      ...rest,
      listeners: listeners.map((l) => ({ ...l, chains: l.chains.map((c) => ({ ...c, name: names.chain ?? "" })) })),
    };
  };
  assert.equal(between(telling("x", {}), telling("x", { chain: "c", route: "r" })), []);
  assert.equal(between(telling("%ROUTE_NAME%", {}), telling("%ROUTE_NAME%", { chain: "c", route: "r" })), [
    'changed route rc.vhosts[0].routes[0]: prefix "/": name: "" -> "r"',
  ]);
  assert.equal(between(telling("%FILTER_CHAIN_NAME:4%", {}), telling("%FILTER_CHAIN_NAME:4%", { chain: "c", route: "r" })), [
    'changed filter_chain chains[web]: name: "" -> "c"',
  ]);
});

diff("an inline table goes with its chain", () => {
  const inline = (index: number): HirModel => {
    const path = `l.filter_chains[${index}]`;
    const text = JSON.stringify(site())
      .replaceAll('"chains[web]"', JSON.stringify(path))
      .replaceAll(/"(path|routeConfig)":"rc/g, `"$1":"${path}.rc`);
    return JSON.parse(text) as HirModel;
  };
  assert.equal(between(inline(0), inline(1)), []);
  const renamed = JSON.parse(JSON.stringify(inline(0)).replace(/"routeConfigName":"[^"]*"/, '"routeConfigName":"other"')) as HirModel;
  assert.equal(between(inline(0), renamed), [], "its name is seen by nobody");
});

diff("a route that moves, and a cluster that has another name", () => {
  const [first, second] = [route({ to: "a" }), route({ path: prefix("/x"), to: "b" })];
  assert.equal(between(site({}, [first, second]), site({}, [second, first])), [
    'changed route rc.vhosts[0].routes[1]: prefix "/": place: routes[0] -> routes[1]',
  ]);
  const to = (name: string, ports: readonly number[] = [80]): HirModel => {
    const endpoints = ports.map((port) => ({ ...endpoint(1), address: { kind: "ip", ip: "10.0.0.1", port } as const }));
    return { ...site({}, [route({ to: name })]), clusters: [cluster(name, { priorities: [[{ name: "", endpoints }]] })] };
  };
  const byHeader = route({ path: prefix("/by"), to: forward({ kind: "cluster_header", header: "x-to" }) });
  const named = (name: string): HirModel => ({ ...to(name), routeConfigs: site({}, [byHeader]).routeConfigs });
  assert.is(between(named("a"), named("b")).length, 2, "requests that ask for the old one by its name find none");
  assert.equal(between(to("a"), to("b")), ['changed cluster clusters[b]: name: "a" -> "b"']);
  assert.is(between(to("a"), to("b", [81])).length, 3, "another endpoint: a route and two clusters");
  assert.is(between(to("a", []), to("b", [])).length, 3, "without endpoints all clusters are alike");
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
