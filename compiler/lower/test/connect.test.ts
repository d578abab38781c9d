import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Collector } from "../../diag/index.ts";
import type { HirModel } from "../../hir/index.ts";
import { type LirConnect, type LirLeaf, printConnect, verifyLir } from "../../lir/index.ts";
import { internModel, lowerConnect } from "../index.ts";
import { chain, cluster, endpoint, http, listener, model, prefix, route, routeConfig, tcp, to, weighted } from "./models.ts";

const test = suite("lower connect");
const a = cluster("a", [endpoint("10.1.0.1")]);
const b = cluster("b", [endpoint("10.1.0.2"), endpoint("10.1.0.3", 81)]);

function lower(m: HirModel, sink = new Collector()): LirConnect {
  const lir = lowerConnect(m, internModel(m), sink);
  verifyLir(lir);
  return lir;
}

const named = (...names: readonly string[]) => ({ listeners: names.map((name) => ({ name, path: "" })) });
const leafAt = (lir: LirConnect, ip: string, port: number): LirLeaf | undefined =>
  lir.services.find((s) => s.ip === ip && s.port === port)?.leaf;
const ofChain = (...chains: Parameters<typeof listener>[2][number][]) =>
  leafAt(lower(model([listener("l", ["10.0.0.1:80"], chains)], [a, b])), "10.0.0.1", 80);

test("a listener per address, in the order of family, address, port", () => {
  const text = printConnect(
    lower(model([listener("l", ["[fd00::1]:80", "10.0.0.2:90", "10.0.0.2:80"], [chain("c", tcp("a"))])], [a, b])),
    named("l"),
  );
  assert.is(
    text,
    `service 10.0.0.2:80 "l" -> direct "a"
service 10.0.0.2:90 "l" -> direct "a"
service [fd00::1]:80 "l" -> direct "a"
cluster "a"
  10.1.0.1:8080 share 1/1
cluster "b"
  10.1.0.2:8080 share 1/2
  10.1.0.3:81 share 1/2
`,
  );
});

test("what a chain does at connect", () => {
  assert.equal(ofChain(chain("c", tcp("a"))), { kind: "direct", cluster: 0 });
  assert.equal(ofChain(chain("c", tcp("gone"))), { kind: "refuse", reason: "NO_CLUSTER" });
  assert.equal(ofChain(chain("c", { kind: "close" })), { kind: "refuse", reason: "NO_FILTERS" });
  assert.equal(ofChain(chain("c", { kind: "punt", why: "KM2001" })), { kind: "punt", reason: "PUNT_CHAIN" });
  assert.equal(ofChain(), { kind: "refuse", reason: "NO_FILTER_CHAIN" });
  assert.equal(ofChain(chain("c", tcp(weighted(["a", 1], ["b", 3])))), { kind: "split", split: 0 });
  assert.equal(ofChain(chain("c", tcp(weighted(["a", 1], ["b", 0])))), { kind: "direct", cluster: 0 }, "weight 0 is never chosen");
});

test("clusters that connect() can't reach", () => {
  const m = (c: ReturnType<typeof cluster>, sink?: Collector) =>
    leafAt(lower(model([listener("l", ["10.0.0.1:80"], [chain("c", tcp("x"))])], [c]), sink), "10.0.0.1", 80);
  assert.equal(m(cluster("x", [], { discovery: "original_dst", lb: "cluster_provided" })), { kind: "pass", reason: "PASSTHROUGH" });
  assert.equal(m(cluster("x", [endpoint("10.1.0.1")], { punt: "KM2002" })), { kind: "punt", reason: "PUNT_CLUSTER" });
  assert.equal(m(cluster("x", [])), { kind: "direct", cluster: 0 }, "no endpoint is data: the cell says it");
  const sink = new Collector();
  const host = { address: { kind: "host", host: "db.example.com", port: 1 }, weight: 1, health: "healthy" } as const;
  assert.equal(m(cluster("x", [endpoint("10.1.0.1"), host]), sink), { kind: "punt", reason: "PUNT_ADDRESS" });
  assert.equal(
    sink.list().map((d) => [d.code, d.severity, d.path]),
    [["KM3001", "punt", 'clusters["x"]']],
  );
});

