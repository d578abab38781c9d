/** kmesh-compile as a user and a script see it: help, exit codes, JSON, the batch. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packBundle, readBundle, writeBundle } from "../compiler/bundle/index.ts";
import { commandHelp, overview } from "../compiler/cli/help.ts";
import type { TableName } from "../compiler/layout/index.ts";
import { type Ran, run, runAll } from "./command.ts";

const cli = suite("cli");
const temporary = mkdtempSync(join(tmpdir(), "kmesh-cli-"));
cli.after(() => rmSync(temporary, { recursive: true, force: true }));

const fixture = (name: string): string => `fixtures/${name}/snapshot.json`;
const mesh = fixture("istio-outbound");
const commands = Object.keys(commandHelp);

function json(ran: Ran): Record<string, unknown> {
  assert.is(ran.code, 0, ran.stderr);
  return JSON.parse(ran.stdout) as Record<string, unknown>;
}

cli("help of each command, on stdout", async () => {
  const asked = [
    [],
    ["--help"],
    ["help"],
    ...commands.flatMap((name) => [
      [name, "--help"],
      ["help", name],
    ]),
  ];
  const answers = await runAll(asked);
  for (const [i, { code, stdout, stderr }] of answers.entries()) {
    const name = asked[i]!.find((word) => commands.includes(word));
    assert.is(code, asked[i]!.length === 0 ? 2 : 0, asked[i]!.join(" "));
    assert.is(stdout, name === undefined ? overview : commandHelp[name]);
    assert.is(stderr, "");
  }
  for (const name of commands) assert.match(overview, new RegExp(`^  ${name} `, "m"));
});

cli("the process: help at once, and the exit codes", async () => {
  const helps = [await run(["--help"]), await run(["check", "--help"]), await run(["help"])];
  for (const { code, stderr } of helps) assert.equal([code, stderr], [0, ""]);
  console.log(`MEASURED --help: ${Math.min(...helps.map((a) => a.milliseconds)).toFixed(0)} ms, best of ${helps.length}`);
  const [rejected, wrong] = await Promise.all([run(["check", fixture("reject-cluster-duplicate-name")]), run(["check"])]);
  assert.equal([rejected.code, wrong.code], [1, 2]);
});

cli("every option that a help text names is known", async () => {
  const named = commands.flatMap((name) => [...commandHelp[name]!.matchAll(/(?<![\w-])--[a-z-]+/g)].map(([option]) => [name, option]));
  const distinct = [...new Set(named.map((call) => call.join(" ")))].map((call) => call.split(" "));
  // Without an input each ends as wrong usage, before it does anything; an unknown option is told first.
  const answers = await Promise.all(distinct.map(([name, option]) => usageOf(name!, option!)));
  assert.equal(
    answers.filter((text) => text.includes("Unknown option")),
    [],
  );
});

/** The message of a command that is called with one option alone, in this process. */
async function usageOf(name: string, option: string): Promise<string> {
  const loaded = (await import(`../compiler/cli/commands/${name}.ts`)) as Record<string, (args: string[]) => Promise<number>>;
  try {
    // A batch would read this process's stdin.
    await loaded[name]!([option, ...(option === "--batch" ? ["a", "b"] : [])]);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

cli("exit codes: 0 fine, 1 rejected, 2 usage; what is wrong stands in one line", async () => {
  const rejected = fixture("reject-cluster-duplicate-name");
  const cut = join(temporary, "cut.json");
  const partly = fixture("reject-cluster-duplicate-name");
  const dangling = join(temporary, "dangling");
  const many = join(temporary, "many.json");
  const older = join(temporary, "older");
  const calls: readonly (readonly [code: number, args: readonly string[], said?: RegExp])[] = [
    [0, ["check", mesh]],
    [0, ["check", fixture("punt-downstream-tls")]],
    [1, ["check", fixture("punt-downstream-tls"), "--strict"], /^error KM2120 /m],
    [1, ["check", rejected], /^error KM1021 /m],
    [1, ["compile", rejected, "--no-objects", "-o", join(temporary, "rejected")], /^error KM1021 /m],
    [0, ["diff", mesh, mesh, "--exit-code"]],
    [1, ["diff", fixture("weights-one"), fixture("weights-three"), "--exit-code"]],
    [2, ["frobnicate"], /unknown command "frobnicate"; the commands are compile, check/],
    [2, ["help", "constructor"], /unknown command/],
    [2, ["--json", "check", mesh], /--json stands before the command; the command comes first: one of compile, check/],
    [2, ["check"], /check takes one snapshot\nTry: kmesh-compile check --help/],
    [2, ["check", mesh, "more"], /not also more/],
    [2, ["check", mesh, "--nope"], /Unknown option '--nope'/],
    [2, ["check", mesh, "--diagnostics", "all"], /--diagnostics is error, punt, note, not "all"/],
    [2, ["check", join(temporary, "missing")], /no such file or folder/],
    [2, ["compile", mesh], /compile needs -o BUNDLE/],
    [2, ["compile", mesh, "-o", temporary], /holds something else than a bundle/],
    [2, ["compile", mesh, "-o", "package.json"], /is no folder/],
    [2, ["compile", mesh, "--no-objects", "-o", "package.json/x"], /cannot write/],
    [2, ["compile", mesh, "-o", dangling], /dangling is a link that leads nowhere/],
    [2, ["trace", mesh], /trace needs --to/],
    [2, ["trace", mesh, "--to", "nowhere", "--engine", "hir"], /"nowhere" is no ip:port/],
    [2, ["trace", mesh, "--to", "10.0.0.1:80", "--engine", "envoy"], /--engine is hir, wasm, both/],
    [2, ["trace", mesh, "--to", "10.0.0.1:80", "-n", "many"], /-n takes a whole number/],
    [2, ["trace", mesh, "--to", "10.0.0.1:80", "-H", "no colon"], /-H takes "name: value"/],
    [2, ["dump", mesh, "--table", "nope"], /there are generation, svc4/],
    [2, ["explain"], /explain takes a snapshot or a bundle/],
    [2, ["explain", mesh, "10.0.0.1:99999"], /"10\.0\.0\.1:99999" is no ip:port/],
    [2, ["explain", mesh, "10.0.0.1:http"], /"10\.0\.0\.1:http" is no ip:port/],
    [2, ["explain", mesh, ""], /"" is no ip:port/],
    [2, ["check", ""], /the name of a snapshot or bundle is empty/],
    [2, ["trace", mesh, "--to", "10.0.0.1:80", "--request", "/reviews"], /--request takes "METHOD \/path", not "\/reviews"/],
    [
      2,
      ["trace", mesh, "--to", "10.0.0.1:80", "--request", "GET /a b"],
      /--request takes "METHOD \/path" of HTTP\/1\.1, not "GET \/a b"; --head/,
    ],
    [2, ["trace", "--batch", mesh, "--to", "10.0.0.1:80", "-n", "5"], /--to, -n would have no effect/],
    [2, ["trace", "--batch", "-"], /name the snapshot by its path/],
    [0, ["trace", mesh, "--to", "10.9.9.9:9080", "--engine", "hir"], /say what the client sends/],
    [1, ["explain", cut], /nothing of .*cut\.json can be used: KM1002 cut\.json/],
    [1, ["trace", cut, "--to", "10.0.0.1:80", "--engine", "hir"], /nothing of .*cut\.json can be used/],
    [1, ["dump", cut], /nothing of .*cut\.json can be used/],
    [1, ["diff", mesh, cut], /nothing of .*cut\.json can be used: KM1002 .* \(capture it again: .*\)$/m],
    [1, ["explain", many], /can be used: KM1013 .*; KM1013 .*; KM1013 [^;]*; and 17 more, see kmesh-compile check/],
    [2, ["explain", older], /older is no valid bundle: KM6002 manifest\.json: .* \(compile the snapshot again with this version/],
    [0, ["explain", partly], /what they reject has no part in this; see kmesh-compile check/],
  ];
  writeFileSync(cut, readFileSync(mesh).subarray(0, 2000));
  writeFileSync(join(temporary, "other.txt"), "");
  symlinkSync("nowhere", dangling);
  const nameless = { "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", name: "" };
  writeFileSync(many, JSON.stringify(Array.from({ length: 20 }, () => nameless)));
  mkdirSync(older);
  writeFileSync(join(older, "manifest.json"), JSON.stringify({ format: 1 }));
  const answers = await runAll(calls.map(([, args]) => args));
  for (const [i, [code, args, said]] of calls.entries()) {
    const { code: got, stderr, stdout } = answers[i]!;
    assert.is(got, code, `${args.join(" ")}: ${stderr}`);
    // What check finds is its answer, so that it can be piped.
    if (said) assert.match(args[0] === "check" && got === 1 ? stdout : stderr, said);
    assert.not.match(stderr, /\n {4}at |internal error/);
  }
});

cli("a bundle is written, replaced, read by every command, and not written from what can't be read", async () => {
  const bundle = join(temporary, "deep/er/bundle");
  const compile = async (input: string): Promise<Ran> => (await runAll([["compile", input, "--no-objects", "-o", bundle, "--json"]]))[0]!;
  assert.is((json(await compile(fixture("weights-one")))["bundle"] as { path: string }).path, bundle);
  json(await compile(mesh));
  const [explained, dumped, differing] = await runAll([
    ["explain", bundle],
    ["dump", bundle, "--table", "svc4"],
    ["diff", bundle, mesh],
  ]);
  assert.match(explained!.stdout, /10\.96\.7\.7:9080 {2}\[direct\]/);
  assert.match(dumped!.stdout, /^table svc4 [\s\S]* 10\.96\.7\.7:9080 /);
  assert.match(differing!.stdout, /^no difference for traffic \(.*\)\n$/);
  const before = readFileSync(join(bundle, "manifest.json"), "utf8");
  const broken = join(temporary, "broken.json");
  writeFileSync(broken, '{"configs": [');
  const refused = await compile(broken);
  assert.is(refused.code, 1);
  assert.is((JSON.parse(refused.stdout) as { bundle?: unknown }).bundle, undefined);
  assert.is(readFileSync(join(bundle, "manifest.json"), "utf8"), before, "the last good one stays");
});

cli("explain and trace find the same listener, also of several that take what no other does", async () => {
  const { resources } = JSON.parse(readFileSync(fixture("listener-virtual-port-chain"), "utf8")) as {
    resources: Record<string, unknown>[];
  };
  const virtual = resources.find((resource) => resource["use_original_dst"] === true)!;
  const address = { socket_address: { address: "0.0.0.0", port_value: 15009 } };
  const two = join(temporary, "two-virtual.json");
  writeFileSync(two, JSON.stringify({ resources: [...resources, { ...virtual, name: "zz", address }] }));
  const [explained, traced] = await runAll([
    ["explain", two, "10.0.0.9:15009", "--json"],
    ["trace", two, "--to", "10.0.0.9:15009", "--engine", "hir", "--json"],
  ]);
  assert.is(json(traced!)["listener"], "zz");
  assert.is((json(explained!)["listeners"] as readonly { listener: string }[])[0]?.listener, "zz");
});

cli("a snapshot on standard input", async () => {
  const { code, stdout, stderr } = await run(["explain", "-", "10.96.7.7:9080"], { input: readFileSync(mesh, "utf8") });
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, /^10\.96\.7\.7:9080 {2}\[direct\]/);
  const twice = await run(["diff", "-", "-"], { input: readFileSync(mesh, "utf8") });
  assert.is(twice.code, 2);
  assert.match(twice.stderr, /^kmesh-compile: - is standard input, which can be read once\n/);
});

cli("a bundle has the diagnostics of its snapshot, each once", async () => {
  const bundle = join(temporary, "said");
  await runAll([["compile", mesh, "--no-objects", "-o", bundle]]);
  const [fromSnapshot, fromBundle] = await runAll([mesh, bundle].map((input) => ["check", input, "--json"]));
  assert.equal(json(fromBundle!), json(fromSnapshot!));
});

/** Of all objects, however deep. */
function keysIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(keysIn);
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)]) : [];
}

