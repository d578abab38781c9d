import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLog } from "../../log/index.ts";
import { createFakeClock, type FakeClock } from "../../xds/test/fake-clock.ts";
import { type Answers, type AnswersFile, createResolver, dnsLimits, type Family, type Resolver } from "../index.ts";
import { query, queryAt, type TestNames, testNames } from "./names.ts";

const test = suite("resolver");

interface Bench {
  readonly resolver: Resolver;
  readonly names: TestNames;
  readonly clock: FakeClock;
  /** `key: addresses` of every change. */
  readonly changes: string[];
  readonly lines: string[];
}

function memoryFile(answers: Answers): AnswersFile & { written: Answers[] } {
  const written: Answers[] = [];
  return { written, read: () => answers, write: (now) => void written.push(now) };
}

function bench(file?: AnswersFile): Bench {
  const names = testNames();
  const clock = createFakeClock();
  const changes: string[] = [];
  const lines: string[] = [];
  const log = createLog({ level: "info", write: (line) => lines.push(line), time: () => "" }).logger("dns");
  const onChange = (key: string, addresses: readonly string[]) => changes.push(`${key}: ${addresses.join(" ")}`);
  const resolver = createResolver({ ask: names.ask, clock, log, onChange, ...(file ? { file } : {}) });
  return { resolver, names, clock, changes, lines };
}

test("a change is told once, in the order of the text", async () => {
  const { resolver, names, clock, changes } = bench();
  names.set("a", ["10.0.0.2", "10.0.0.1", "10.0.0.2"]);
  resolver.watch([query("a")]);
  await clock.advance(0);
  names.set("a", ["10.0.0.1", "10.0.0.2"]);
  await clock.advance(5000);
  names.set("a", ["10.0.0.3"]);
  await clock.advance(1000);
  assert.equal(changes, ["all all a: 10.0.0.1 10.0.0.2", "all all a: 10.0.0.3"]);
  assert.equal(resolver.answer("all all a"), ["10.0.0.3"]);
});

test("one name is looked up once for all who ask, as often as the most eager wants", async () => {
  const { resolver, names, clock } = bench();
  resolver.watch([query("a", { intervalMs: 3000 }), query("a", { intervalMs: 2000 }), query("a", { intervalMs: 2000 })]);
  await clock.advance(6000);
  assert.is(names.asked.length, 2 * 4);
  resolver.watch([query("a", { intervalMs: 3000 })]);
  await clock.advance(3000);
  assert.is(names.asked.length, 2 * 6, "now, and three seconds later");
});

test("the time to live counts where it is respected and not zero", async () => {
  const { resolver, names, clock } = bench();
  const asked = (hostname: string): number => names.asked.filter((one) => one.startsWith(`${hostname}/`)).length / 2;
  names.set("a", ["10.0.0.1"], 4);
  names.set("zero", ["10.0.0.1"], 0);
  names.set("short", ["10.0.0.1"], 1);
  names.set("plain", ["10.0.0.1"], 4);
  const ttl = { respectTtl: true };
  resolver.watch([query("a", ttl), query("zero", ttl), query("short", { ...ttl, minTtlMs: 3000 }), query("plain"), query("empty", ttl)]);
  await clock.advance(6000);
  assert.equal(["a", "zero", "short", "plain", "empty"].map(asked), [2, 7, 3, 7, 7]);
});

test("jitter comes on top", async () => {
  const { resolver, names, clock } = bench();
  clock.chances.push(0.5);
  resolver.watch([query("a", { jitterMs: 400 })]);
  await clock.advance(1199);
  assert.is(names.asked.length, 2);
  await clock.advance(1);
  assert.is(names.asked.length, 4);
});

