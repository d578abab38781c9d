/** Lists of alike endpoints beside the arrays that they stand for. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { random } from "../../../test/shuffle.ts";
import { balance } from "../balance.ts";
import { evenEndpoints } from "../balance-plain.ts";
import { AlikeEndpoints } from "../endpoints.ts";
import type { HirCluster, HirEndpoint, HirLocality } from "../model.ts";

const test = suite("endpoints");

const draw = random(1);
const below = (n: number): number => Math.floor(draw() * n);
const oneOf = <T>(...list: readonly T[]): T => list[below(list.length)]!;

function randomCluster(): HirCluster {
  const list = (): HirLocality => ({
    name: "",
    endpoints: new AlikeEndpoints(
      Array.from({ length: below(4) }, () => (draw() * 2 ** 32) | 0),
      { port: 80, weight: oneOf(1, 1, 1, 2), health: oneOf("healthy", "healthy", "healthy", "draining") },
    ),
    ...(below(3) === 0 ? { weight: below(3) } : {}),
  });
  const lists = (): readonly HirLocality[] => Array.from({ length: below(4) }, list);
  return {
    name: "c",
    path: "",
    discovery: "eds",
    lb: oneOf("round_robin", "random", "maglev"),
    priorities: Array.from({ length: oneOf(0, 1, 1, 1, 2) }, lists),
    overprovisioning: oneOf(140, 140, 50),
    panicThreshold: 50,
    failTrafficOnPanic: false,
    weightedPriorityHealth: false,
    localityWeighted: below(5) === 0,
  };
}

test("are balanced as their array is", () => {
  let even = 0;
  for (let i = 0; i < 2000; i++) {
    const cluster = randomCluster();
    const written = JSON.stringify(cluster);
    const inFull = JSON.parse(written) as HirCluster;
    assert.equal(balance(cluster), balance(inFull), written);
    const lists = evenEndpoints(cluster);
    if (!lists) continue;
    even++;
    const { shares, noEndpointWeight } = balance(inFull);
    assert.is(noEndpointWeight, 0);
    assert.is(new Set(shares.map(({ weight }) => weight)).size, 1, written);
    assert.equal(
      lists.flatMap((list) => [...list]),
      shares.map(({ endpoint }) => endpoint),
    );
  }
  assert.ok(even > 200 && even < 1800, `${even}`);
});

test("are made when they are asked for", () => {
  const list = new AlikeEndpoints([0x0a000001, 0xfffefdfc | 0], { port: 8080, weight: 3, health: "degraded" });
  const want = (ip: string): HirEndpoint => ({ address: { kind: "ip", ip, port: 8080 }, weight: 3, health: "degraded" });
  assert.is(list.length, 2);
  assert.equal([...list], [want("10.0.0.1"), want("255.254.253.252")]);
  assert.equal([list.at(1), list.at(-1), list.at(2)], [want("255.254.253.252"), want("255.254.253.252"), undefined]);
  assert.is(JSON.stringify(list), JSON.stringify([...list]));
});

test.run();
