/** Each limit: at it, a table; above it, no table and a diagnostic with the number and the remedy. Never a shorter table. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Collector } from "../../diag/index.ts";
import type { HirHeaderMatch, HirModel } from "../../hir/index.ts";
import { compileModel } from "../../index.ts";
import { chain, cluster, endpoint, http, listener, model, route, routeConfig, tcp, to, weighted } from "../../lower/test/models.ts";
import { layoutClusters } from "../clusters.ts";
import { layoutConnect } from "../connect.ts";
import { createWords, isPlaced, placeWords } from "../decide-words.ts";
import { flags, type LimitName, limits, newImage, recordTypes, tables } from "../index.ts";

const test = suite("limits");

const ofTables = new Set<LimitName>(tables.map(({ limit }) => limit));
/** Limits of one rule, not of a table: each has its test below. */
const ofRules: readonly LimitName[] = [
  "clusters",
  "endpointsPerCluster",
  "runLength",
  "edgesPerNode",
  "routesPerVhost",
  "matchesPerRoute",
  "dfaStates",
];

test("every limit has a reason, a consequence and a remedy, and a test here", () => {
  assert.equal(
    Object.keys(limits)
      .filter((name) => !ofTables.has(name as LimitName))
      .sort(),
    [...ofRules].sort(),
  );
  for (const { max, unit, reason, consequence, remedy } of Object.values(limits)) {
    assert.ok(Number.isInteger(max) && max > 0);
    for (const text of [unit, reason, consequence, remedy]) assert.ok(text.length > 8 || text === "clusters", text);
  }
});

test("the sizes that reasons name are the sizes of the tables", () => {
  for (const [name, { max, reason }] of Object.entries(limits)) {
    const said = /(\d+) MiB/.exec(reason)?.[1];
    if (said === undefined) continue;
    const sizes = tables.filter(({ limit }) => limit === name).map(({ record }) => (max * recordTypes[record].size) / 2 ** 20);
    assert.ok(sizes.includes(Number(said)), `${name}: ${said} MiB said, ${sizes.join(" and ")} MiB held`);
  }
});

test("tables: at the limit, and one above", () => {
  for (const { name, limit } of tables) {
    const { max, remedy } = limits[limit];
    const sink = new Collector();
    assert.is(newImage(name, max, sink)?.count, max);
    assert.equal(sink.list(), []);
    assert.is(newImage(name, max + 1, sink), undefined);
    const [diagnostic] = sink.list();
    assert.is(diagnostic?.code, "KM4001");
    assert.is(diagnostic?.path, `table ${name}`);
    assert.ok(diagnostic?.message.startsWith(`${max + 1} `) && diagnostic.message.includes(`at most ${max}: `), diagnostic?.message);
    assert.is(diagnostic?.hint, remedy);
  }
});

/** What one more than fits gives: no tables, one diagnostic; its path and first number. */
function refused(hir: HirModel, name: LimitName): string {
  const sink = new Collector();
  assert.is(compileModel(hir, sink), undefined);
  const said = sink.list().filter(({ severity }) => severity === "error");
  assert.ok(said.length > 0 && said.every(({ code }) => code === "KM4001"));
  const own = said.find(({ hint, message }) => hint === limits[name].remedy && message.includes(`at most ${limits[name].max}:`));
  assert.ok(own, said.map(({ message }) => message).join("; "));
  return `${own.path}: ${Number.parseInt(own.message, 10)}`;
}

const web = (path: string): HirModel["listeners"] => [listener("l", ["10.0.0.1:80"], [chain("c", http(path))])];
const clusters = [cluster("c", [endpoint("10.1.0.1")])];
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

test("endpoints of one cluster", () => {
  const big = (n: number): HirModel =>
    model(
      [listener("l", ["10.0.0.1:80"], [chain("c", tcp("big"))])],
      [
        cluster(
          "big",
          many(n, (i) => endpoint(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)),
        ),
      ],
    );
  assert.is(compileModel(big(65_535), new Collector())?.images.get("cell")?.count, 16 + 65_535);
  assert.is(refused(big(65_536), "endpointsPerCluster"), 'clusters["big"]: 65536');
});

test("clusters", () => {
  const many = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `c${i}`, shares: [], noEndpointWeight: 0, totalWeight: 0 }));
  const sink = new Collector();
  assert.is(layoutClusters(many(limits.clusters.max), sink)?.cell.count, limits.clusters.max);
  assert.equal(sink.list(), []);
  assert.is(layoutClusters(many(limits.clusters.max + 1), sink), undefined);
  assert.equal(
    sink.list().map(({ code, path, hint }) => `${code} ${path}: ${hint}`),
    [`KM4001 clusters: ${limits.clusters.remedy}`],
  );
});

