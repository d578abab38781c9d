import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Collector } from "../../diag/index.ts";
import type { LirConnect, LirLeaf, LirService } from "../../lir/index.ts";
import { ipInto } from "../../lir/ip.ts";
import { reasons, verdicts } from "../../lir/verdict.ts";
import { checkImages } from "../check.ts";
import { layoutConnect } from "../connect.ts";
import { Cell, Endpoint, Endpoint4 } from "../gen/records.ts";
import { inOnePiece, viewOf } from "../image.ts";
import { cellParts, cellWord } from "../runs.ts";
import { loadC } from "./wasm.ts";

const test = suite("layout connect");

const lookupC = `#include "km_cluster.h"
#include "km_service.h"
static struct km_leaf leaf;
KM_EXPORT(service4) __u32 service4(__u32 ip, __u32 port);
__u32 service4(__u32 ip, __u32 port)
{
	__u32 listener;
	km_service4(km_generation(), __builtin_bswap32(ip), __builtin_bswap16(port), &leaf, &listener);
	return listener;
}
KM_EXPORT(service6) __u32 service6(const struct km_ip *ip, __u32 port);
__u32 service6(const struct km_ip *ip, __u32 port)
{
	__u32 listener;
	km_service6(km_generation(), ip, __builtin_bswap16(port), &leaf, &listener);
	return listener;
}
KM_EXPORT(verdict) __u32 verdict(void);
__u32 verdict(void) { return leaf.verdict; }
KM_EXPORT(target) __u32 target(void);
__u32 target(void) { return leaf.target; }
KM_EXPORT(split) __u32 split(__u32 first, __u32 draw);
__u32 split(__u32 first, __u32 draw)
{
	km_split_pick(km_generation(), first, draw, &leaf);
	return leaf.target;
}
KM_EXPORT(range) __u32 range(__u32 first, const struct km_ip *ip);
__u32 range(__u32 first, const struct km_ip *ip)
{
	km_range_pick(km_generation(), first, ip, &leaf);
	return leaf.target;
}
KM_EXPORT(port) __u32 port(__u32 first, __u32 port);
__u32 port(__u32 first, __u32 port)
{
	km_port_pick(km_generation(), first, __builtin_bswap16(port), &leaf);
	return leaf.target;
}
KM_EXPORT(pick) __u32 pick(__u32 cluster);
__u32 pick(__u32 cluster)
{
	struct km_endpoint endpoint;
	enum km_reason reason = km_cluster_pick(km_generation(), cluster, &endpoint);
	return reason == KM_R_FORWARDED ? km_ntohs(endpoint.port) : 0x10000 + reason;
}
`;

const direct = (cluster: number): LirLeaf => ({ kind: "direct", cluster });
const none: LirLeaf = { kind: "none" };

function ip(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  ipInto(bytes, text);
  return bytes;
}

function clusterOf(name: string, weights: readonly number[], noEndpointWeight = 0, to = "10.1.0.1"): LirConnect["clusters"][number] {
  const shares = weights.map((weight, i) => ({ endpoint: { address: { kind: "ip", ip: to, port: i + 1 } as const }, weight }));
  return { name, shares, noEndpointWeight, totalWeight: weights.reduce((a, b) => a + b, noEndpointWeight) };
}

function lir(more: Partial<LirConnect>): LirConnect {
  return { services: [], virtual4: none, virtual6: none, splits: [], ranges: [], clusters: [], ...more };
}

function layout(value: LirConnect) {
  const sink = new Collector();
  const made = layoutConnect(value, sink);
  assert.equal(sink.list(), []);
  assert.ok(made);
  const bytes = new Map(made.images.map((image) => [image.table as string, inOnePiece(image.parts)]));
  assert.is(checkImages(made.header, bytes), undefined, "the reader accepts it");
  return { made, bytes };
}

/** n services with addresses and ports that are close together, as a mesh has them. */
function services(n: number, six: boolean): readonly LirService[] {
  return Array.from({ length: n }, (_, i) => ({
    ip: six ? `fd00::${(i >> 4).toString(16) || "0"}` : `10.${(i >> 20) & 255}.${(i >> 12) & 255}.${(i >> 4) & 255}`,
    port: 8000 + (i & 15),
    listener: i,
    leaf: direct(i % 7),
  }));
}

