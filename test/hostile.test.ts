/**
 * Input that wants to break the compiler, through all of it: always a diagnostic with code, path and words, or an answer; never an
 * exception, never what was not asked for, and memory in proportion to the input.
 */
import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packBundle, readBundle, writeBundle } from "../compiler/bundle/index.ts";
import { createAsker } from "../compiler/cli/asker.ts";
import type { InputFile } from "../compiler/cli/input.ts";
import { resolveFiles, type Session } from "../compiler/cli/session.ts";
import { tiersOf } from "../compiler/cli/tiers.ts";
import { encodeResponse } from "../compiler/decode/test/encoding.ts";
import { codes } from "../compiler/diag/codes/index.ts";
import { Collector, type Diagnostic, renderDiagnostic } from "../compiler/diag/index.ts";
import { explainListeners, renderExplanation } from "../compiler/hir/explain/explain.ts";
import { parseQuestion } from "../compiler/hir/index.ts";
import { printHir } from "../compiler/hir/print.ts";
import { type CompiledModel, compileModel, dumpTables } from "../compiler/index.ts";
import { packageRoot } from "../compiler/package-root.ts";
import { listCaptures, rawOf } from "./captured.ts";
import { run, runAll } from "./command.ts";
import { listFixtures } from "./conformance/fixture.ts";
import { mesh } from "./hostile-mesh.ts";
import { type Random, random } from "./shuffle.ts";

const hostile = suite("hostile");
const temporary = mkdtempSync(join(tmpdir(), "kmesh-hostile-"));
hostile.after(() => rmSync(temporary, { recursive: true, force: true }));

interface Outcome extends Session {
  readonly compiled: CompiledModel | undefined;
  /** `severity code path`. */
  readonly told: readonly string[];
}

/** Everything but clang, and everything that is printed of it. */
function compile(...files: readonly InputFile[]): Outcome {
  const session = resolveFiles(files, {});
  const sink = new Collector();
  const compiled = compileModel(session.model, sink);
  const diagnostics = [...session.diagnostics, ...sink.list()];
  diagnostics.forEach(checkDiagnostic);
  assert.ok(compiled || diagnostics.some(({ severity }) => severity === "error"), "no tables, and nothing said");
  return {
    model: session.model,
    diagnostics,
    compiled,
    told: diagnostics.map(({ severity, code, path }) => `${severity} ${code} ${path}`),
  };
}

function checkDiagnostic(diagnostic: Diagnostic): void {
  const { code, path, message } = diagnostic;
  assert.ok(Object.hasOwn(codes, code), `${code} is declared`);
  assert.ok(path !== "" && message !== "", `${code} says where and what`);
  assert.not.match(message, /\n {4}at |\[object |InternalError/);
  const lines = renderDiagnostic(diagnostic, { colour: false }).split("\n");
  assert.ok(lines.length <= 2, `${code}: one line and its hint`);
  assert.not.match(lines.join(" "), /[\u0000-\u001f]/);
}

function compileText(text: string): Outcome {
  return compile({ name: "in.json", bytes: Buffer.from(text) });
}

const errorsOf = ({ diagnostics }: Outcome): readonly string[] => [
  ...new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code)),
];

const documents = listFixtures("fixtures")
  .filter((name) => !name.startsWith("realistic-"))
  .map((name) => readFileSync(join(packageRoot, "fixtures", name, "snapshot.json"), "utf8"));

hostile("JSON truncated at 300 places", () => {
  const next = random(1);
  for (let i = 0; i < 300; i++) {
    const text = documents[i % documents.length]!.trimEnd();
    const at = 1 + Math.floor(next() * (text.length - 2));
    assert.equal(errorsOf(compileText(text.slice(0, at))), ["KM1002"]);
  }
});

function pick<T>(list: readonly T[], next: Random): T {
  return list[Math.floor(next() * list.length)]!;
}

/** Truncated, bytes or bits changed, or a piece of another place put in. */
function mutate(bytes: Buffer, next: Random): Buffer {
  const at = (): number => Math.floor(next() * bytes.length);
  const kind = Math.floor(next() * 4);
  if (kind === 0) return bytes.subarray(0, at());
  if (kind === 1) return Buffer.concat([bytes.subarray(0, at()), bytes.subarray(at()).subarray(0, 12), bytes.subarray(at())]);
  const copy = Buffer.from(bytes);
  for (let n = Math.floor(next() * 4); n >= 0; n--) copy[at()]! ^= kind === 2 ? 1 << Math.floor(next() * 8) : 1 + Math.floor(next() * 255);
  return copy;
}

