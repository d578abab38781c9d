/** Draws become shares with their exact probabilities; one number is asked by everything on the way. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HirModel } from "../../hir/index.ts";
import { parseSocketAddress } from "../../hir/ip.ts";
import { address, chain, forward, fraction, listener, model, prefix, route, routes, tcp, weighted } from "../../hir/test/build.ts";
import { bytes } from "../questions/connections.ts";
import { engineOf } from "./load.ts";

const draws = suite("draws");

const to = parseSocketAddress(address)!;
const half = { fraction: fraction(50) };

async function shares(hir: HirModel, head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"): Promise<readonly (readonly [string, number])[]> {
  const engine = await engineOf(hir, { generic: true });
  const { decision } = engine.decide({ to, first: bytes(head) });
  return decision.shares.map(
    ({ outcome, probability }) => [outcome.kind === "cluster" ? outcome.cluster : outcome.kind, probability] as const,
  );
}

draws("weights against their sum", async () => {
  assert.equal(await shares(routes([route({ to: forward(weighted({ a: 1, b: 2 })) })])), [
    ["a", 1 / 3],
    ["b", 2 / 3],
  ]);
});

draws("weight 0 has no share, a missing cluster keeps its own", async () => {
  assert.equal(await shares(routes([route({ to: forward(weighted({ a: 0, b: 3, gone: 1 })) })])), [
    ["b", 3 / 4],
    ["respond", 1 / 4],
  ]);
});

draws("a second fraction asks the same number", async () => {
  const hir = routes([
    route({ match: half, to: "a" }),
    route({ match: half, to: "b" }),
    route({ match: { fraction: fraction(80) }, to: "c" }),
    route({ to: "d" }),
  ]);
  assert.equal(await shares(hir), [
    ["a", 0.5],
    ["c", 0.3],
    ["d", 0.2],
  ]);
});

draws("weights behind a fraction ask the same number", async () => {
  const hir = routes([route({ match: half, to: forward(weighted({ a: 50, b: 50 })) }), route({ to: "c" })]);
  assert.equal(await shares(hir), [
    ["a", 0.5],
    ["c", 0.5],
  ]);
});

draws("a header's number picks", async () => {
  const hir = routes([route({ to: forward(weighted({ a: 1, b: 2 }, "x-pick")) })]);
  for (const [value, name] of [
    ["0", "a"],
    ["1", "b"],
    ["2", "b"],
    ["3", "a"],
    ["+1", "b"],
    ["18446744073709551615", "a"],
  ] as const) {
    assert.equal(await shares(hir, `GET / HTTP/1.1\r\nHost: a\r\nx-pick: ${value}\r\n\r\n`), [[name, 1]], value);
  }
  for (const value of ["-1", "x", "", "18446744073709551616"]) {
    assert.is((await shares(hir, `GET / HTTP/1.1\r\nHost: a\r\nx-pick: ${value}\r\n\r\n`)).length, 2, value);
  }
});

draws("tcp", async () => {
  assert.equal(await shares(model([listener(address, [chain("c", {}, tcp(weighted({ a: 3, gone: 1 })))])]), "x"), [
    ["a", 0.75],
    ["close", 0.25],
  ]);
});

draws("many routes before the one that matches", async () => {
  const many = Array.from({ length: 1000 }, (_, i) => route({ path: prefix(`/p${i}/`), to: "a" }));
  assert.equal(await shares(routes([...many, route({ to: "b" })])), [["b", 1]]);
  assert.equal(await shares(routes([...many, route({ to: "b" })]), "GET /p999/x HTTP/1.1\r\nHost: a\r\n\r\n"), [["a", 1]]);
});

draws.run();