test("an IPv6 endpoint behind an IPv4 address is told once, and only there", () => {
  const six = cluster("six", [endpoint("10.1.0.1"), endpoint("fd00::1")]);
  const codes = (address: string, network = tcp("six")) => {
    const sink = new Collector();
    lower(model([listener("l", [address], [chain("c", network)]), listener("m", ["[fd00::9]:1"], [chain("c", network)])], [a, six]), sink);
    return sink.list().map((d) => `${d.code} ${d.path}`);
  };
  assert.equal(codes("10.0.0.1:80"), ['KM3003 clusters["six"]']);
  assert.equal(codes("0.0.0.0:80", tcp(weighted(["a", 1], ["six", 1]))), ['KM3003 clusters["six"]']);
  assert.equal(codes("[fd00::2]:80"), []);
});

test("bytes or source decide: l7, unless every chain does the same", () => {
  const sniff = { inspectors: { tls: true, http: false } };
  const m = (chains: Parameters<typeof listener>[2], more = {}) =>
    leafAt(lower(model([listener("l", ["10.0.0.1:80"], chains, more)], [a, b])), "10.0.0.1", 80);
  const sni = chain("sni", tcp("b"), { serverNames: ["x"] });
  assert.equal(m([sni, chain("c", tcp("a"))], sniff), { kind: "l7", listener: 0, reason: "NEEDS_HEAD" });
  assert.equal(m([sni, chain("c", tcp("a"))]), { kind: "direct", cluster: 0 }, "without a tls_inspector the name is never known");
  assert.equal(m([{ ...sni, network: tcp("a") }], { ...sniff, defaultChain: chain("d", tcp("a")) }), { kind: "direct", cluster: 0 });
  assert.equal(m([{ ...sni, network: tcp("a") }], sniff), { kind: "l7", listener: 0, reason: "NEEDS_HEAD" }, "no default: some are closed");
  const source = chain("s", tcp("b"), { sourcePrefixRanges: [prefix("10.9.0.0/16")] });
  assert.equal(m([source, chain("c", tcp("a"))]), { kind: "l7", listener: 0, reason: "NEEDS_SOURCE" });
  assert.equal(m([chain("t", tcp("b"), { transportProtocol: "tls" })]), { kind: "refuse", reason: "NO_FILTER_CHAIN" });
  assert.equal(m([chain("t", tcp("b"), { transportProtocol: "raw_buffer" }), chain("c", tcp("a"))]), { kind: "direct", cluster: 1 });
  assert.equal(m([], { punt: "KM2003" }), { kind: "punt", reason: "PUNT_LISTENER" });
});

test("a specific entry is final: no way back to a wider one", () => {
  const chains = [
    chain("ten", tcp("a"), { prefixRanges: [prefix("10.0.0.0/8")] }),
    chain("host", tcp("b"), { prefixRanges: [prefix("10.0.0.1/32")], transportProtocol: "tls" }),
  ];
  assert.equal(ofChain(...chains), { kind: "refuse", reason: "NO_FILTER_CHAIN" });
});

test("a wildcard's prefixes become intervals; IPv4 prefixes say nothing of IPv6", () => {
  const chains = [
    chain("any", tcp("a")),
    chain("ten", tcp("b"), { prefixRanges: [prefix("10.0.0.0/8")] }),
    chain("host", tcp("gone"), { prefixRanges: [prefix("10.255.255.255/32"), prefix("0.0.0.0/32")] }),
  ];
  const lir = lower(model([listener("l", ["0.0.0.0:80", "[::]:80"], chains)], [a, b]));
  assert.equal(leafAt(lir, "::", 80), { kind: "direct", cluster: 0 });
  assert.equal(lir.ranges, [
    {
      by: "ip",
      intervals: [
        { last: "0.0.0.0", leaf: { kind: "refuse", reason: "NO_CLUSTER" } },
        { last: "9.255.255.255", leaf: { kind: "direct", cluster: 0 } },
        { last: "10.255.255.254", leaf: { kind: "direct", cluster: 1 } },
        { last: "10.255.255.255", leaf: { kind: "refuse", reason: "NO_CLUSTER" } },
        { last: "255.255.255.255", leaf: { kind: "direct", cluster: 0 } },
      ],
    },
  ]);
});