cli("--json of each command", async () => {
  const [checked, explained, host, traced, dumped, differing] = await runAll([
    ["check", mesh, "--json"],
    ["explain", mesh, "10.96.7.7:9080", "--json"],
    ["explain", mesh, "reviews", "--json"],
    ["trace", mesh, "--to", "10.96.7.7:9080", "-n", "1000", "--engine", "hir", "--json"],
    ["dump", mesh, "--json"],
    ["diff", fixture("weights-one"), fixture("weights-three"), "--json"],
  ]);
  const { summary, diagnostics } = json(checked!) as { summary: object; diagnostics: readonly { code: string; path: string }[] };
  assert.equal(summary, { listeners: 3, route_configurations: 1, clusters: 4, error: 0, punt: 0, note: 7 });
  assert.ok(diagnostics.length > 0 && diagnostics.every(({ code, path }) => /^KM\d{4}$/.test(code) && path !== ""));
  const { listeners } = json(explained!) as { listeners: readonly { listener: string; tier: string }[] };
  assert.equal(
    listeners.map(({ listener, tier }) => [listener, tier]),
    [["10.96.7.7_9080", "direct"]],
  );
  assert.equal((json(host!)["virtual_hosts"] as readonly { domain: string }[])[0]?.domain, "reviews");
  const answer = json(traced!) as { verdict: string; draws: readonly { count: number }[] };
  assert.is(answer.verdict, "forward");
  assert.is(answer.draws[0]?.count, 1000);
  assert.is((json(dumped!)["tables"] as readonly { name: string }[])[0]?.name, "generation");
  assert.ok((json(differing!)["changes"] as readonly unknown[]).length > 0);
  const own = [checked, explained, host, traced, dumped, differing].flatMap((ran) => keysIn(json(ran!)));
  assert.equal(
    own.filter((key) => !/^[a-z]+(_[a-z]+)*$/.test(key)),
    [],
    "Keys are in snake_case, as those of xDS",
  );
  // The help texts tell the names.
  for (const [name, ran] of [
    ["check", checked],
    ["explain", explained],
    ["explain", host],
    ["dump", dumped],
    ["diff", differing],
  ] as const)
    for (const key of Object.keys(json(ran!))) assert.ok(commandHelp[name]!.includes(`"${key}"`), `${name}: ${key}`);
});

