import { readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tables, verdicts } from "../../layout/index.ts";
import {
  BUNDLE_FORMAT,
  type BundleNames,
  digestOf,
  heldNames,
  namesBytes,
  namesFile,
  namesHash,
  namesOfFile,
  namesOfParts,
  packBundle,
  readBundle,
  sha256,
  writeBundle,
} from "../index.ts";
import { tableHash } from "../table-hash.ts";
import { bundleFolders } from "./folders.ts";
import { parts } from "./parts.ts";

const test = suite("bundle");
const { root, folder, written, remove } = bundleFolders();
test.after(remove);

const codeOf = (dir: string) => {
  const { bundle, diagnostics } = readBundle(dir);
  return bundle ? "ok" : diagnostics.map((d) => d.code).join();
};

/** Puts `value` at a dotted place of the manifest (undefined: leaves it out), and makes the digest right again. */
function edit(dir: string, place: string, value: unknown): void {
  const file = join(dir, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const steps = place.split(".");
  const last = steps.pop()!;
  const at = steps.reduce((node, step) => node[step], manifest);
  if (value === undefined) delete at[last];
  else at[last] = value;
  writeFileSync(file, JSON.stringify({ ...manifest, digest: digestOf(manifest) }));
}

function editTable(dir: string, name: string, change: (view: DataView) => void): void {
  const file = join(dir, `tables/${name}.bin`);
  const bytes = new Uint8Array(readFileSync(file));
  change(new DataView(bytes.buffer));
  writeFileSync(file, bytes);
  edit(dir, `tables.${tables.findIndex((t) => t.name === name)}.sha256`, tableHash(bytes));
}

test("what is read is what was packed", () => {
  const packed = packBundle(parts());
  const dir = folder();
  writeBundle(dir, packed);
  assert.equal(readBundle(dir), { bundle: packed.bundle, diagnostics: [] });
});

test("a bundle that is only applied needs no model", () => {
  const { model: _left, ...rest } = parts();
  const packed = packBundle(rest);
  const dir = folder();
  writeBundle(dir, packed);
  assert.not(packed.files.has("model.json"));
  assert.equal(readBundle(dir), { bundle: packed.bundle, diagnostics: [] });
});

test("names cross a thread as their file, and are read when they are asked for", () => {
  const names = { ...parts().names, clusters: [{ name: "a", path: 'clusters["a"]' }], entries: ["x"] };
  const file = namesFile(names);
  const crossed = namesOfFile(file);
  assert.is(namesFile(crossed), file);
  assert.is(namesBytes(file).toString().replaceAll("\n", ""), JSON.stringify(names));
  assert.equal({ ...crossed }, names);
});

test("of an object that has more than a name, the file and the bundle have the name and the path; it is held beside them", () => {
  const cluster = { path: 'clusters["a"]', punt: "KM2407", name: "a" };
  const named = { name: cluster.name, path: cluster.path };
  const file = (clusters: BundleNames["clusters"]) => namesBytes(namesFile({ ...parts().names, clusters })).toString();
  assert.is(file([cluster]), file([named]));
  const { names } = packBundle(parts({ names: { ...parts().names, clusters: [cluster] } })).bundle;
  assert.equal(names.clusters, [named]);
  assert.is(heldNames(names).clusters[0], cluster);
  assert.is(heldNames(parts().names).clusters.length, 0);
});

test("the hash of names is that of the file's lines, whatever was packed before", () => {
  const clusters = Array.from({ length: 1000 }, (_, i) => ({ name: `c${i}`, path: `clusters["c${i}"]` }));
  for (const list of [clusters, clusters.toSpliced(500, 1), clusters, [], clusters.slice(3)]) {
    const file = namesFile({ ...parts().names, clusters: list });
    const [bytes, sha256] = [namesBytes(file), file.sha256];
    assert.equal(JSON.parse(Buffer.from(bytes).toString()).clusters, list);
    assert.is(namesHash(bytes), sha256);
    assert.is(namesHash(Buffer.from(bytes).toString()), sha256);
    for (const at of [0, bytes.length >> 1, bytes.length - 2]) {
      const wrong = new Uint8Array(bytes);
      wrong[at]! ^= 1;
      assert.is.not(namesHash(wrong), sha256);
    }
  }
});

test("names that were read are written as the file that was read", () => {
  const name = (path: string) => ({ name: "", path });
  const list = [[name("a"), name("b")], [name("c")]];
  const dir = folder();
  writeBundle(dir, packBundle(parts({ names: { ...parts().names, vhosts: namesOfParts(list) } })));
  const { manifest, names } = readBundle(dir).bundle!;
  assert.is(namesFile(names).sha256, manifest.names.sha256);
  assert.equal(namesBytes(namesFile(names)), readFileSync(join(dir, "names.json")));
});

test("equal parts give equal files, without time, host or path", () => {
  const [a, b] = [packBundle(parts()).files, packBundle(parts()).files];
  assert.equal(a, b);
  for (const [file, data] of a)
    assert.not.match(`${file} ${Buffer.from(data as string).toString("latin1")}`, /20\d\d-\d\d|\/tmp|\/home|\/root/);
});

test("one flipped bit, anywhere, is a diagnostic", () => {
  const dir = written();
  const files = [...packBundle(parts()).files.keys()].filter((f) => statSync(join(dir, f)).size > 0);
  for (const file of files) {
    const path = join(dir, file);
    const whole = readFileSync(path);
    const step = Math.max(1, Math.floor(whole.length / 60));
    for (let at = 0; at < whole.length; at += step) {
      const bad = Buffer.from(whole);
      bad[at]! ^= 1 << (at & 7);
      writeFileSync(path, bad);
      const code = codeOf(dir);
      // White space of the manifest means nothing.
      const same = file === "manifest.json" && isSameJson(whole, bad);
      assert.ok(same || /^KM600\d$/.test(code), `${file} byte ${at}: ${code}`);
    }
    writeFileSync(path, whole);
  }
  assert.is(codeOf(dir), "ok");
});

function isSameJson(a: Buffer, b: Buffer): boolean {
  try {
    return JSON.stringify(JSON.parse(a.toString())) === JSON.stringify(JSON.parse(b.toString()));
  } catch {
    return false;
  }
}

test("cut, missing, linked and huge files", () => {
  const cut = written();
  truncateSync(join(cut, "tables/cell.bin"), 4);
  assert.is(codeOf(cut), "KM6003");
  const missing = written();
  rmSync(join(missing, "model.json"));
  assert.is(codeOf(missing), "KM6001");
  const linked = written();
  rmSync(join(linked, "names.json"));
  symlinkSync("/etc/passwd", join(linked, "names.json"));
  assert.is(codeOf(linked), "KM6001");
  const huge = written();
  truncateSync(join(huge, "manifest.json"), 2 ** 21);
  assert.is(codeOf(huge), "KM6001");
  assert.is(codeOf(join(root, "nowhere")), "KM6001");
});

test("hostile manifests: paths that lead out, other formats, other tables", () => {
  const reversed = [...packBundle(parts()).bundle.manifest.tables].reverse();
  const rows: readonly [string, string, unknown, string][] = [
    ["a path that leads out", "objects.0.file", "objects/../../x", "KM6002"],
    ["an absolute path", "model.file", "/etc/passwd", "KM6002"],
    ["a newer format", "format", BUNDLE_FORMAT + 1, "KM6002"],
    ["a field too much", "more", 1, "KM6002"],
    ["a field too little", "shape", undefined, "KM6002"],
    ["a negative count", "tables.0.count", -1, "KM6002"],
    ["a table too little", "tables", reversed.slice(1), "KM6004"],
    ["tables in another order", "tables", reversed, "KM6004"],
    ["another record size", "tables.0.recordSize", 32, "KM6004"],
    ["records of the same size that mean something else", "records", "0".repeat(64), "KM6004"],
    ["a count that is not the file's", "tables.0.count", 2, "KM6003"],
    ["a program name that is too long", "objects.0.programs.0.name", "km_0123456789abc", "KM6002"],
    ["an unknown hook", "objects.0.programs.0.attach", "xdp", "KM6002"],
    ["an object called decide", "objects.0.name", "decide", "KM6004"],
    ["a mask that is not the table's", "header.svc4Mask", 3, "KM6004"],
    ["a port of a table that the header lacks", "header.ports", [0, 0], "KM6004"],
    ["more clusters than cells", "header.clusters", 2, "KM6004"],
    ["a virtual leaf to nowhere", "header.virtual4", { verdict: 2, reason: 0, pad0: 0, target: 7 }, "KM6004"],
  ];
  for (const [name, place, value, code] of rows) {
    const dir = written();
    edit(dir, place, value);
    assert.is(codeOf(dir), code, name);
  }
  const newer = written();
  edit(newer, "format", BUNDLE_FORMAT + 1);
  assert.match(readBundle(newer).diagnostics[0]!.message, "a bundle of another version: its format is");
  const stale = written();
  const file = join(stale, "manifest.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"svc4Seed": 0', '"svc4Seed": 1'));
  assert.is(codeOf(stale), "KM6003", "what no file's hash guards is guarded by the digest");
});

test("tables whose hash is right but that point outside", () => {
  const rows: readonly [string, string, (v: DataView) => void][] = [
    ["a slot without cluster", "svc4", (v) => v.setUint32(8, 1, true)],
    ["a slot of an unknown verdict", "svc4", (v) => v.setUint8(6, 77)],
    ["a slot with a run that is not there", "svc4", (v) => v.setUint8(6, verdicts.RANGE)],
    ["a cell beyond the endpoints", "cell", (v) => v.setUint32(4, 1, true)],
    ["a cell with too many", "cell", (v) => v.setUint16(2, 2, true)],
    ["a compact cell that names itself", "cell", (v) => v.setUint16(0, 0x4000, true)],
    ["an endpoint flag", "endpoint", (v) => v.setUint16(18, 0x80, true)],
    ["a run of no records", "split", (v) => v.setUint16(6, 0, true)],
    ["a run longer than its table", "split", (v) => v.setUint16(6, 3, true)],
    ["a run that leads back to a run", "split", (v) => v.setUint8(4, verdicts.SPLIT)],
    ["a run of two lengths", "split", (v) => v.setUint16(22, 1, true)],
  ];
  for (const [name, table, change] of rows) {
    const dir = written();
    editTable(dir, table, change);
    assert.is(codeOf(dir), "KM6004", name);
  }
});

test("random bytes as any file, 400 times", () => {
  const dir = written();
  const files = [...packBundle(parts()).files.keys()];
  let seed = 12345;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed >>> 8;
  };
  for (let round = 0; round < 400; round++) {
    const file = files[random() % files.length]!;
    const whole = readFileSync(join(dir, file));
    const bytes = Uint8Array.from({ length: 1 + (random() % 300) }, () => random() & 255);
    writeFileSync(join(dir, file), bytes);
    assert.match(codeOf(dir), /^KM600\d$/, file);
    writeFileSync(join(dir, file), whole);
  }
});

test("every table of the registry is in the manifest, in its order", () => {
  assert.equal(
    packBundle(parts()).bundle.manifest.tables.map((t) => t.name),
    tables.map((t) => t.name),
  );
});

test("tables and names in memory that threads share give what any other memory gives", () => {
  const own = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
  const { images, ...others } = parts();
  const shared = packBundle({ ...others, images });
  const plain = packBundle({
    ...others,
    images: new Map([...images].map(([table, image]) => [table, { ...image, parts: image.parts.map(own) }])),
  });
  const [lines, table] = [namesFile(shared.bundle.names).lines.flat(), shared.bundle.tables.get("svc4")![0]!];
  assert.ok([...lines, table].every(({ buffer }) => buffer instanceof SharedArrayBuffer));
  assert.not.ok(plain.bundle.tables.get("svc4")![0]!.buffer instanceof SharedArrayBuffer);
  assert.is(shared.bundle.manifest.digest, plain.bundle.manifest.digest);
  assert.is(tableHash(table), tableHash(own(table)));
  for (const line of lines) {
    assert.is(new TextDecoder().decode(line), new TextDecoder().decode(own(line)));
    assert.is(sha256(line), sha256(own(line)));
    assert.is(Buffer.compare(line, own(line)), 0);
  }
  const whole = namesBytes({ lines: [lines], sha256: "" });
  assert.not.ok(whole.buffer instanceof SharedArrayBuffer);
  const read = [shared, plain].map((packed) => {
    const dir = folder();
    writeBundle(dir, packed);
    assert.is(Buffer.compare(readFileSync(join(dir, "names.json")), whole), 0);
    return readBundle(dir);
  });
  assert.equal(read[0], read[1]);
  assert.equal(read[0]!.diagnostics, []);
});

test.run();