test("the virtual listener: ports first, then addresses", () => {
  const chains = [
    chain("blackhole", tcp("hole"), { destinationPort: 15001 }),
    chain("zero", tcp("b"), { destinationPort: 65535, prefixRanges: [prefix("10.0.0.0/8")] }),
    chain("all", tcp("pass")),
  ];
  const clusters = [b, cluster("hole", []), cluster("pass", [], { discovery: "original_dst", lb: "cluster_provided" })];
  const lir = lower(model([listener("virtual", ["0.0.0.0:15001"], chains, { useOriginalDst: true })], clusters));
  assert.is(lir.virtual4.kind, "ports");
  const text = printConnect(lir, named("virtual"));
  for (const line of [
    'service 0.0.0.0:15001 "virtual" -> direct "hole"',
    "other IPv4 -> ports",
    "  0-15000 -> pass PASSTHROUGH",
    '  15001 -> direct "hole"',
    "  15002-65534 -> pass PASSTHROUGH",
    "  65535 -> range",
    "    0.0.0.0..9.255.255.255 -> refuse NO_FILTER_CHAIN",
    '    10.0.0.0/8 -> direct "b"',
  ])
    assert.ok(text.includes(`${line}\n`), `${line} is not in\n${text}`);
});

test("[::] with ipv4_compat takes IPv4, unless a listener has that address", () => {
  const six = { ...listener("six", ["[::]:80"], [chain("c", tcp("a"))]), addresses: [{ ip: "::", port: 80, ipv4Compat: true }] };
  assert.equal(leafAt(lower(model([six], [a, b])), "0.0.0.0", 80), { kind: "direct", cluster: 0 });
  const four = listener("z", ["0.0.0.0:80"], [chain("c", tcp("b"))]);
  assert.equal(leafAt(lower(model([six, four], [a, b])), "0.0.0.0", 80), { kind: "direct", cluster: 1 });
});

const reduced = (routes: Parameters<typeof routeConfig>[1], table = {}, hcm = {}) => {
  const m = model([listener("l", ["10.0.0.1:80"], [chain("c", http("r", hcm))])], [a, b], [routeConfig("r", routes, table)]);
  return leafAt(lower(m), "10.0.0.1", 80);
};

test("HTTP whose result no request changes is decided at connect", () => {
  assert.equal(reduced([route(to("a"))]), { kind: "direct", cluster: 0 });
  assert.equal(reduced([route(weighted(["a", 1], ["b", 1])), route(to("b"))]), { kind: "split", split: 0 }, "what follows is not reached");
  assert.equal(reduced([route(to("a"))], {}, { normalizePath: true }), { kind: "direct", cluster: 0 });
});