test("failures keep the last good answer and are told once; the back-off grows and starts anew", async () => {
  const { resolver, names, clock, changes, lines } = bench();
  names.set("a", ["10.0.0.1"]);
  resolver.watch([query("a", { failure: { baseMs: 1000, maxMs: 4000 } })]);
  await clock.advance(0);
  names.set("a", new Error("no server"));
  clock.chances.push(...[1, 1, 1, 1].map((chance) => chance * 0.999_999));
  await clock.advance(1000);
  const tries: number[] = [];
  for (let at = 0; at < 12_000; at += 100) {
    const before = names.asked.length;
    await clock.advance(100);
    if (names.asked.length > before) tries.push(at + 100);
  }
  assert.equal(tries.slice(0, 4), [1000, 3000, 7000, 11_000]);
  assert.equal(resolver.answer("all all a"), ["10.0.0.1"]);
  assert.is(lines.filter((line) => line.includes("could not be looked up")).length, 1);
  assert.is(resolver.status().failing, 1);
  names.set("a", ["10.0.0.2"]);
  await clock.advance(4000);
  assert.is(changes.length, 2);
  assert.is(resolver.status().failing, 0);
  assert.ok(lines.at(-1)?.includes("found again"));
});

test("without a back-off of its own a failure waits as an answer does", async () => {
  const { resolver, names, clock } = bench();
  names.set("a", new Error("no server"));
  resolver.watch([query("a", { intervalMs: 2000 })]);
  await clock.advance(6000);
  assert.is(names.asked.length, 2 * 4);
});

test("a name without addresses empties an answer of all, and keeps a first one", async () => {
  const { resolver, names, clock } = bench();
  names.set("a", ["10.0.0.2", "10.0.0.1"]);
  resolver.watch([query("a"), query("a", {}, "first")]);
  await clock.advance(0);
  assert.equal(resolver.answer("first all a"), ["10.0.0.2"], "as the server sent them");
  names.set("a", []);
  await clock.advance(1000);
  assert.equal(resolver.answer("all all a"), []);
  assert.equal(resolver.answer("first all a"), ["10.0.0.2"]);
  assert.is(resolver.status().failing, 1);
});

test("the first address is of the family that comes first, where there is one", async () => {
  const { resolver, names, clock } = bench();
  names.set("a", ["10.0.0.1", "::1"]);
  names.set("b", ["10.0.0.2"]);
  resolver.watch(["a", "b"].map((name) => ({ ...query(name, {}, "first"), key: name, firstFamily: 6 })));
  await clock.advance(0);
  assert.equal(resolver.answer("a"), ["::1"]);
  assert.equal(resolver.answer("b"), ["10.0.0.2"]);
});

test("families are asked for as Envoy does", async () => {
  const cases: readonly (readonly [Family, readonly string[], string, string])[] = [
    ["v4_only", ["10.0.0.1", "::1"], "10.0.0.1", "4"],
    ["v6_only", ["10.0.0.1", "::1"], "::1", "6"],
    ["auto", ["10.0.0.1", "::1"], "::1", "6"],
    ["auto", ["10.0.0.1"], "10.0.0.1", "6 4"],
    ["v4_preferred", ["10.0.0.1", "::1"], "10.0.0.1", "4"],
    ["v4_preferred", ["::1"], "::1", "4 6"],
    ["all", ["10.0.0.1", "::1"], "10.0.0.1 ::1", "4 6"],
    ["auto", [], "", "6 4"],
  ];
  for (const [family, addresses, answer, asked] of cases) {
    const { resolver, names, clock } = bench();
    names.set("a", addresses);
    resolver.watch([query("a", {}, "all", family)]);
    await clock.advance(0);
    assert.is(resolver.answer(`all ${family} a`)?.join(" "), answer, family);
    assert.is(names.asked.map((one) => one.slice(2)).join(" "), asked, family);
  }
});

test("names that are given up are forgotten, whatever still comes for them", async () => {
  const { resolver, names, clock, changes } = bench();
  names.hold();
  resolver.watch([query("a"), query("b")]);
  await clock.advance(0);
  resolver.watch([query("b")]);
  names.set("a", ["10.0.0.1"]);
  names.set("b", ["10.0.0.2"]);
  names.go();
  await clock.advance(0);
  assert.equal(changes, ["all all b: 10.0.0.2"]);
  assert.is(resolver.answer("all all a"), undefined);
  resolver.close();
  assert.is(clock.pending(), 0);
});