hostile("2,000 mutants of protobuf responses", () => {
  const next = random(2);
  const small = documents.flatMap((text) => {
    const { resources } = JSON.parse(text) as { readonly resources?: readonly object[] };
    try {
      return resources ? [Buffer.from(encodeResponse(resources))] : [];
    } catch {
      // Not every hostile fixture can be written as protobuf.
      return [];
    }
  });
  assert.ok(small.length > 200);
  for (let i = 0; i < 1900; i++) compile({ name: "in.pb", bytes: mutate(pick(small, next), next) });
  const whole = listCaptures().filter((name) => name.startsWith("bookinfo"));
  const captured = whole.flatMap((name) => ["001-cds.pb", "003-lds.pb"].map((file) => readFileSync(join(rawOf(name), file))));
  for (let i = 0; i < 100; i++) compile({ name: "in.pb", bytes: mutate(pick(captured, next), next) });
});

const odd: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 65_536, 4_294_967_296, 1e300, "", "x", "*", "*.", "/", "(", "::", "10.0.0.1", "1s", "-1s", "\u0000"],
  ...["99999999999999999999", ":path", "*/ int x;", "\ud800", "a".repeat(300), "[^a]*(a|b){1,50}", [], {}, [[]], [{}], { value: {} }],
  { "@type": "x/envoy.config.cluster.v3.Cluster" },
];

/** One value of the document, chosen by `at`, becomes something else. */
function distort(value: unknown, at: { left: number }, next: Random): unknown {
  if (at.left-- === 0) return pick(odd, next);
  if (Array.isArray(value)) return value.map((item) => distort(item, at, next));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, distort(inner, at, next)]));
}

function sizeOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, inner) => sum + sizeOf(inner), 1);
}

hostile("wrong types everywhere: 1,000 documents with one value changed", () => {
  const next = random(3);
  for (let i = 0; i < 1000; i++) {
    const document = JSON.parse(pick(documents, next)) as unknown;
    const { model, compiled } = compileText(JSON.stringify(distort(document, { left: Math.floor(next() * sizeOf(document)) }, next)));
    printHir(model);
    if (compiled) dumpTables(compiled);
  }
});

hostile("__proto__ and other names of Object.prototype, as keys and as names", () => {
  for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty", "__defineGetter__"]) {
    const whole = JSON.stringify(mesh("a"));
    const { told } = compileText(whole.replace(/\{"@type"/g, `{${JSON.stringify(key)}: {"name": "evil", "polluted": 1}, "@type"`));
    assert.ok(
      told.some((line) => line.includes("KM1016")),
      `${key} is an unknown field`,
    );
    assert.equal(errorsOf(compileText(whole)), []);
    for (const resource of [`{"${key}": 5}`, `{"${key}": {"${key}": []}}`]) compileText(`{"resources": [${resource}], "${key}": {}}`);
    assert.is(Reflect.get({}, "polluted"), undefined);
    const named = compileText(JSON.stringify(mesh(key)));
    assert.equal(errorsOf(named), []);
    assert.is(named.model.clusters[0]?.name, key);
  }
});

hostile("100,000 levels of [ and {, everywhere", () => {
  const depth = 100_000;
  const list = "[".repeat(depth) + "]".repeat(depth);
  const object = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  const cluster = '{"@type": "x/envoy.config.cluster.v3.Cluster", "name": "c"';
  for (const deep of [list, object]) {
    assert.ok(errorsOf(compileText(deep)).length > 0);
    assert.equal(errorsOf(compileText(deep.slice(0, depth))), ["KM1002"]);
    compileText(`{"resources": ${deep}}`);
    compileText(`{"configs": ${deep}}`);
    compileText(`{"static_resources": {"clusters": ${deep}}}`);
    for (const field of ["metadata", "load_assignment", "lb_policy", "typed_extension_protocol_options", "nope", "@type"]) {
      compileText(`{"resources": [${cluster}, "${field}": ${deep}}]}`);
    }
    compileText(`{"resources": [${cluster}, "metadata": {"filter_metadata": {"x": ${object}}}}]}`);
  }
});

const names: readonly string[] = [
  ...[
    "*/ int x; /*",
    '"',
    "'",
    "`$(reboot)`",
    "\\",
    "\\\n",
    "a\nb\r\nc",
    "\u0000",
    "\u0000\n\u0007",
    "\u001b[31mred",
    "\u2028\u2029",
    "\ufeffbom",
  ],
  ...["\u202ertl", "%s%n", "../../etc/passwd", "<script>", "{{#each x}}", "??/", "\u65e5\u672c\ud83d\ude00", " ", "a".repeat(300)],
];