const seven = Array.from({ length: 7 }, (_, i) => clusterOf(`c${i}`, [1]));

test("every service is found by the C, and nothing else is: 20,000 IPv4, 5,000 IPv6", async () => {
  const four = services(20_000, false);
  const six = services(5_000, true);
  const { made } = layout(lir({ services: [...four, ...six], clusters: seven, virtual4: { kind: "pass", reason: "PASSTHROUGH" } }));
  const c = await loadC(lookupC, made);
  const word = (s: LirService) => new DataView(ip(s.ip).buffer).getUint32(12);
  for (const s of four) {
    if (c.call("service4", word(s), s.port) !== s.listener || c.call("target") !== s.listener % 7) assert.unreachable(`${s.ip}:${s.port}`);
  }
  const scratch = new Map<string, number>();
  for (const s of six) {
    if (!scratch.has(s.ip)) scratch.set(s.ip, c.ip(ip(s.ip)));
    if (c.call("service6", scratch.get(s.ip)!, s.port) !== s.listener) assert.unreachable(`${s.ip}:${s.port}`);
  }
  for (let port = 1; port < 7000; port++) {
    if (c.call("service4", word(four[port]!), port) !== 0xffffffff) assert.unreachable(`port ${port} is not there`);
  }
  assert.is(c.call("verdict"), verdicts.PASS, "the virtual leaf");
});

test("exact, then wildcard, then virtual, by family", async () => {
  const value = lir({
    services: [
      { ip: "0.0.0.0", port: 80, listener: 1, leaf: direct(1) },
      { ip: "10.0.0.1", port: 80, listener: 2, leaf: direct(2) },
      { ip: "::", port: 80, listener: 3, leaf: direct(3) },
      { ip: "::ffff:10.0.0.1", port: 81, listener: 4, leaf: direct(4) },
    ],
    virtual6: { kind: "refuse", reason: "NO_FILTER_CHAIN" },
    clusters: seven,
  });
  const c = await loadC(lookupC, layout(value).made);
  assert.is(c.call("service4", 0x0a000001, 80), 2);
  assert.is(c.call("service4", 0x0a000002, 80), 1);
  assert.is(c.call("service4", 0x0a000001, 81), 0xffffffff);
  assert.is(c.call("verdict"), verdicts.NONE);
  const mapped = c.ip(ip("::ffff:10.0.0.1"));
  assert.is(c.call("service6", mapped, 81), 4);
  assert.is(c.call("service6", mapped, 80), 3);
  assert.is(c.call("service6", mapped, 82), 0xffffffff);
  assert.is(c.call("verdict"), verdicts.REFUSE);
});