test("what is kept counts until there is an answer", async () => {
  const file = memoryFile(new Map([["all all a", ["10.0.0.9"]]]));
  const { resolver, names, clock, changes } = bench(file);
  names.set("a", new Error("no server"));
  resolver.watch([query("a")]);
  await resolver.settled(1000);
  await clock.advance(0);
  assert.equal(resolver.answer("all all a"), ["10.0.0.9"]);
  names.set("a", ["10.0.0.9"]);
  await clock.advance(1000);
  assert.equal(changes, []);
  assert.is(file.written.length, 0);
});

test("answers are kept when they change, once a second, and at the end", async () => {
  const file = memoryFile(new Map([["all all gone", ["10.0.0.9"]]]));
  const { resolver, names, clock } = bench(file);
  names.set("a", ["10.0.0.1"]);
  resolver.watch([query("a", { intervalMs: 300 }), query("b", { intervalMs: 9000 })]);
  await clock.advance(999);
  assert.equal(
    file.written.map((answers) => [...answers]),
    [[["all all a", ["10.0.0.1"]]]],
  );
  await clock.advance(1);
  assert.equal(file.written[1]?.get("all all b"), []);
  names.set("a", ["10.0.0.2"]);
  await clock.advance(300);
  assert.is(file.written.length, 2);
  resolver.close();
  assert.equal(file.written[2]?.get("all all a"), ["10.0.0.2"]);
  resolver.close();
  assert.is(file.written.length, 3);
  assert.is(clock.pending(), 0);
});

test("settled waits for each name once, and not for ever", async () => {
  const { resolver, names, clock } = bench();
  let settled = 0;
  const wait = (): void => void resolver.settled(500).then(() => settled++);
  names.set("b", new Error("no server"));
  names.hold();
  resolver.watch([query("a"), query("b")]);
  wait();
  await clock.advance(499);
  assert.is(settled, 0);
  await clock.advance(1);
  assert.is(settled, 1);
  wait();
  names.go();
  await clock.advance(0);
  assert.is(settled, 2, "an answer and a failure");
  wait();
  await clock.advance(0);
  assert.is(settled, 3);
});

test("lookups at once, names and addresses have limits", async () => {
  const { resolver, names, clock, lines } = bench();
  names.hold();
  resolver.watch(Array.from({ length: dnsLimits.names + 2 }, (_, i) => query(`n${i}`, {}, "all", "v4_only")));
  await clock.advance(0);
  assert.is(names.asked.length, dnsLimits.lookups);
  assert.is(resolver.status().names, dnsLimits.names);
  assert.ok(lines.some((line) => line.includes('"refused":2')));
  names.go();
  resolver.close();

  const many = bench();
  many.names.set("a", ["10.0.0.1"]);
  many.resolver.watch([query("a")]);
  await many.clock.advance(0);
  many.names.set(
    "a",
    Array.from({ length: dnsLimits.addresses + 1 }, (_, i) => `10.0.${i >> 8}.${i & 255}`),
  );
  await many.clock.advance(1000);
  assert.equal(many.resolver.answer("all all a"), ["10.0.0.1"]);
  assert.is(many.resolver.status().failing, 1);
});