hostile("names of any kind: the same tables as with a plain one, nothing of it in the code, and a bundle that reads back", async () => {
  const plain = compileText(JSON.stringify(mesh("plain")));
  for (const name of names) {
    const got = compileText(JSON.stringify(mesh(name)));
    const { model, compiled } = got;
    assert.equal(errorsOf(got), [], JSON.stringify(name));
    assert.equal([model.listeners[0]?.name, model.routeConfigs[0]?.name, model.clusters[0]?.name], [name, name, name]);
    assert.equal([...compiled!.sources, ...compiled!.decideSources], [...plain.compiled!.sources, ...plain.compiled!.decideSources]);
    for (const [table, { count }] of compiled!.images) {
      const isText = table === "text" || table === "bytes";
      if (!isText) assert.is(count, plain.compiled!.images.get(table)!.count, `${table} of ${JSON.stringify(name)}`);
    }
    assert.is(lines(printHir(model)), lines(printHir(plain.model)), `HIR of ${JSON.stringify(name)}`);
    const explained = renderExplanation(explainListeners(model, tiersOf(model), model.listeners, true));
    assert.not.match(explained, /[\u0000-\u0009\u000b-\u001f]/);
    const { shape, header, images, sources, names: table } = compiled!;
    const folder = join(temporary, "bundle");
    writeBundle(folder, packBundle({ shape, header, images, sources, model, names: table, diagnostics: got.diagnostics, objects: [] }));
    assert.equal(readBundle(folder).bundle?.model, model);
  }
});

const lines = (text: string): number => text.split("\n").length;

hostile("names of any kind: the generated C finds the cluster, and the header's value", async () => {
  for (const name of names) {
    const session = compileText(JSON.stringify(mesh(name)));
    const asker = await createAsker(session, "both");
    const parsed = parseQuestion({ to: "10.0.0.1:80", request: { authority: "a" } });
    if (parsed.kind === "error") throw new Error(parsed.message);
    assert.is(asker.ask(parsed.question).clusters?.[0]?.name, name);
  }
});

hostile("100 KB names, and half of a surrogate pair", () => {
  const name = "n".repeat(100_000);
  const long = compileText(JSON.stringify(mesh(name)));
  assert.is(long.model.clusters[0]?.name, name);
  // Envoy's own limit: a body of 4 KiB.
  assert.equal(errorsOf(long), ["KM2323"]);
  for (const half of ["\ud800", "a\udfff"]) {
    const got = compileText(JSON.stringify(mesh(half)));
    assert.equal(errorsOf(got), ["KM1011"]);
    assert.is(got.model.listeners.length + got.model.routeConfigs.length + got.model.clusters.length, 0);
  }
});

hostile("references that lead nowhere or to themselves, and twins", () => {
  const type = (name: string): string => `type.googleapis.com/envoy.${name}`;
  const cluster = (name: string, more: object = {}): object => ({ "@type": type("config.cluster.v3.Cluster"), name, ...more });
  const aggregate = (...clusters: readonly string[]): object => ({
    lb_policy: "CLUSTER_PROVIDED",
    cluster_type: {
      name: "envoy.clusters.aggregate",
      typed_config: { "@type": type("extensions.clusters.aggregate.v3.ClusterConfig"), clusters },
    },
  });
  const resources = (...list: readonly object[]): Outcome => compileText(JSON.stringify({ resources: list }));
  const [listener, table] = mesh("a").resources.slice(1) as [object, object];

  const ring = resources(cluster("a", aggregate("b")), cluster("b", aggregate("a")), listener, table);
  assert.ok(ring.told.some((line) => line.startsWith("punt ")) && errorsOf(ring).length === 0);
  assert.ok(resources(cluster("a", aggregate("a")), listener, table).compiled);
  const missing = resources(listener, table);
  assert.ok(missing.told.some((line) => line.includes("KM2321")));
  assert.equal(errorsOf(missing), []);
  const noTable = resources(listener, cluster("a"));
  assert.ok(noTable.told.some((line) => line.includes("KM2206")));
  const noEndpoints = resources(cluster("a", { type: "EDS", eds_cluster_config: { eds_config: { ads: {} }, service_name: "a" } }));
  assert.is(noEndpoints.model.clusters[0]?.priorities.flat().length, 0);
  for (const twin of [listener, table, cluster("a")]) {
    const twins = resources(listener, table, cluster("a"), { ...twin, alt_stat_name: "x" });
    assert.equal(errorsOf(twins), ["KM1021"]);
    assert.is(twins.model.listeners.length + twins.model.routeConfigs.length + twins.model.clusters.length, 3);
  }
});