test("intervals: every edge and its neighbours", async () => {
  const ends = ["9.255.255.255", "10.0.0.0", "10.0.0.1", "200.0.0.0", "255.255.255.255"];
  const ports = [0, 79, 80, 8079, 65535];
  const value = lir({
    ranges: [
      { by: "ip", intervals: ends.map((last, i) => ({ last, leaf: direct(i) })) },
      { by: "port", intervals: ports.map((last, i) => ({ last, leaf: direct(i) })) },
      {
        by: "ip",
        intervals: [
          { last: "fd00::ffff:ffff:ffff", leaf: direct(5) },
          { last: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", leaf: direct(6) },
        ],
      },
    ],
    clusters: seven,
  });
  const c = await loadC(lookupC, layout(value).made);
  const at = (text: string, first = 0) => c.call("range", first, c.ip(ip(text)));
  for (const [text, want] of [
    ["0.0.0.0", 0],
    ["9.255.255.255", 0],
    ["10.0.0.0", 1],
    ["10.0.0.1", 2],
    ["10.0.0.2", 3],
    ["200.0.0.0", 3],
    ["200.0.0.1", 4],
    ["255.255.255.255", 4],
  ] as const)
    assert.is(at(text), want, text);
  for (const [port, want] of [
    [0, 0],
    [1, 1],
    [79, 1],
    [80, 2],
    [81, 3],
    [8079, 3],
    [8080, 4],
    [65535, 4],
  ] as const)
    assert.is(c.call("port", 5, port), want, `port ${port}`);
  assert.is(at("fd00::ffff:ffff:ffff", 10), 5);
  assert.is(at("fd00::1:0:0:0", 10), 6);
});

test("weights: each target's share of the draws, to 2^-32", async () => {
  const value = lir({
    splits: [{ entries: [1, 2, 97].map((weight, entry) => ({ weight, entry, leaf: direct(entry) })) }],
    clusters: [
      clusterOf("one", [7]),
      clusterOf("two", [3, 1]),
      clusterOf("even", [1, 1, 1]),
      clusterOf("none", []),
      clusterOf("panic", [30], 70),
      clusterOf("six", [1, 1, 1], 0, "fd00::1"),
      clusterOf("half", [5], 5),
    ],
  });
  const { made, bytes } = layout(value);
  const c = await loadC(lookupC, made);
  const share = (draw: number) => c.call("split", 0, draw);
  assert.equal([0, 42949671, 42949672, 42949673].map(share), [0, 0, 0, 1]);
  assert.equal([128849018, 128849019, 0xffffffff].map(share), [1, 2, 2]);
  const pick = (cluster: number, draw: number) => {
    c.setDraw(draw);
    return c.call("pick", cluster);
  };
  assert.is(pick(0, 0xffffffff), 1);
  assert.equal(
    [0, 0xbfffffff, 0xc0000000, 0xffffffff].map((d) => pick(1, d)),
    [1, 1, 2, 2],
  );
  for (const equal of [2, 5])
    assert.equal(
      [0, 0x55555555, 0x55555556, 0xaaaaaaaa, 0xaaaaaaab, 0xffffffff].map((d) => pick(equal, d)),
      [1, 1, 2, 2, 3, 3],
    );
  assert.is(pick(3, 5), 0x10000 + reasons.NO_ENDPOINT);
  assert.equal(
    [0, 0xffffffff].map((d) => pick(4, d)),
    [1, 0x10000 + reasons.NO_ENDPOINT],
  );
  assert.equal(
    [0x7fffffff, 0x80000000].map((d) => pick(6, d)),
    [1, 0x10000 + reasons.NO_ENDPOINT],
  );
  assert.is(c.call("pick", 99), 0x10000 + reasons.BROKEN_TABLE);
  const cells = new DataView(bytes.get("cell")!.buffer);
  assert.equal(
    Array.from({ length: 7 }, (_, id) => cellParts(Cell.read(cells, (id << made.header.cellShift) * Cell.size).run).form),
    ["compact", "weighted", "compact", "compact", "weighted", "uniform", "uniform"],
  );
});

test("10,000 services and 100,000 endpoints fit", () => {
  const value = lir({
    services: services(10_000, false),
    clusters: Array.from({ length: 10_000 }, (_, i) => ({
      name: `c${i}`,
      noEndpointWeight: 0,
      totalWeight: 10,
      shares: Array.from({ length: 10 }, (_, j) => ({
        endpoint: { address: { kind: "ip", ip: `10.${i >> 8}.${i & 255}.${j}`, port: 8080 } as const },
        weight: 1,
      })),
    })),
  });
  const sink = new Collector();
  const made = layoutConnect(value, sink);
  assert.equal(sink.list(), []);
  assert.is(made?.images.find((image) => image.table === "cell")?.count, 160_000, "16 records for a cell and its run");
});

test("endpoints are where the cells say, in the order of the clusters", () => {
  const clusters = [clusterOf("a", [1, 1]), clusterOf("b", []), clusterOf("c", [1, 2]), clusterOf("d", [1]), clusterOf("e", [1], 0, "::1")];
  const { made } = layout(lir({ clusters }));
  const [cell, endpoint] = ["cell", "endpoint"].map((name) => made.images.find(({ table }) => table === name)!);
  assert.equal([made.header.clusters, cell!.count, endpoint!.count], [5, 80, 3], "few clusters have all the room");
  const parts = Array.from({ length: 5 }, (_, id) => cellParts(Cell.read(viewOf(cell!), id * 16 * Cell.size).run));
  assert.equal(
    parts.map(({ first, count, form }) => `${form} ${first} ${count}`),
    ["compact 1 2", "compact 0 0", "weighted 0 2", "compact 49 1", "uniform 2 1"],
  );
  assert.equal(Endpoint4.read(viewOf(cell!), 49 * Cell.size), { ip: 0x0a010001, port: 1, pad0: 0 });
  const record = Endpoint.read(viewOf(endpoint!), 1 * Endpoint.size);
  assert.equal(record, { ip: ip("10.1.0.1"), port: 2, flags: 1, upto: 0xffffffff });
});

test("cells of many clusters with long runs are side by side", () => {
  const clusters = Array.from({ length: 600 }, (_, i) =>
    clusterOf(`c${String(i).padStart(3, "0")}`, i === 1 ? [1, 2] : new Array<number>(i === 3 ? 0 : 20).fill(1)),
  );
  const { made } = layout(lir({ clusters }));
  assert.equal([made.header.clusters, made.header.cellShift], [600, 0]);
  const cell = viewOf(made.images.find(({ table }) => table === "cell")!);
  const parts = [0, 1, 2, 3, 4].map((id) => cellParts(Cell.read(cell, id * Cell.size).run));
  assert.equal(
    parts.map(({ first, count, form }) => `${form} ${first} ${count}`),
    ["compact 600 20", "weighted 0 2", "compact 620 20", "compact 0 0", "compact 640 20"],
  );
  assert.is(cell.byteLength, (600 + 598 * 20) * Cell.size);
});

test("where there are many clusters, runs are beside their cells", () => {
  const clusters = Array.from({ length: 600 }, (_, i) => {
    const weights = i === 1 ? [1, 2] : new Array<number>(i === 2 ? 4 : i === 3 ? 0 : 3).fill(1);
    return clusterOf(`c${String(i).padStart(3, "0")}`, weights);
  });
  const { made, bytes } = layout(lir({ clusters }));
  assert.equal([made.header.clusters, made.header.cellShift], [600, 2]);
  const cell = viewOf(made.images.find(({ table }) => table === "cell")!);
  const parts = [0, 1, 2, 3, 4, 599].map((id) => cellParts(Cell.read(cell, id * 4 * Cell.size).run));
  assert.equal(
    parts.map(({ first, count, form }) => `${form} ${first} ${count}`),
    ["compact 1 3", "weighted 0 2", "compact 2400 4", "compact 0 0", "compact 17 3", "compact 2397 3"],
    "what is too long is behind all cells",
  );
  assert.is(cell.byteLength, 2404 * Cell.size);
  assert.equal(Endpoint4.read(cell, 18 * Cell.size), { ip: 0x0a010001, port: 2, pad0: 0 });
  const bad = new DataView(bytes.get("cell")!.buffer);
  bad.setUint32(4 * 4 * Cell.size + 4, 13, true);
  assert.is(checkImages(made.header, bytes), "cell 4 names endpoints that are not there", "a run beside another cluster's cell");
});

test("room beside cells takes no more than three times the memory", () => {
  const shiftOf = (of: (i: number) => number): number => {
    const clusters = Array.from({ length: 1000 }, (_, i) => clusterOf(`c${String(i).padStart(4, "0")}`, new Array<number>(of(i)).fill(1)));
    return layout(lir({ clusters })).made.header.cellShift;
  };
  assert.equal(
    [() => 1, () => 3, () => 15, () => 16, () => 0, (i: number) => (i % 10 === 0 ? 15 : 0), (i: number) => (i % 4 ? 1 : 9)].map(shiftOf),
    [1, 2, 4, 0, 0, 0, 1],
  );
});

test("a cell's parts are those it was made of", () => {
  for (const [first, count, form, tag] of [
    [0, 0, "weighted", 0],
    [0xffff_ffff, 0xffff, "uniform", 0x3fff],
    [12_345, 10, "compact", 3],
    [2_097_151, 65_535, "weighted", 1],
  ] as const)
    assert.equal(cellParts(cellWord(first, count, form, tag)), { first, count, form, tag });
});

test("a limit is a diagnostic with number and remedy, never a shorter table", () => {
  const sink = new Collector();
  const long = clusterOf(
    "long",
    Array.from({ length: 65_536 }, () => 1),
  );
  assert.is(layoutConnect(lir({ clusters: [long] }), sink), undefined);
  const [diagnostic] = sink.list();
  assert.is(diagnostic?.code, "KM4001");
  assert.is(diagnostic?.path, 'clusters["long"]');
  assert.match(diagnostic!.message, /^65536 .* at most 65535: /);
  assert.is(diagnostic?.hint, "split the service");
});

test.run();
