import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeResource, decodeSnapshot, type XdsKind, type XdsResource } from "../../../compiler/decode/index.ts";
import { Collector, type Diagnostic } from "../../../compiler/diag/index.ts";
import { kinds } from "../protocol.ts";
import { watchSnapshot } from "../snapshot.ts";
import type { XdsSource, XdsUpdate, XdsVerdict } from "../types.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { cluster, endpoints, response } from "./messages.ts";
import { readRecording } from "./recording.ts";

const snapshot = suite<{ folder: string }>("xds: snapshot");
snapshot.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "kmesh-xds-"));
});
snapshot.after.each(({ folder }) => rmSync(folder, { recursive: true }));

interface Watch {
  readonly source: XdsSource;
  readonly clock: FakeClock;
  readonly updates: XdsUpdate[];
  readonly diagnostics: Diagnostic[];
  log(): string[];
  judge: (update: XdsUpdate) => XdsVerdict;
}

function watch(file: string): Watch {
  const clock = createFakeClock();
  const log: string[] = [];
  const watched: Watch = {
    clock,
    updates: [],
    diagnostics: [],
    log: () => log.splice(0),
    judge: () => ({ kind: "accepted" }),
    source: watchSnapshot(
      file,
      {
        onUpdate(update) {
          watched.updates.push(update);
          log.push(`${update.kind} +${[...update.changed.keys()]} -${update.removed}`);
          return watched.judge(update);
        },
        onSettled: () => log.push("settled"),
        onDiagnostic: (diagnostic) => watched.diagnostics.push(diagnostic),
      },
      { clock },
    ),
  };
  return watched;
}

snapshot("a config_dump: every resource, decoding to the same", async ({ folder }) => {
  const file = join(folder, "config_dump.json");
  const { configDump } = readRecording("productpage-sotw");
  writeFileSync(file, configDump);
  const { source, clock, updates, log } = watch(file);
  assert.not(source.settled());
  await clock.advance(0);
  assert.equal(
    updates.map(({ kind, form }) => `${kind} ${form}`),
    ["cluster json", "endpoint json", "listener json", "route json"],
  );
  assert.is(log().at(-1), "settled");
  const whole = decodeSnapshot([{ name: "config_dump.json", bytes: configDump }], new Collector());
  const lists: Readonly<Record<XdsKind, readonly XdsResource[]>> = {
    cluster: whole.clusters,
    endpoint: whole.endpoints,
    listener: whole.listeners,
    route: whole.routes,
  };
  for (const kind of kinds) {
    const sink = new Collector();
    const decoded = [...source.held(kind)].map(([name, bytes]) => decodeResource({ kind, name, form: "json", bytes }, sink));
    assert.equal(decoded, lists[kind], kind);
  }
  source.close();
});

snapshot("changes of the file: what differs, and nothing while it is broken", async ({ folder }) => {
  const file = join(folder, "snapshot.json");
  const type = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  const write = (clusters: readonly object[]): void =>
    writeFileSync(file, JSON.stringify(clusters.map((each) => ({ "@type": type, ...each }))));
  const watched = watch(file);
  const { source, clock, log, diagnostics } = watched;
  await clock.advance(1000);
  assert.equal(log(), []);
  assert.equal(
    diagnostics.map(({ code }) => code),
    ["KM7040"],
    "told once",
  );
  mkdirSync(file);
  await clock.advance(200);
  assert.match(diagnostics.at(-1)!.message, "is a folder");
  diagnostics.pop();
  rmdirSync(file);
  write([{ name: "a" }, { name: "b" }]);
  await clock.advance(200);
  assert.equal(log(), ["cluster +a,b -", "settled"]);
  writeFileSync(file, '[{"@type": ');
  await clock.advance(200);
  rmSync(file);
  await clock.advance(1000);
  assert.equal(log(), []);
  assert.equal(source.held("cluster").size, 2);
  write([{ name: "b", type: "STATIC" }]);
  await clock.advance(200);
  assert.equal(log(), ["cluster +b -a", "settled"]);
  watched.judge = () => ({ kind: "rejected", diagnostics: [], names: ["b"] });
  write([{ name: "b", type: "EDS" }, { name: "c" }]);
  await clock.advance(200);
  assert.equal([...source.held("cluster").keys()], ["b", "c"]);
  assert.match(Buffer.from(source.held("cluster").get("b")!).toString(), "STATIC");
  source.close();
  write([]);
  await clock.advance(1000);
  assert.equal(log(), ["cluster +b,c -", "settled"]);
});

snapshot(
  "a pipe is not waited for; a file that is the same by size and time of writing is read when something about it changes",
  async ({ folder }) => {
    const file = join(folder, "snapshot.json");
    execFileSync("mkfifo", [file]);
    const { source, clock, log, diagnostics } = watch(file);
    await clock.advance(0);
    assert.equal(
      diagnostics.map(({ code, message }) => `${code} ${message}`),
      ["KM7040 is no plain file"],
    );
    rmSync(file);
    const write = (name: string): void => {
      writeFileSync(file, JSON.stringify([{ "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", name }]));
      utimesSync(file, 1, 1);
    };
    write("a");
    await clock.advance(200);
    write("b");
    await clock.advance(200);
    assert.equal(log(), ["cluster +a -", "settled", "cluster +b -a", "settled"]);
    source.close();
  },
);

snapshot("responses in protobuf keep their bytes", async ({ folder }) => {
  const file = join(folder, "response.pb");
  writeFileSync(file, response("sotw", { kind: "cluster", version: "1", nonce: "n", resources: [cluster("a")] }));
  const { source, clock, updates } = watch(file);
  await clock.advance(0);
  assert.is(updates[0]!.form, "protobuf");
  assert.equal(source.held("cluster").get("a"), cluster("a"));
  writeFileSync(file, response("sotw", { kind: "endpoint", version: "1", nonce: "n", resources: [endpoints("a")] }));
  await clock.advance(200);
  assert.is(source.held("cluster").size, 0, "the file is the whole state");
  source.close();
});

snapshot.run();
