/** Bundles whose every record carries the stamp of its generation, for programs/prove.bpf.c. */
import { type Bundle, cellsIn, inOnePiece, type Run, type RunForm, recordTypes, runRecordSize } from "../../compiler/bundle/format.ts";
import { emitConnect } from "../../compiler/emit/connect.ts";
import { compileC } from "../../compiler/toolchain/index.ts";
import { cellAt } from "../../runtime/plan/index.ts";
import { readProgram } from "./harness.ts";
import { meshBundle } from "./mesh.ts";

export const CLUSTERS = 200;
/** Endpoints of a run are 1 to this many. */
export const MOST = 10;

const { Svc4Slot, Split } = recordTypes;

/** Numbers of map km_proof, in its order. */
export const proofNumbers = ["runs", "torn", "mixed", "missing"] as const;

/** The connect programs and km_prove, which reads what they read. */
export async function proofObject(): Promise<Uint8Array> {
  const [connect] = emitConnect({ ports: false, ranges: false, splits: true }).values();
  const sources = new Map([
    ["connect.h", connect!],
    ["prove.bpf.c", readProgram("prove.bpf.c")],
  ]);
  const { bytes, diagnostics } = await compileC({ sources, target: "bpf" });
  if (!bytes) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  return bytes;
}

/** Clusters of 1 to 10 endpoints, each behind an address of its own, and one weighted rule. Every second cluster's run is not compact. */
export async function proofBundle(object: Uint8Array): Promise<Bundle> {
  const names = Array.from({ length: CLUSTERS }, (_, i) => `c${String(i).padStart(3, "0")}`);
  const clusters = Object.fromEntries(
    names.map((name, i) => [name, Array.from({ length: 1 + (i % MOST) }, (_, e) => `${i % 2 ? "[::1]" : "127.0.0.1"}:${1000 + e}`)]),
  );
  const services = Object.fromEntries(names.map((name, i): [string, string | Record<string, number>] => [`10.0.0.${i}:80`, name]));
  services["10.1.0.1:80"] = { c000: 1, c001: 2 };
  const bundle = await meshBundle({ clusters, services });
  return { ...bundle, objects: new Map([["connect", object]]) };
}

/** The bundle with the stamp in every record that km_prove looks at. */
export function stamped(bundle: Bundle, stamp: number): Bundle {
  const tables = new Map([...bundle.tables].map(([name, parts]) => [name, inOnePiece(parts).slice()]));
  const svc4 = view(tables.get("svc4")!);
  for (let at = 0; at < svc4.byteLength; at += Svc4Slot.size) Svc4Slot.write(svc4, at, { ...Svc4Slot.read(svc4, at), listener: stamp });
  const split = view(tables.get("split")!);
  for (let at = 0; at < split.byteLength; at += Split.size) Split.write(split, at, { ...Split.read(split, at), entry: stamp });
  const image = tables.get("cell")!;
  const cells = cellsIn(bundle.manifest.header);
  for (let cluster = 0; cluster < CLUSTERS; cluster++) {
    const { first, count, form, tag } = cellAt(image, cells, cluster);
    writeStamps(tables.get(form === "compact" ? "cell" : "endpoint")!.subarray(first * runRecordSize[form]), form, count, tag, stamp);
  }
  const virtual4 = { ...bundle.manifest.header.virtual4, target: stamp };
  return {
    ...bundle,
    tables: new Map([...tables].map(([name, bytes]) => [name, [bytes]])),
    manifest: { ...bundle.manifest, header: { ...bundle.manifest.header, virtual4 } },
  };
}

/** Generations are told apart by so many bits. */
export const STAMPS = 0x10000;

/** A run as km_prove expects it for a cell with this count and tag. */
export function stampedRun(form: RunForm, count: number, tag: number, stamp: number): Run {
  const run = new Uint8Array(count * runRecordSize[form]);
  writeStamps(run, form, count, tag, stamp);
  return { run, form };
}

/** One record after the other, as any writer would: the last four bytes of the address, and the port. */
export function writeStamps(at: Uint8Array, form: RunForm, count: number, tag: number, stamp: number): void {
  const records = view(at);
  const tail = form === "compact" ? 0 : 12;
  for (let i = 0; i < count; i++) {
    const record = i * runRecordSize[form] + tail;
    records.setUint32(record, ((i << 24) | (count << 16) | stamp) >>> 0, true);
    records.setUint16(record + 4, tag);
    // km_cluster_pick takes it for an address.
    if (form !== "compact") records.setUint16(record + 6, 0);
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
