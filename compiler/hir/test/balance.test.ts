/** Every statement of Envoy's about load balancing that concerns shares, with the numbers that a real Envoy 1.40 gave. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { balance, type HirBalance } from "../balance.ts";
import type { HirCluster, HirEndpoint, HirLocality } from "../model.ts";

const test = suite("balance");

const healthOf = { H: "healthy", G: "degraded", U: "unhealthy", D: "draining" } as const;

/** `"HHU"` is two healthy and an unhealthy endpoint; weights in order. */
function locality(hosts: string, options: { readonly weight?: number; readonly weights?: readonly number[] } = {}): HirLocality {
  const endpoints = [...hosts].map(
    (letter, i): HirEndpoint => ({
      address: { kind: "ip", ip: `10.0.0.${i + 1}`, port: 80 },
      weight: options.weights?.[i] ?? 1,
      health: healthOf[letter as keyof typeof healthOf],
    }),
  );
  return { name: "", endpoints, ...(options.weight === undefined ? {} : { weight: options.weight }) };
}

function cluster(priorities: readonly (readonly HirLocality[])[], options: Partial<HirCluster> = {}): HirCluster {
  return {
    name: "c",
    path: 'clusters["c"]',
    discovery: "eds",
    lb: "round_robin",
    priorities,
    overprovisioning: 140,
    panicThreshold: 50,
    failTrafficOnPanic: false,
    weightedPriorityHealth: false,
    localityWeighted: false,
    ...options,
  };
}

/** Percent of each priority, of each kind of endpoint: `{ P0H: 35, P0G: 30 }`. */
function percents(result: HirBalance): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { priority, endpoint, probability } of result.shares) {
    const letter = Object.entries(healthOf).find(([, word]) => word === endpoint.health)![0];
    const key = `P${priority}${letter}`;
    sums[key] = (sums[key] ?? 0) + 100 * probability;
  }
  return Object.fromEntries(Object.entries(sums).map(([key, value]) => [key, Math.round(value * 1e6) / 1e6]));
}

const shares = (result: HirBalance): readonly number[] => result.shares.map((s) => Math.round(s.probability * 1e6) / 1e6);
const priorities = (...hosts: readonly string[]) => hosts.map((h) => (h === "" ? [] : [locality(h)]));
const split = (options: Partial<HirCluster>, ...hosts: readonly string[]) => percents(balance(cluster(priorities(...hosts), options)));

function invariants(result: HirBalance): void {
  const sum = result.shares.reduce((n, s) => n + s.weight, result.noEndpointWeight);
  assert.is(sum, result.totalWeight);
  for (const s of result.shares) assert.ok(Math.abs(s.weight / result.totalWeight - s.probability) < 1e-12);
}

test("availability of a priority is floored", () => {
  for (const [hosts, percent] of [
    ["HU", 70],
    ["HHU", 93],
    ["HHHU", 100],
    ["HUU", 46],
    ["HHUUUUU", 40],
  ] as const) {
    assert.is(split({}, hosts, "H")["P0H"], percent, hosts);
  }
  assert.is(split({ overprovisioning: 100 }, "HU", "H")["P0H"], 50);
});

test("P0 first, then what is missing to P1", () => {
  assert.equal(split({}, "HU", "HH"), { P0H: 70, P1H: 30 });
  assert.equal(split({}, "HUUU", "HHUU"), { P0H: 35, P1H: 65 });
});

test("degraded endpoints fill what healthy ones leave", () => {
  assert.equal(split({}, "HG"), { P0H: 70, P0G: 30 });
  assert.equal(split({}, "HG", "H"), { P0H: 70, P1H: 30 });
  assert.equal(split({}, "HGUU", "HGUU"), { P0H: 35, P1H: 35, P0G: 30 });
});

test("below 100 the shares are scaled, and a priority below the threshold panics", () => {
  // 28 + 70 of 98: Envoy scales in whole percent, the rest to the first priority.
  assert.equal(split({}, "HUUUU", "HU"), { P0H: 29 / 5, P0U: (29 * 4) / 5, P1H: 71 });
  assert.equal(split({}, "HHUU", "UUUU"), { P0H: 100 });
});