test("one name at two sets of name servers is two names, each with its own answer", async () => {
  const file = memoryFile(new Map());
  const { resolver, names, clock, changes } = bench(file);
  names.set("a", ["10.0.0.1"]);
  names.set("a@10.0.0.53:53", ["10.0.0.2"]);
  names.set("a@10.0.0.53:53,10.0.0.54:53", new Error("no server"));
  resolver.watch([
    query("a", {}, "all", "v4_only"),
    queryAt("a", "10.0.0.53:53"),
    queryAt("a", "10.0.0.53:53", "10.0.0.54:53"),
    queryAt("a", "10.0.0.53:53"),
  ]);
  await clock.advance(0);
  assert.equal(names.asked, ["a/4", "a@10.0.0.53:53/4", "a@10.0.0.53:53,10.0.0.54:53/4"]);
  assert.equal(changes, ["all v4_only a: 10.0.0.1", "all v4_only@10.0.0.53:53 a: 10.0.0.2"]);
  names.set("a@10.0.0.53:53", ["10.0.0.3"]);
  await clock.advance(1000);
  assert.equal(resolver.answer("all v4_only a"), ["10.0.0.1"]);
  assert.equal(resolver.answer("all v4_only@10.0.0.53:53 a"), ["10.0.0.3"]);
  assert.is(resolver.answer("all v4_only@10.0.0.53:53,10.0.0.54:53 a"), undefined);
  resolver.close();
  assert.equal(
    [...file.written.at(-1)!],
    [
      ["all v4_only a", ["10.0.0.1"]],
      ["all v4_only@10.0.0.53:53 a", ["10.0.0.3"]],
    ],
    "what is kept tells them apart",
  );
});

test("name servers that are silent hold up nobody who asks others", async () => {
  const { resolver, names, clock } = bench();
  names.hold();
  resolver.watch(Array.from({ length: dnsLimits.lookups + 1 }, (_, i) => queryAt(`n${i}`, "10.0.0.53:53")));
  await clock.advance(0);
  assert.is(names.asked.length, dnsLimits.lookupsOfSet);
  resolver.watch([query("a", {}, "all", "v4_only"), queryAt("n0", "10.0.0.53:53"), queryAt("a", "10.0.0.54:53")]);
  await clock.advance(0);
  assert.equal(names.asked.slice(dnsLimits.lookupsOfSet), ["a/4", "a@10.0.0.54:53/4"]);
  names.go();
});

test("sets of name servers have a limit; the machine's is none of them", async () => {
  const { resolver, names, clock, lines } = bench();
  const sets = Array.from({ length: dnsLimits.serverSets + 1 }, (_, i) => queryAt("a", `10.0.0.${i}:53`));
  const machine = query("a", {}, "all", "v4_only");
  resolver.watch([...sets, machine, queryAt("b", "10.0.0.0:53")]);
  await clock.advance(0);
  assert.is(names.asked.length, dnsLimits.serverSets + 2);
  assert.is(resolver.status().names, dnsLimits.serverSets + 2);
  assert.is(resolver.answer(sets.at(-1)!.key), undefined);
  assert.ok(lines.some((line) => line.includes("sets of name servers") && line.includes('"refused":1')));
  resolver.watch(sets.slice(1));
  await clock.advance(0);
  assert.equal(resolver.answer(sets.at(-1)!.key), [], "there is room now");
});

test("a refresh rate of nothing is a tenth of a second, one of years a day", async () => {
  const { resolver, names, clock } = bench();
  resolver.watch([query("a", { intervalMs: 0.001 }, "all", "v4_only"), query("b", { intervalMs: 1e15 }, "all", "v4_only")]);
  await clock.advance(1000);
  assert.is(names.asked.filter((one) => one === "a/4").length, 11);
  resolver.watch([query("b", { intervalMs: 1e15 }, "all", "v4_only")]);
  await clock.advance(86_400_000 - 1000);
  assert.is(names.asked.filter((one) => one === "b/4").length, 2);
});

test("the status counts", async () => {
  const { resolver, names, clock } = bench();
  names.set("a", ["10.0.0.1"]);
  names.set("b", new Error("no server"));
  resolver.watch([query("a", { intervalMs: 10_000 }), query("b", { intervalMs: 10_000 })]);
  await clock.advance(2000);
  assert.equal(resolver.status(), { names: 2, failing: 1, unanswered: 1, lookups: 2, failures: 1, oldestMs: 2000 });
});

test.run();