test("weighted targets of one rule", () => {
  // A cluster each: targets that are the same are one.
  const split = (n: number): HirModel => {
    const names = many(n, (i) => `c${i}`);
    const rule = tcp(weighted(...names.map((name) => [name, 1] as const)));
    return model(
      [listener("l", ["10.0.0.1:80"], [chain("c", rule)])],
      names.sort().map((name) => cluster(name, [endpoint("10.1.0.1")])),
    );
  };
  assert.is(compileModel(split(65_535), new Collector())?.images.get("split")?.count, 65_535);
  assert.is(refused(split(65_536), "runLength"), "table split, run 0: 65536");
});

test("destination intervals of one listener", () => {
  // Every second address: each is an interval, and so is what is between them.
  const ranges = (n: number): HirModel => {
    const prefixRanges = many(n, (i) => ({ ip: `10.${i >> 15}.${(i >> 7) & 255}.${(i << 1) & 255}`, length: 32 }));
    return model([listener("l", ["0.0.0.0:80"], [chain("c", http("r"), { prefixRanges })])], clusters, [
      routeConfig("r", [route(to("c"))]),
    ]);
  };
  assert.ok(compileModel(ranges(32_000), new Collector()));
  assert.match(refused(ranges(32_768), "edgesPerNode"), /^filter_chain_match: 6553[67]$/);
});

test("routes of one virtual host", () => {
  const table = (n: number): HirModel =>
    model(web("r"), clusters, [
      routeConfig(
        "r",
        many(n, () => route(to("c"))),
      ),
    ]);
  assert.is(compileModel(table(65_535), new Collector())?.images.get("route")?.count, 65_535);
  assert.is(refused(table(65_536), "routesPerVhost"), "r.v: 65536");
});

test("conditions of one route", () => {
  const guarded = (n: number): HirModel => {
    const headers = many(
      n,
      (i): HirHeaderMatch => ({
        name: "x",
        invert: false,
        missingAsEmpty: false,
        value: { kind: "exact", value: String(i), ignoreCase: false },
      }),
    );
    const match = { ...route(to("c")).match, headers };
    return model(web("r"), clusters, [routeConfig("r", [route(to("c"), { match, path: "r.v.routes[0]" })])]);
  };
  assert.is(compileModel(guarded(65_535), new Collector())?.images.get("match")?.count, 65_535);
  assert.is(refused(guarded(65_536), "matchesPerRoute"), "r.v.routes[0].match: 65536");
});

test("states of a regular expression: the route is left to a proxy, never matched otherwise", () => {
  const match = { ...route(to("c")).match, path: { kind: "regex", regex: "(.*a){3}.{14}|.*b.{12}" } } as const;
  const sink = new Collector();
  const compiled = compileModel(model(web("r"), clusters, [routeConfig("r", [route(to("c"), { match }), route(to("c"))])]), sink);
  assert.equal(
    sink
      .list()
      .filter(({ severity }) => severity !== "note")
      .map(({ code, severity }) => `${severity} ${code}`),
    ["punt KM3500"],
  );
  assert.is(compiled?.decideLir.tables[0]?.parts[0]?.read().vhosts[0]?.routes[0]?.punt, "KM3500");
  assert.is(compiled?.images.get("route")?.count, 2);
});

test("hash tables that do not hold all keys", () => {
  const none = { kind: "none" } as const;
  const connect = (n: number, ipOf: (i: number) => string): readonly string[] => {
    const sink = new Collector();
    const services = many(n, (i) => ({ ip: ipOf(i), port: 80, listener: i, leaf: none }));
    assert.is(layoutConnect({ services, virtual4: none, virtual6: none, splits: [], ranges: [], clusters: [] }, sink), undefined);
    return sink.list().map(({ code, path, hint }) => `${code} ${path}: ${hint}`);
  };
  const { svc4Buckets, svc6Buckets, wordBuckets } = limits;
  const four = connect(4 * svc4Buckets.max, (i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  assert.equal(four, [`KM4001 table svc4: ${svc4Buckets.remedy}`]);
  const six = connect(2 * svc6Buckets.max, (i) => `fd00::${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}`);
  assert.equal(six, [`KM4001 table svc6: ${svc6Buckets.remedy}`]);

  const sink = new Collector();
  const words = createWords({ idOf: () => 0 });
  for (let i = 0; i < 4 * wordBuckets.max; i++) words.add(flags.KM_W_WHOLE, "x", i);
  assert.not(isPlaced(placeWords([{ words: words.lists(), text: 0, value: 0 }]), sink));
  assert.equal(
    sink.list().map(({ code, path, hint }) => `${code} ${path}: ${hint}`),
    [`KM4001 table word: ${wordBuckets.remedy}`],
  );
});

test.run();