test("every priority in panic: by number of endpoints", () => {
  // 3/13 and 10/13 in whole percent: all 13 are within half a percent of each other.
  const all = balance(cluster(priorities("UUU", "HUUUUUUUUU")));
  assert.is(all.shares.length, 13);
  for (const s of all.shares) assert.ok(Math.abs(s.probability - 1 / 13) < 0.005);
  assert.equal(shares(balance(cluster(priorities("HUUU", "HUUU")))), Array(8).fill(0.125));
});

test("sum of 100 or more: no panic anywhere", () => {
  assert.equal(split({}, "HUU", "HH"), { P0H: 46, P1H: 54 });
});

test("one priority", () => {
  assert.equal(shares(balance(cluster(priorities("HUU")))), [0.333333, 0.333333, 0.333333]);
  assert.equal(split({}, "HU"), { P0H: 100 });
  assert.equal(split({}, "HGUU"), { P0H: 50, P0G: 50 });
  assert.equal(shares(balance(cluster(priorities("GUUU")))), Array(4).fill(0.25));
  assert.equal(shares(balance(cluster(priorities("GUU")))), [0.333333, 0.333333, 0.333333]);
  assert.equal(split({ panicThreshold: 40 }, "HHUUU"), { P0H: 100 });
  assert.equal(balance(cluster(priorities("HHUUU"), { panicThreshold: 41 })).shares.length, 5);
});

test("threshold 0 never panics; no healthy endpoint is none", () => {
  assert.equal(split({ panicThreshold: 0 }, "HUUUUUUUUU"), { P0H: 100 });
  const none = balance(cluster(priorities("UU"), { panicThreshold: 0 }));
  assert.is(none.outcome, "no_endpoint");
  assert.is(none.noEndpointWeight, none.totalWeight);
});

test("fail_traffic_on_panic", () => {
  assert.is(balance(cluster(priorities("HUU"), { failTrafficOnPanic: true })).outcome, "no_endpoint");
  const some = balance(cluster(priorities("HUUUU", "HU"), { failTrafficOnPanic: true }));
  assert.equal(percents(some), { P1H: 71 });
  assert.is(some.noEndpointWeight / some.totalWeight, 0.29);
  invariants(some);
});

test("DRAINING is in no denominator and is used only in panic", () => {
  assert.equal(split({}, "HD"), { P0H: 100 });
  assert.equal(shares(balance(cluster(priorities("HUUD")))), Array(4).fill(0.25));
  assert.equal(balance(cluster(priorities("D"))).shares.length, 1);
});

test("weighted_priority_health", () => {
  const p0 = [locality("HU", { weights: [1, 9] })];
  const result = balance(cluster([p0, [locality("H")]], { weightedPriorityHealth: true }));
  assert.equal(percents(result), { P0H: 14, P1H: 86 });
});

test("a priority without endpoints gets nothing", () => {
  assert.equal(split({}, "", "H"), { P1H: 100 });
  assert.equal(split({}, "", "", "H"), { P2H: 100 });
  assert.is(balance(cluster([])).outcome, "no_endpoint");
  assert.is(balance(cluster([[]])).outcome, "no_endpoint");
});

test("endpoint weights count, but not for RANDOM", () => {
  const weighted = [[locality("HH", { weights: [1, 3] })]];
  for (const lb of ["round_robin", "least_request", "ring_hash", "maglev"] as const) {
    assert.equal(shares(balance(cluster(weighted, { lb }))), [0.25, 0.75], lb);
  }
  assert.equal(shares(balance(cluster(weighted, { lb: "random" }))), [0.5, 0.5]);
  assert.equal(
    balance(cluster(weighted)).shares.map((s) => s.weight),
    [1, 3],
  );
});

test("locality weights count only with locality_weighted_lb_config", () => {
  const two = [[locality("H", { weight: 3 }), locality("HH", { weight: 1 })]];
  assert.equal(shares(balance(cluster(two))), [0.333333, 0.333333, 0.333333]);
  assert.equal(shares(balance(cluster(two, { localityWeighted: true }))), [0.75, 0.125, 0.125]);
});