hostile("files that are no snapshot: exit 1 or 2, a line that says why, no stack", async () => {
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(temporary, name), content);
    return join(temporary, name);
  };
  const next = random(4);
  const folder = (name: string): string => {
    mkdirSync(join(temporary, name));
    return join(temporary, name);
  };
  const loop = join(temporary, "loop");
  symlinkSync(loop, loop);
  const unreadable = write("unreadable.json", "{}");
  chmodSync(unreadable, 0);
  const withFolder = folder("with-folder");
  mkdirSync(join(withFolder, "a.json"));
  const notABundle = folder("not-a-bundle");
  writeFileSync(join(notABundle, "manifest.json"), "{");
  // Root reads everything.
  const isRoot = process.getuid?.() === 0;
  const calls: readonly (readonly [code: number, path: string, said: RegExp])[] = [
    [1, write("empty.json", ""), /^error KM1001 empty\.json: the file is empty/],
    [1, write("garbage", Buffer.from(Array.from({ length: 5000 }, () => Math.floor(next() * 256)))), /^error KM10(01|10) garbage: /],
    [1, write("gzip.json", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0])), /^error KM1004 .*\n {2}hint: .*gunzip/],
    [1, write("zstd.json", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4])), /^error KM1004 /],
    [1, write("yaml.yaml", "static_resources:\n"), /^error KM1001 .*\n {2}hint: .*YAML/],
    [1, write("utf16.json", Buffer.from('\ufeff{"resources": []}', "utf16le")), /^error KM1001 /],
    [1, write("latin1.json", Buffer.from('{"a": "\u00e9"}', "latin1")), /^error KM1002 .*not UTF-8/],
    [1, write("deep.json", "[".repeat(100_000)), /^error KM1002 /],
    [0, write("bom.json", '\ufeff{"resources": []}'), /^0 errors/],
    [2, folder("empty-folder"), /holds neither a bundle/],
    [2, withFolder, /cannot read .*a\.json/],
    [2, notABundle, /no valid bundle: KM6002 manifest\.json/],
    [2, loop, /cannot read .*ELOOP/],
    [2, "", /the name of a snapshot or bundle is empty/],
    [2, join(temporary, "nowhere"), /no such file or folder/],
    [2, "/dev/zero", /the most a snapshot may have/],
    [isRoot ? 1 : 2, unreadable, isRoot ? /KM1001/ : /cannot read .*EACCES/],
  ];
  const answers = await runAll(calls.map(([, path]) => ["check", path]));
  for (const [i, [code, path, said]] of calls.entries()) {
    const { code: got, stdout, stderr } = answers[i]!;
    assert.is(got, code, `${path}: ${stderr}`);
    // What check finds is its answer; wrong usage is told beside it.
    assert.match(got === 2 ? stderr : stdout, said);
    assert.is(got === 2 ? stdout : stderr, "");
    assert.not.match(stderr, /\n {4}at |internal error/);
  }
});

hostile("a dump of 100 MB ends, in a heap of 300 MB", async () => {
  const path = join(temporary, "large.json");
  const bytes = await writeLargeDump(path);
  const { code, stdout, stderr, milliseconds } = await run(["check", path], { nodeOptions: ["--max-old-space-size=300"] });
  assert.is(code, 0, stderr.slice(-1000));
  assert.match(stdout, /^compiled: 0 listeners, 0 route configurations, \d{5,6} clusters/m);
  console.log(`MEASURED check of a ${Math.round(bytes / 1e6)} MB dump: ${(milliseconds / 1000).toFixed(1)} s`);
});

/** Clusters as istiod writes them, as many as fill 100 MB. Returns its size. */
async function writeLargeDump(path: string): Promise<number> {
  const out = createWriteStream(path);
  const write = (text: string): Promise<void> => new Promise((resolve, reject) => out.write(text, (e) => (e ? reject(e) : resolve())));
  const { resources } = JSON.parse(readFileSync(join(packageRoot, "fixtures/istio-subset-weights/snapshot.json"), "utf8")) as {
    readonly resources: readonly { readonly "@type": string; readonly name?: string }[];
  };
  const cluster = resources.find((resource) => resource["@type"].endsWith(".Cluster"))!;
  const notes = { metadata: { filter_metadata: { istio: { services: Array.from({ length: 20 }, (_, i) => ({ host: `host-${i}` })) } } } };
  await write('{"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.ClustersConfigDump","dynamic_active_clusters":[');
  let size = 0;
  for (let i = 0; size < 100_000_000; ) {
    const many = Array.from({ length: 500 }, () =>
      JSON.stringify({ cluster: { ...cluster, ...notes, name: `outbound|80||service-${i++}` } }),
    );
    const text = `${size === 0 ? "" : ","}${many.join(",")}`;
    size += text.length;
    await write(text);
  }
  await write("]}]}");
  await new Promise<void>((resolve) => out.end(resolve));
  return size;
}

hostile.run();
