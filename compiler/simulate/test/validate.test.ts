/** Validation finds a table that says something else than the rules. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { InternalError } from "../../diag/index.ts";
import type { HirModel } from "../../hir/index.ts";
import {
  address,
  chain,
  cluster,
  forward,
  header,
  listener,
  model,
  prefix,
  route,
  tcp,
  text,
  vhost,
  web,
  weighted,
} from "../../hir/test/build.ts";
import { inOnePiece, recordTypes } from "../../layout/index.ts";
import { changedPart, createEngine, type Engine, type EngineParts, type ValidateOptions, validate } from "../index.ts";
import { partsOf } from "./load.ts";

const validation = suite("validation");

const table: HirModel = web([
  vhost(
    ["a.com", "*.b.com"],
    [
      route({ path: prefix("/x"), match: { headers: [header("x-a", text("exact", "1"))] }, to: "b" }),
      route({ path: { kind: "regex", regex: "/r[0-9]+" }, to: "c" }),
      route({ to: forward(weighted({ a: 1, b: 2 })) }),
    ],
  ),
  vhost(["*"], [route({ to: "d" })]),
]);

/** The same tables with one byte changed. */
function corrupt(parts: EngineParts, name: string, at: number): EngineParts {
  const image = parts.images.get(name)!;
  const bytes = inOnePiece(image.parts).slice();
  bytes[at]! ^= 1;
  return { ...parts, images: new Map([...parts.images, [name, { ...image, parts: [bytes] }]]) };
}

validation("true tables pass", async () => {
  const parts = await partsOf(table);
  const { questions, classes, asked } = validate(table, createEngine(parts), parts);
  assert.ok(questions > 150, String(questions));
  assert.is(asked, classes);
});

validation("a budget asks a part", async () => {
  const parts = await partsOf(table);
  assert.ok(validate(table, createEngine(parts), parts, { questions: 10 }).asked < 6);
});

validation("a budget asks another part with each turn, and so finds any route that is wrong", async () => {
  const hosts = Array.from({ length: 100 }, (_, i) => vhost([`h${i}.com`], [route({ path: prefix("/x"), to: "b" })]));
  const large = web(hosts);
  const parts = await partsOf(large);
  for (const at of [3, 50, 99]) {
    const wrong = corrupt(parts, "route", recordTypes.Route.size * at + 1);
    const engine = createEngine(wrong);
    const finds = (turn: number): boolean => {
      try {
        validate(large, engine, wrong, { questions: 300, turn });
        return false;
      } catch {
        return true;
      }
    };
    const found = Array.from({ length: 60 }, (_, turn) => finds(turn));
    assert.ok(found.includes(true) && found.includes(false), `route ${at}`);
  }
});

validation("what changed is asked about first: its wrong route is found by few questions, among thousands of others", async () => {
  const hosts = Array.from({ length: 2000 }, (_, i) => vhost([`h${i}.com`], [route({ path: prefix("/x"), to: "b" })]));
  const [large, small] = [web(hosts), web([vhost(["*"], [route({ path: prefix("/y"), to: "a" })])])];
  const moved = small.listeners.map((one) => ({
    ...one,
    name: "second",
    path: "second",
    addresses: one.addresses.map((at) => ({ ...at, ip: "10.9.9.9" })),
    chains: one.chains.map(({ network, ...chain }) => {
      assert.ok(network.kind === "http");
      return { ...chain, path: "second.chain", network: { ...network, http: { ...network.http, routeConfig: "second.table" } } };
    }),
  }));
  const changed = small.routeConfigs.map((config) => ({ ...config, path: "second.table" }));
  const before: HirModel = { ...large, listeners: [...large.listeners, ...moved] };
  const after: HirModel = { ...before, routeConfigs: [...large.routeConfigs, ...changed] };
  const first = changedPart(before, after);
  assert.equal(first, { listeners: moved, routeConfigs: changed, clusters: [] });
  assert.equal(changedPart(after, after), { listeners: [], routeConfigs: [], clusters: [] });
  const parts = await partsOf(after);
  // The flags of the last route.
  const wrong = corrupt(parts, "route", recordTypes.Route.size * hosts.length + 1);
  const ask = (options: ValidateOptions) => () => void validate(after, createEngine(wrong), wrong, options);
  assert.not.throws(ask({ questions: 300 }));
  assert.throws(ask({ questions: 300, first }), /do not mean what the rules say/);
});