test("a locality's health scales its weight", () => {
  const two = [[locality("HU", { weight: 1 }), locality("HH", { weight: 1 })]];
  const result = balance(cluster(two, { localityWeighted: true }));
  assert.equal(
    shares(result),
    [0.7 / 1.7, 0.5 / 1.7, 0.5 / 1.7].map((p) => Math.round(p * 1e6) / 1e6),
  );
  assert.equal(
    result.shares.map((s) => s.weight),
    [7, 5, 5],
  );
  assert.is(result.totalWeight, 17);
});

test("a locality without weight gets nothing if another has one", () => {
  const some = [[locality("H"), locality("H", { weight: 5 })]];
  assert.equal(
    balance(cluster(some, { localityWeighted: true })).shares.map((s) => s.locality),
    [1],
  );
  const none = [[locality("H"), locality("HHH")]];
  assert.equal(shares(balance(cluster(none, { localityWeighted: true }))), Array(4).fill(0.25));
});

test("in panic locality weights are ignored", () => {
  const two = [[locality("HUU", { weight: 9 }), locality("UUU", { weight: 1 })]];
  assert.equal(shares(balance(cluster(two, { localityWeighted: true }))), Array(6).fill(0.166667));
});

test("endpoint weights apply inside a locality, except RANDOM", () => {
  const two = [[locality("HH", { weight: 1, weights: [1, 3] }), locality("H", { weight: 1 })]];
  assert.equal(shares(balance(cluster(two, { localityWeighted: true }))), [0.125, 0.375, 0.5]);
  assert.equal(shares(balance(cluster(two, { localityWeighted: true, lb: "random" }))), [0.25, 0.25, 0.5]);
});

test("RING_HASH and MAGLEV multiply locality weight and endpoint share, whatever the locality's health", () => {
  const two = [[locality("HU", { weight: 1 }), locality("HH", { weight: 1 })]];
  for (const lb of ["ring_hash", "maglev"] as const) {
    assert.equal(shares(balance(cluster(two, { localityWeighted: true, lb }))), [0.5, 0.25, 0.25], lb);
  }
});

test("degraded endpoints use the same locality weights", () => {
  const two = [[locality("GU", { weight: 1 }), locality("HG", { weight: 1 })]];
  const result = balance(cluster(two, { localityWeighted: true }));
  // 1 healthy of 4 and 2 degraded of 4: 35 + 70 -> 35 and 65; degraded: 0.7 and 0.7.
  assert.equal(percents(result), { P0H: 35, P0G: 65 });
  assert.equal(shares(result), [0.325, 0.35, 0.325]);
});

test("the locality's factor and the priority's both apply", () => {
  const p0 = [locality("HU", { weight: 1 }), locality("HU", { weight: 1 })];
  const result = balance(cluster([p0, [locality("H", { weight: 1 })]], { localityWeighted: true }));
  assert.equal(shares(result), [0.35, 0.35, 0.3]);
});

test("drop_overloads is beside the shares", () => {
  const result = balance(cluster(priorities("H"), { drop: { numerator: 30, denominator: 100 } }));
  assert.is(result.drop, 0.3);
  assert.equal(shares(result), [1]);
  assert.is(balance(cluster(priorities("H"), { drop: { numerator: 300, denominator: 100 } })).drop, 1);
});

test("ORIGINAL_DST goes where the client went", () => {
  const result = balance(cluster([], { discovery: "original_dst", lb: "cluster_provided" }));
  assert.is(result.outcome, "ok");
  assert.equal(result.shares, []);
});

test("weights are exact integers, and sum", () => {
  for (const hosts of [["HU", "HH"], ["HGUU", "HGUU"], ["HUUUU", "HU"], ["HG"]]) invariants(balance(cluster(priorities(...hosts))));
  const odd = [[locality("HH", { weight: 4294967291, weights: [4294967279, 7] }), locality("HHU", { weight: 13, weights: [3, 11, 1] })]];
  const big = balance(cluster(odd, { localityWeighted: true }));
  assert.ok(big.totalWeight <= 2 ** 53);
  for (const s of big.shares) assert.ok(Math.abs(s.weight / big.totalWeight - s.probability) < 1e-12);
});

test.run();