test("HTTP that reads the request, answers or changes it is not", () => {
  const head = { kind: "l7", listener: 0, reason: "NEEDS_HEAD" };
  const match = route(to("a")).match;
  const rows: readonly [string, Parameters<typeof reduced>][] = [
    ["no route", [[]]],
    ["a longer prefix", [[route(to("a"), { match: { ...match, path: { kind: "prefix", value: "/x" } } })]]],
    [
      "a header",
      [
        [
          route(to("a"), {
            match: { ...match, headers: [{ name: "x", invert: false, missingAsEmpty: false, value: { kind: "present", present: true } }] },
          }),
        ],
      ],
    ],
    ["a fraction", [[route(to("a"), { match: { ...match, fraction: { numerator: 1, denominator: 100 } } })]]],
    ["a rewrite", [[route(to("a"), { treatment: { prefixRewrite: "/y" } })]]],
    ["headers added above", [[route(to("a"))], { treatment: { requestHeadersRemove: ["x"] } }]],
    ["a missing cluster", [[route(to("gone"))]]],
    ["a direct response", [[route(to("a"), { action: { kind: "respond", status: 200, body: "" } })]]],
    ["cluster_header", [[route({ kind: "cluster_header", header: "x" })]]],
    [
      "a domain",
      [
        [route(to("a"))],
        { vhosts: [{ name: "v", path: "v", domains: ["x.com"], requireTls: "none", routes: [route(to("a"))], treatment: {} }] },
      ],
    ],
    ["vhost_header", [[route(to("a"))], { vhostHeader: "x" }]],
    [
      "a fault",
      [[route(to("a"))], {}, { fault: { abort: { status: 503, fraction: { numerator: 1, denominator: 100 } }, filter: "f", headers: [] } }],
    ],
    ["escaped slashes rejected", [[route(to("a"))], {}, { escapedSlashes: "reject" }]],
  ];
  for (const [name, row] of rows) assert.equal(reduced(...row), head, name);
});

test("vipSelectsVhost: an address among the domains selects, where Envoy would ask each request", () => {
  const table = routeConfig("r", [], {
    vhosts: [
      {
        name: "v",
        path: "v",
        domains: ["v.example.com", "10.96.0.1", "10.96.0.2:80", "10.96.0.3:81", "[fd00::1]:80"],
        requireTls: "none",
        routes: [route(to("a"))],
        treatment: {},
      },
      {
        name: "w",
        path: "w",
        domains: ["10.96.0.9"],
        requireTls: "none",
        routes: [route(to("b"), { treatment: { prefixRewrite: "/x" } })],
        treatment: {},
      },
      { name: "x", path: "x", domains: ["10.96.0.8"], requireTls: "none", routes: [route(to("a"))], treatment: {} },
    ],
  });
  const sniffed = chain("h", http("r"), { transportProtocol: "raw_buffer", applicationProtocols: ["http/1.1"] });
  const pass = cluster("pass", [], { discovery: "original_dst", lb: "cluster_provided" });
  const more = { inspectors: { tls: false, http: true }, defaultChain: chain("d", tcp("pass")) };
  const listeners = (last: ReturnType<typeof chain>) => [
    listener("wild", ["0.0.0.0:80"], [sniffed], { ...more, defaultChain: last }),
    listener("exact", ["10.96.0.8:80"], [chain("c", tcp("b"))]),
  ];
  const m = model(listeners(more.defaultChain), [a, b, pass], [table]);
  const services = (lir: LirConnect) => lir.services.map((s) => `${s.ip}:${s.port} ${s.leaf.kind}`);
  assert.equal(services(lower(m)), ["0.0.0.0:80 l7", "10.96.0.8:80 direct"]);
  const ids = internModel(m);
  const on = lowerConnect(m, ids, new Collector(), { vipSelectsVhost: true });
  assert.equal(services(on), ["0.0.0.0:80 l7", "10.96.0.1:80 direct", "10.96.0.2:80 direct", "10.96.0.8:80 direct"]);
  assert.equal(leafAt(on, "10.96.0.8", 80), { kind: "direct", cluster: 1 }, "a listener of that address goes first");
  const other = model(listeners(chain("d", tcp("b"))), [a, b, pass], [table]);
  assert.equal(services(lowerConnect(other, internModel(other), new Collector(), { vipSelectsVhost: true })), [
    "0.0.0.0:80 l7",
    "10.96.0.8:80 direct",
  ]);
});

test("equal runs are made once, and an unused model is empty", () => {
  const both = tcp(weighted(["a", 1], ["b", 1]));
  const lir = lower(
    model([listener("l", ["10.0.0.1:80"], [chain("c", both)]), listener("m", ["10.0.0.2:80"], [chain("c", both)])], [a, b]),
  );
  assert.is(lir.splits.length, 1);
  assert.is(printConnect(lower(model([], [])), named()), "");
});

test.run();