validation("what changed may use the budget up: nothing else is asked then", async () => {
  const clusters = Array.from({ length: 300 }, (_, i) => cluster(`many${i}`));
  const many: HirModel = { ...table, clusters: [...table.clusters, ...clusters] };
  const parts = await partsOf(many);
  const engine = createEngine(parts);
  let picks = 0;
  const pick: Engine["pick"] = (cluster, draw) => {
    picks++;
    return engine.pick(cluster, draw);
  };
  const first = { ...table, clusters: [] };
  assert.ok(validate(many, { ...engine, pick }, parts, { questions: 8, first }).questions > 8);
  assert.is(picks, 0);
});

for (const [name, at, what] of [
  ["route", 1, "case sensitivity"],
  ["share", 0, "a weight"],
  ["vhost", 0, "a virtual host's first route"],
  ["dfanext", 34, "a transition"],
  ["match", 5, "an inverted condition"],
  ["target", 4, "a cluster"],
] as const) {
  validation(`${what} changed in table ${name}`, async () => {
    const parts = corrupt(await partsOf(table), name, at);
    assert.throws(
      () => validate(table, createEngine(parts), parts),
      (error: unknown) => error instanceof InternalError,
    );
  });
}

validation("a byte of a domain changed", async () => {
  const parts = await partsOf(table);
  const at = Buffer.from(inOnePiece(parts.images.get("bytes")!.parts)).indexOf("a.com");
  const wrong = corrupt(parts, "bytes", at);
  assert.throws(
    () => validate(table, createEngine(wrong), wrong),
    (error: unknown) => error instanceof InternalError,
  );
});

validation("endpoints are compared", async () => {
  const hosts = ["10.9.0.1", "10.9.0.2", "fd00::1"].map((ip, i) => ({
    address: { kind: "ip", ip, port: 80 } as const,
    weight: 1 + i,
    health: "healthy" as const,
  }));
  const hir = model(
    [listener(address, [chain("c", {}, tcp("x"))])],
    [cluster("x", { priorities: [[{ name: "", endpoints: hosts }]], drop: { numerator: 10, denominator: 100 } })],
  );
  const parts = await partsOf(hir);
  validate(hir, createEngine(parts), parts);
  const at = Buffer.from(inOnePiece(parts.images.get("endpoint")!.parts)).indexOf(Buffer.from([10, 9, 0, 2]));
  for (const byte of [at + 3, at + 5, at + 10]) {
    const wrong = corrupt(parts, "endpoint", byte);
    assert.throws(() => validate(hir, createEngine(wrong), wrong), /cluster x/);
  }
});

validation("endpoints with equal shares", async () => {
  for (const count of [1, 2, 3, 7, 100]) {
    const hosts = Array.from({ length: count }, (_, i) => ({
      address: { kind: "ip", ip: `10.9.0.${i}`, port: 80 } as const,
      weight: 5,
      health: "healthy" as const,
    }));
    const hir = model([listener(address, [chain("c", {}, tcp("x"))])], [cluster("x", { priorities: [[{ name: "", endpoints: hosts }]] })]);
    const parts = await partsOf(hir);
    validate(hir, createEngine(parts), parts);
  }
});

validation("the connect tier is compared too", async () => {
  const hir = model([listener(address, [chain("c", {}, tcp(weighted({ a: 1, b: 1 })))])]);
  const parts = await partsOf(hir);
  validate(hir, createEngine(parts), parts);
  const wrong = corrupt(parts, "split", 3);
  assert.throws(() => validate(hir, createEngine(wrong), wrong), /the connect tier gives/);
});

validation.run();