cli("check counts what is compiled, not what was read", async () => {
  const [whole, partly] = await runAll([
    ["check", mesh],
    ["check", fixture("reject-cluster-duplicate-name")],
  ]);
  assert.match(whole!.stdout, /^0 errors, 0 punts, 7 notes\ncompiled: 3 listeners, 1 route configuration, 4 clusters\n$/m);
  assert.match(partly!.stdout, /^1 error, .*\ncompiled: 1 listener, 0 route configurations, 1 cluster\n$/m);
});

cli("--strict makes punts errors, and nothing else", async () => {
  const [easy, strict] = await runAll([[], ["--strict"]].map((more) => ["check", fixture("punt-cluster-original-dst"), "--json", ...more]));
  type Said = { readonly summary: { readonly error: number; readonly punt: number; readonly note: number } };
  const [a, b] = [easy!, strict!].map(({ stdout }) => (JSON.parse(stdout) as Said).summary);
  assert.ok(a!.punt > 0 && a!.error === 0);
  assert.is(b!.punt, 0);
  assert.is(b!.error, a!.punt);
  assert.equal([easy!.code, strict!.code], [0, 1]);
});

cli("explain: what no listener takes, and a name that nobody has", async () => {
  const [virtual, untaken, nobody] = await runAll([
    ["explain", mesh, "192.0.2.9:4444"],
    ["explain", fixture("weights-one"), "192.0.2.9:4444"],
    ["explain", mesh, "nobody.example.com"],
  ]);
  assert.match(virtual!.stdout, /listener "virtualOutbound"/);
  assert.match(untaken!.stdout, /no listener takes 192\.0\.2\.9:4444: connections pass untouched/);
  assert.match(nobody!.stdout, /no virtual host names "nobody\.example\.com"/);
});

