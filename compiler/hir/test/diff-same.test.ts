/** Other names, places and orders are no difference, unless they change something for traffic. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HirChain, HirChainMatch, HirModel, HirRouteMatch } from "../model.ts";
import { chain, cluster, forward, fraction, header, listener, model, prefix, route, text, vhost, web, weighted } from "./build.ts";
import { between, endpoint, pool, routes, site } from "./diffing.ts";

const same = suite("diff of what means the same");

same("what has another place, order or name and means the same is not told", () => {
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

same("shares in another order are the same, unless the order tells which requests they get", () => {
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

same("the name of a route or chain, where a header tells it", () => {
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

same("an inline table goes with its chain", () => {
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

same("a route that moves, and a cluster that has another name", () => {
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

same.run();