/** Lines in, parsed lines out. */
async function batch(lines: readonly (string | object)[], ...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const input = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const ran = await run(["trace", "--batch", "--engine", "hir", ...args], { input });
  assert.is(ran.code, 0, ran.stderr);
  assert.is(ran.stderr, "");
  return ran.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

cli("batch: answers in order, with the ids as they came; an error stands in its place", async () => {
  const to = "10.96.7.7:9080";
  const ids = [1, "two", { three: 3 }, null, [4], "\u20ac\n", true];
  const good = ids.map((id) => ({ id, to }));
  const bad: readonly (string | object)[] = [
    "no json",
    "[]",
    "5",
    { id: "a" },
    { id: "b", to: "10.0.0.1" },
    { id: "c", to, head: 5 },
    { id: "d", to, head: "x", raw: "y" },
    { id: "e", to, snapshot: 5 },
    { id: "f", to, snapshot: "/nowhere" },
    { id: "g", to, request: { metod: "GET" } },
    { id: "i", to, snapshot: "-" },
    `{"id": "h", "to": "${to}", "head": "${"x".repeat(5_000_000)}"}`,
  ];
  const lines = [...good, ...bad, "", "  \r", { id: "last", to, snapshot: fixture("weights-one") }];
  const answers = await batch(lines, mesh);
  assert.is(answers.length, good.length + bad.length + 1);
  assert.equal(
    answers.slice(0, good.length).map(({ id, verdict }) => [id, verdict]),
    ids.map((id) => [id, "forward"]),
  );
  const errors = answers.slice(good.length, -1);
  assert.equal(
    errors.map(({ id }) => id),
    [undefined, undefined, undefined, "a", "b", "c", "d", "e", "f", "g", "i", undefined],
  );
  for (const { verdict, why } of errors) assert.ok(verdict === "error" && typeof why === "string" && why !== "", String(why));
  assert.is(answers.at(-1)!["id"], "last");
});

/** A bundle whose tables say something else than its rules, as only a bug of ours makes it: chains lead to what is not there. */
async function brokenBundle(): Promise<string> {
  const folder = join(temporary, "broken");
  assert.is((await run(["compile", mesh, "-o", folder])).code, 0);
  const { bundle } = readBundle(folder);
  assert.ok(bundle);
  const { manifest, tables, objects } = bundle;
  const broken = (name: string, parts: readonly Uint8Array[]) => (name === "chain" ? parts.map((part) => part.map(() => 0x7f)) : parts);
  const images = manifest.tables.map(({ name, recordSize, count }) => {
    return { table: name as TableName, recordSize, count, parts: broken(name, tables.get(name)!) };
  });
  const packed = packBundle({
    ...bundle,
    shape: manifest.shape,
    header: manifest.header,
    images: new Map(images.map((image) => [image.table, image])),
    objects: manifest.objects.map((object) => ({ ...object, bytes: objects.get(object.name)! })),
    decide: objects.get("decide")!,
  });
  writeBundle(folder, packed);
  return folder;
}

cli("batch: a question that meets a bug of ours has an error for an answer, and the others theirs; the exit code says so", async () => {
  const to = "10.96.7.7:9080";
  const lines = [
    { id: 0, to },
    { id: 1, to, snapshot: mesh },
  ].map((line) => JSON.stringify(line));
  const { code, stdout, stderr } = await run(["trace", "--batch", "--engine", "wasm", await brokenBundle()], { input: lines.join("\n") });
  assert.equal([code, stderr], [3, ""]);
  const [first, second] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal([first!["id"], first!["verdict"]], [0, "error"]);
  assert.match(String(first!["why"]), /^internal error: .*a table points to what is not there/);
  assert.equal([second!["id"], second!["verdict"]], [1, "forward"]);
});

cli("batch: without a snapshot, without questions, with a reader that goes away", async () => {
  assert.equal(
    (await batch([{ id: 1, to: "10.0.0.1:80" }])).map(({ id, verdict }) => [id, verdict]),
    [[1, "error"]],
  );
  assert.equal(await batch([], mesh), []);
  const marked = await batch([`\ufeff${JSON.stringify({ id: 1, to: "10.96.7.7:9080" })}`], mesh);
  assert.is(marked[0]!["verdict"], "forward", "a byte order mark is no part of the first question");
  const endless = `${JSON.stringify({ to: "10.96.7.7:9080" })}\n`.repeat(20_000);
  const cut = await run(["trace", "--batch", "--engine", "hir", mesh], { input: endless, closeAfter: 100 });
  assert.equal([cut.code, cut.stderr], [0, ""]);
});

cli("batch: 20,000 questions", async () => {
  const count = 20_000;
  const lines = Array.from({ length: count }, (_, id) => ({
    id,
    to: "10.96.1.1:9080",
    request: { path: `/${id}`, authority: "reviews", headers: [["x", String(id)]] },
  }));
  const start = performance.now();
  const answers = await batch(lines, mesh);
  const seconds = (performance.now() - start) / 1000;
  assert.is(answers.length, count);
  assert.ok(answers.every(({ id, verdict }, i) => id === i && verdict === "forward"));
  console.log(`MEASURED trace --batch: ${Math.round(count / seconds)} questions a second, start and parsing of the answers included`);
});

cli.run();
